//! The Python of the image and what uv installs into it.

use super::account::{DYNAMO_HOME, home, owner};
use super::wheels::Wheels;
use super::{repository, uv};
use crate::check::{Dynamo, Engine, Resolved};
use crate::diagnostic::{Span, Spanned};
use crate::plan::action::{Action, ContextTree, EnvChange, Mount, Tree};
use crate::plan::script::{self, Script};
use crate::plan::{Step, title};
use crate::spec::{ContextPath, Requirement};

/// The virtual environment.
pub(in crate::plan) const VENV: &str = "/opt/dynamo/venv";
/// Where requirement files of the context are bound.
const REQUIREMENTS: &str = "/run/requirements";
/// Where wheels that were built are bound, each set in a folder of its own.
const WHEELS: &str = "/run/wheels";
/// Where versions that hold against the word of packages are bound.
const OVERRIDES: &str = "/run/overrides";

/// Where packages are installed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan) enum Site {
    /// The environment, as the account.
    Environment,
    /// The system's Python, as root: an upstream image brought its packages there.
    System,
}

impl Site {
    /// That of a spec's images.
    pub(in crate::plan) fn of(resolved: &Resolved) -> Self {
        match resolved.engine {
            Engine::Sglang(_) => Self::System,
            Engine::Dynamo | Engine::Vllm(_) | Engine::Trtllm(_) => Self::Environment,
        }
    }

    /// What chooses it. It is named because a requirement may come with options
    /// that would otherwise choose another one.
    fn options(self) -> Vec<String> {
        let options: &[&str] = match self {
            Self::Environment => &["--python", "/opt/dynamo/venv/bin/python"],
            Self::System => &["--python", "/usr/bin/python3", "--break-system-packages"],
        };
        options.iter().map(|option| (*option).to_owned()).collect()
    }
}

/// The release of an engine that an upstream image brought. It is named in every
/// installation, so that what it needs is not moved.
fn brought(resolved: &Resolved) -> Vec<String> {
    match &resolved.engine {
        Engine::Sglang(sglang) => values(sglang.python.requirements("constraint")),
        Engine::Dynamo | Engine::Vllm(_) | Engine::Trtllm(_) => Vec::new(),
    }
}

/// Versions that an engine has against the word of packages that need others:
/// uv takes this file's for those of every package.
fn overrides(resolved: &Resolved) -> Option<Mount> {
    let Engine::Sglang(sglang) = &resolved.engine else {
        return None;
    };
    let forced = values(sglang.python.requirements("forced"));
    let tree = Tree::Literal {
        path: "/overrides".to_owned(),
        content: format!("{}\n", forced.join("\n")),
    };
    (!forced.is_empty()).then(|| Mount::Bind {
        tree,
        source: "/overrides".to_owned(),
        target: OVERRIDES.to_owned(),
        scratch: false,
    })
}

/// The texts of requirements.
pub(in crate::plan) fn values(requirements: &[Spanned<String>]) -> Vec<String> {
    let texts = requirements.iter().map(|one| one.value.clone());
    texts.collect()
}

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
    let script = script::group_writable(args);
    local(resolved, title, vec![python.span], script)
}

/// A step of the account's that downloads nothing.
pub(in crate::plan) fn local(
    resolved: &Resolved,
    title: String,
    places: Vec<Span>,
    script: Script,
) -> Step {
    let who = Some((owner(resolved), home(resolved)));
    let mut run = uv::local(resolved, script.args, who);
    DYNAMO_HOME.clone_into(&mut run.cwd);
    run.mounts.push(script.mount);
    Step {
        title,
        component: None,
        places,
        action: Action::Run(run),
    }
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
    let from = match &index.url_secret {
        Some(id) => format!("the index in the secret {}", id.value),
        None => host(&index.url.value).to_owned(),
    };
    let title = format!("install Dynamo {} from {from}", version.value);
    let mut places = vec![version.span];
    if index.mirrored {
        places.push(index.url.span);
    }
    let args = script::python::install(install(resolved, pinned));
    Some(of_dynamo(step(resolved, title, places, args, None)))
}

/// Installs the wheels that earlier stages built. `also` are requirements that
/// hold at the same time.
pub(in crate::plan) fn built(resolved: &Resolved, wheels: &[Wheels], also: &[String]) -> Step {
    let args = install(resolved, also.iter().cloned());
    let script = script::python::install_wheels(args, WHEELS);
    let names: Vec<&str> = wheels.iter().map(|one| one.name).collect();
    let title = format!("install the built wheels: {}", title::list(&names));
    let mut made = step(resolved, title, vec![resolved.dynamo.place()], script, None);
    if let Action::Run(run) = &mut made.action {
        run.mounts.extend(wheels.iter().map(|one| Mount::Bind {
            tree: Tree::Stage(one.stage.clone()),
            source: one.folder.clone(),
            target: format!("{WHEELS}/{}", one.name),
            scratch: false,
        }));
    }
    of_dynamo(made)
}

