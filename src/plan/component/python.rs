//! The virtual environment and what uv installs into it.

use super::account::{DYNAMO_HOME, home, owner};
use super::uv;
use crate::check::{Dynamo, Resolved};
use crate::diagnostic::Span;
use crate::plan::action::{Action, Mount, Run, Tree};
use crate::plan::{Step, cache, script};

/// The virtual environment.
pub(in crate::plan) const VENV: &str = "/opt/dynamo/venv";
/// Where requirement files of the context are bound.
const REQUIREMENTS: &str = "/run/requirements";

/// Makes the environment from the image's own Python.
pub(in crate::plan) fn environment(resolved: &Resolved) -> Step {
    let python = &resolved.python;
    let args = [
        uv::program(),
        "venv".to_owned(),
        "--python".to_owned(),
        python.value.clone(),
        VENV.to_owned(),
    ];
    step(
        resolved,
        format!("make the Python {} environment {VENV}", python.value),
        vec![python.span],
        args,
        None,
    )
}

/// Installs Dynamo's wheels.
pub(in crate::plan) fn dynamo(resolved: &Resolved) -> Step {
    let Dynamo::Index {
        version,
        distributions,
    } = &resolved.dynamo;
    let pinned = distributions
        .iter()
        .map(|name| format!("{name}=={}", version.value));
    let title = format!(
        "install Dynamo {} from {}",
        version.value,
        host(&resolved.python_index.url.value)
    );
    let mut places = vec![version.span];
    if resolved.python_index.mirrored {
        places.push(resolved.python_index.url.span);
    }
    let mut dynamo = step(resolved, title, places, install(pinned), None);
    dynamo.component = Some("dynamo".to_owned());
    dynamo
}

/// Installs the requirements the spec adds; nothing when it adds none.
pub(in crate::plan) fn extras(resolved: &Resolved) -> Vec<Step> {
    let mut steps = Vec::new();
    if !resolved.extra_pip.is_empty() {
        let names: Vec<String> = resolved
            .extra_pip
            .iter()
            .map(|one| one.value.to_string())
            .collect();
        let places = resolved.extra_pip.iter().map(|one| one.span).collect();
        steps.push(step(
            resolved,
            format!("install {}", names.join(" ")),
            places,
            install(names),
            None,
        ));
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
        let title = format!("install the requirements of {}", paths.join(" "));
        let files = paths
            .iter()
            .flat_map(|path| ["-r".to_owned(), format!("{REQUIREMENTS}/{path}")]);
        let bind = Mount::Bind {
            tree: Tree::Context {
                paths: paths.clone(),
            },
            source: "/".to_owned(),
            target: REQUIREMENTS.to_owned(),
        };
        steps.push(step(resolved, title, places, install(files), Some(bind)));
    }
    steps
}

fn install(what: impl IntoIterator<Item = String>) -> Vec<String> {
    // The environment is named because a requirement may come with options
    // that would otherwise choose another one.
    [
        uv::program(),
        "pip".to_owned(),
        "install".to_owned(),
        "--python".to_owned(),
        format!("{VENV}/bin/python"),
    ]
    .into_iter()
    .chain(what)
    .collect()
}

fn step(
    resolved: &Resolved,
    title: String,
    places: Vec<Span>,
    args: impl IntoIterator<Item = String>,
    bind: Option<Mount>,
) -> Step {
    let uv_cache = format!("{}/.cache/uv", home(resolved));
    let owner = owner(resolved);
    let mut env = vec![
        ("HOME".to_owned(), home(resolved)),
        ("UV_CACHE_DIR".to_owned(), uv_cache.clone()),
        // The cache is a mount of its own, so nothing can be linked out of it.
        ("UV_LINK_MODE".to_owned(), "copy".to_owned()),
        // Python comes from the image, never from a download of uv's choosing.
        ("UV_PYTHON_DOWNLOADS".to_owned(), "never".to_owned()),
        ("UV_HTTP_TIMEOUT".to_owned(), "300".to_owned()),
        ("UV_HTTP_RETRIES".to_owned(), "5".to_owned()),
        ("UV_NO_PROGRESS".to_owned(), "1".to_owned()),
    ];
    if resolved.python_index.mirrored {
        env.push((
            "UV_DEFAULT_INDEX".to_owned(),
            resolved.python_index.url.value.clone(),
        ));
    }
    let run = Run {
        args: script::group_writable(args),
        env,
        user: Some(owner),
        cwd: DYNAMO_HOME.to_owned(),
        mounts: [cache::uv(resolved, owner, uv_cache), uv::mount(resolved)]
            .into_iter()
            .chain(bind)
            .collect(),
        network: true,
    };
    Step {
        title,
        component: None,
        places,
        action: Action::Run(run),
    }
}

/// The host of a URL, for people.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or(rest);
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}
