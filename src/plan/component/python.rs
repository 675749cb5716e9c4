//! The virtual environment and what uv installs into it.

use super::account::{DYNAMO_HOME, WORKSPACE, home, owner};
use super::uv;
use crate::check::{Dynamo, Resolved};
use crate::diagnostic::Span;
use crate::plan::action::{Action, ContextTree, Mount, Tree};
use crate::plan::script::{self, Script};
use crate::plan::{Step, title};

/// The virtual environment.
pub(in crate::plan) const VENV: &str = "/opt/dynamo/venv";
/// Where requirement files of the context are bound.
const REQUIREMENTS: &str = "/run/requirements";
/// Where wheels that were built are bound.
const WHEELS: &str = "/run/wheels";

/// Makes the environment from the image's own Python.
pub(in crate::plan) fn environment(resolved: &Resolved) -> Step {
    let python = &resolved.python;
    let title = format!("make the Python {} environment {VENV}", python.value);
    let args = [
        uv::program(),
        "venv".to_owned(),
        "--python".to_owned(),
        python.value.clone(),
        VENV.to_owned(),
    ];
    step(
        resolved,
        title,
        vec![python.span],
        script::group_writable(args),
        None,
    )
}

/// Installs release wheels of Dynamo from the index.
pub(in crate::plan) fn release(resolved: &Resolved) -> Option<Step> {
    let Dynamo::Index {
        version,
        distributions,
    } = &resolved.dynamo
    else {
        return None;
    };
    let pinned = distributions
        .iter()
        .map(|name| format!("{name}=={}", version.value));
    let index = &resolved.python_index;
    let title = format!(
        "install Dynamo {} from {}",
        version.value,
        host(&index.url.value)
    );
    let mut places = vec![version.span];
    if index.mirrored {
        places.push(index.url.span);
    }
    let args = script::group_writable(install(pinned));
    Some(of_dynamo(step(resolved, title, places, args, None)))
}

/// Installs the wheels that an earlier stage built.
pub(in crate::plan) fn built(resolved: &Resolved, wheels: &str) -> Step {
    let bind = bind(Tree::Stage(wheels.to_owned()), WHEELS);
    let args = script::group_writable_wheels(install([]), WHEELS);
    let places = vec![resolved.dynamo.place()];
    of_dynamo(step(
        resolved,
        "install the built wheels".to_owned(),
        places,
        args,
        Some(bind),
    ))
}

/// Installs the requirements the spec adds.
pub(in crate::plan) fn extras(resolved: &Resolved) -> Vec<Step> {
    let mut steps = Vec::new();
    if !resolved.extra_pip.is_empty() {
        let names: Vec<String> = resolved
            .extra_pip
            .iter()
            .map(|one| one.value.to_string())
            .collect();
        let places = resolved.extra_pip.iter().map(|one| one.span).collect();
        let title = format!("install {}", title::list(&names));
        let args = script::group_writable(install(names));
        steps.push(step(resolved, title, places, args, None));
    }
    if !resolved.requirement_files.is_empty() {
        let paths: Vec<String> = resolved
            .requirement_files
            .iter()
            .map(|one| one.value.to_string())
            .collect();
        let places = resolved
            .requirement_files
            .iter()
            .map(|one| one.span)
            .collect();
        steps.push(requirements(resolved, &paths, places));
    }
    steps
}

/// Installs requirement files of the build context.
pub(in crate::plan) fn requirements(
    resolved: &Resolved,
    paths: &[String],
    places: Vec<Span>,
) -> Step {
    let title = format!("install the requirements of {}", title::list(paths));
    let files = paths
        .iter()
        .flat_map(|path| ["-r".to_owned(), format!("{REQUIREMENTS}/{path}")]);
    let args = script::group_writable(install(files));
    let bind = bind(Tree::Context(ContextTree::of(paths)), REQUIREMENTS);
    step(resolved, title, places, args, Some(bind))
}

/// Installs the tools that build wheels into the environment.
pub(in crate::plan) fn build_tools(resolved: &Resolved) -> Step {
    let names: Vec<String> = resolved
        .python_tools
        .iter()
        .map(|tool| tool.value.clone())
        .collect();
    let places = resolved.python_tools.iter().map(|tool| tool.span).collect();
    let title = format!("install {}", title::list(&names));
    step(
        resolved,
        title,
        places,
        script::group_writable(install(names)),
        None,
    )
}

/// Makes the environment use the sources in the workspace. Needs only what
/// describes them, so that a change of a source installs nothing anew.
pub(in crate::plan) fn editable(resolved: &Resolved) -> Step {
    let bind = Mount::Bind {
        tree: Tree::Context(ContextTree {
            // Build hooks write beside the sources.
            owner: Some(owner(resolved)),
            ..ContextTree::of(&resolved.repository.python_sources)
        }),
        source: "/".to_owned(),
        target: WORKSPACE.to_owned(),
        scratch: true,
    };
    let args = install(["--no-deps", "--editable", WORKSPACE].map(str::to_owned));
    let places = vec![resolved.dynamo.place()];
    let args = script::group_writable(args);
    step(
        resolved,
        "install the workspace, editable".to_owned(),
        places,
        args,
        Some(bind),
    )
}

fn install(what: impl IntoIterator<Item = String>) -> Vec<String> {
    // The environment is named because a requirement may come with options
    // that would otherwise choose another one.
    let python = format!("{VENV}/bin/python");
    [
        uv::program(),
        "pip".to_owned(),
        "install".to_owned(),
        "--python".to_owned(),
        python,
    ]
    .into_iter()
    .chain(what)
    .collect()
}

fn bind(tree: Tree, target: &str) -> Mount {
    Mount::Bind {
        tree,
        source: "/".to_owned(),
        target: target.to_owned(),
        scratch: false,
    }
}

fn step(
    resolved: &Resolved,
    title: String,
    places: Vec<Span>,
    script: Script,
    bind: Option<Mount>,
) -> Step {
    let mut run = uv::run(
        resolved,
        script.args,
        Some((owner(resolved), home(resolved))),
    );
    DYNAMO_HOME.clone_into(&mut run.cwd);
    run.mounts.push(script.mount);
    run.mounts.extend(bind);
    Step {
        title,
        component: None,
        places,
        action: Action::Run(run),
    }
}

fn of_dynamo(step: Step) -> Step {
    Step {
        component: Some("dynamo".to_owned()),
        ..step
    }
}

/// The host of a URL, for people.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or(rest);
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}