/// Installs the requirements the spec adds.
pub(in crate::plan) fn extras(resolved: &Resolved) -> Vec<Step> {
    added(resolved, &resolved.extra_pip, &resolved.requirement_files)
}

/// Installs requirements and requirement files of a spec.
pub(in crate::plan) fn added(
    resolved: &Resolved,
    pip: &[Spanned<Requirement>],
    files: &[Spanned<ContextPath>],
) -> Vec<Step> {
    let mut steps = Vec::new();
    if !pip.is_empty() {
        let names: Vec<String> = pip.iter().map(|one| one.value.to_string()).collect();
        let places = pip.iter().map(|one| one.span).collect();
        let title = format!("install {}", title::list(&names));
        let args = script::python::install(install(resolved, names));
        steps.push(step(resolved, title, places, args, None));
    }
    if !files.is_empty() {
        let paths: Vec<String> = files.iter().map(|one| one.value.to_string()).collect();
        let places = files.iter().map(|one| one.span).collect();
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
    let tree = ContextTree {
        own: true,
        ..ContextTree::of(paths)
    };
    requirements_from(resolved, tree, &[], places)
}

/// Installs requirement files of the Dynamo repository, with `more` arguments.
pub(in crate::plan) fn repository_requirements(
    resolved: &Resolved,
    paths: &[String],
    more: &[String],
) -> Step {
    let tree = repository::paths(resolved, paths);
    requirements_from(resolved, tree, more, vec![resolved.dynamo.place()])
}

fn requirements_from(
    resolved: &Resolved,
    tree: ContextTree,
    more: &[String],
    places: Vec<Span>,
) -> Step {
    let title = format!("install the requirements of {}", title::list(&tree.paths));
    let files = tree
        .paths
        .iter()
        .flat_map(|path| ["-r".to_owned(), format!("{REQUIREMENTS}/{path}")]);
    let args = script::python::install(install(resolved, files.chain(more.iter().cloned())));
    let bind = bind(Tree::Context(tree), REQUIREMENTS);
    let mut made = step(resolved, title, places, args, Some(bind));
    if let Action::Run(run) = &mut made.action {
        // Requirements may be git repositories with large files.
        run.env.push(EnvChange::set("UV_GIT_LFS", "1"));
    }
    made
}

/// `uv pip install` of these.
pub(in crate::plan) fn install(
    resolved: &Resolved,
    what: impl IntoIterator<Item = String>,
) -> Vec<String> {
    let mut args = command(resolved);
    args.extend(brought(resolved));
    args.extend(what);
    args
}

/// `uv pip install` without anything to install.
pub(in crate::plan) fn command(resolved: &Resolved) -> Vec<String> {
    [uv::program(), "pip".to_owned(), "install".to_owned()]
        .into_iter()
        .chain(Site::of(resolved).options())
        .collect()
}

/// The option that adds an index, for each of these.
pub(in crate::plan) fn indexes(urls: &[Spanned<String>]) -> Vec<String> {
    let options = urls
        .iter()
        .map(|url| ["--index".to_owned(), url.value.clone()]);
    options.flatten().collect()
}

/// The options that let the best version win, whichever index has it: indexes of
/// one project have packages of others too, not in every version.
pub(in crate::plan) fn any_index() -> Vec<String> {
    ["--index-strategy", "unsafe-best-match"]
        .map(str::to_owned)
        .to_vec()
}

fn bind(tree: Tree, target: &str) -> Mount {
    Mount::Bind {
        tree,
        source: "/".to_owned(),
        target: target.to_owned(),
        scratch: false,
    }
}

/// A step that installs: as the account or as root, whoever owns the site.
pub(in crate::plan) fn step(
    resolved: &Resolved,
    title: String,
    places: Vec<Span>,
    script: Script,
    bind: Option<Mount>,
) -> Step {
    let who = match Site::of(resolved) {
        Site::Environment => Some((owner(resolved), home(resolved))),
        Site::System => None,
    };
    let mut run = uv::run(resolved, script.args, who);
    if Site::of(resolved) == Site::Environment {
        DYNAMO_HOME.clone_into(&mut run.cwd);
    }
    run.mounts.push(script.mount);
    run.mounts.extend(bind);
    if let Some(overrides) = overrides(resolved) {
        run.env.push(EnvChange::set("UV_OVERRIDE", OVERRIDES));
        run.mounts.push(overrides);
    }
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
