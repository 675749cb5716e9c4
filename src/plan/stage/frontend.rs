//! `frontend`: the HTTP frontend and the endpoint picker, on an image without
//! CUDA. Nothing of it is taken from a GPU image, so none is built or pulled.

use super::epp;
use crate::check::Resolved;
use crate::plan::action::{EnvChange, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::account::{self, DYNAMO_HOME, home};
use crate::plan::component::epp as component;
use crate::plan::component::python::{self, VENV};
use crate::plan::component::wheels::Wheels;
use crate::plan::component::{
    apt, launch_screen, legal, native, repository, requirements, uv, wheels, workspace,
};
use crate::plan::{Base, Stage, Step, extend, framework, script};
use crate::spec::{Component, ExtendedStage};

/// Plans the stage.
pub(in crate::plan) fn frontend(builder: &mut Builder<'_>) -> String {
    let nixl = Nixl::of(builder.resolved);
    let mut built = wheels::of_dynamo(builder);
    let mut libraries = native::media_links(builder);
    if nixl == Nixl::Built {
        built.extend(native::wheels(builder));
        libraries = native::links(builder);
    }
    let picker = component::tree(builder);
    builder.stage("frontend", |builder| {
        let resolved = builder.resolved;
        let base = &resolved.images.frontend;
        let packages = &resolved.packages.frontend;
        let mut steps = Vec::new();
        steps.extend(apt::install(
            resolved,
            base,
            "install system packages",
            packages,
        ));
        steps.extend(account::steps(resolved));
        steps.push(python::environment(resolved));
        steps.extend(requirements::install(resolved));
        steps.extend(dynamo(resolved, &built, &nixl));
        steps.extend(framework::extras(resolved, base));
        steps.extend(libraries);
        steps.push(uv::link(resolved));
        steps.extend(sources(resolved));
        let place = match &picker {
            Tree::Image(image) => image.place,
            _ => resolved.dynamo.place(),
        };
        steps.push(epp::link(picker, place));
        steps.extend(extend::steps(builder, ExtendedStage::Frontend));
        Stage {
            name: "frontend".to_owned(),
            base: Base::of(base),
            steps,
        }
    })
}

/// The variables of the image.
pub(in crate::plan) fn env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let mut env = vec![
        EnvChange::set("DYNAMO_HOME", DYNAMO_HOME),
        EnvChange::set("VIRTUAL_ENV", VENV),
        EnvChange::programs(&[&format!("{VENV}/bin")]),
        EnvChange::set("PYTHON_VERSION", &resolved.python.value),
        EnvChange::set("HOME", home(resolved)),
    ];
    if Nixl::of(resolved) == Nixl::Built {
        env.extend(native::env(resolved));
    }
    if Nixl::of(resolved) == Nixl::Built || resolved.ffmpeg.is_some() {
        env.extend(EnvChange::libraries(native::libraries(resolved)));
    }
    let commit = resolved.commit.as_ref();
    env.extend(commit.map(|commit| EnvChange::set("DYNAMO_COMMIT_SHA", &commit.value)));
    env
}

/// How the image gets NIXL.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Nixl {
    /// Not at all.
    None,
    /// As a package of the index: to compile it for CUDA would take the image
    /// with CUDA's compilers, of which nothing else here has a use.
    Package(String),
    /// Compiled, because no release has it.
    Built,
}

impl Nixl {
    fn of(resolved: &Resolved) -> Self {
        let Some(git) = resolved.components.get(&Component::Nixl) else {
            return Self::None;
        };
        let release = git.reference.value.trim_start_matches('v');
        let is_release = release.split('.').count() == 3
            && release.split('.').all(|part| part.parse::<u32>().is_ok());
        match &resolved.cuda {
            Some(cuda) if is_release => {
                let major = cuda.value.as_str().split('.').next().unwrap_or_default();
                Self::Package(format!("nixl-cu{major}=={release}"))
            }
            Some(_) | None => Self::Built,
        }
    }
}

/// Dynamo itself, with NIXL.
fn dynamo(resolved: &Resolved, built: &[Wheels], nixl: &Nixl) -> Vec<Step> {
    let also: Vec<String> = match nixl {
        Nixl::Package(package) => vec![package.clone()],
        Nixl::None | Nixl::Built => Vec::new(),
    };
    let mut steps: Vec<Step> = python::release(resolved).into_iter().collect();
    if !built.is_empty() {
        steps.push(python::built(resolved, built, &also));
    } else if let Some(git) = resolved.components.get(&Component::Nixl) {
        steps.push(python::step(
            resolved,
            format!("install {}", also.join(" ")),
            vec![git.reference.span],
            script::python::install(python::install(resolved, also)),
            None,
        ));
    }
    steps
}

/// Sources and texts, where there is a repository.
fn sources(resolved: &Resolved) -> Vec<Step> {
    if !repository::exists(resolved) {
        return Vec::new();
    }
    let paths = &resolved.repository.frontend_workspace;
    vec![
        launch_screen::link(resolved, "frontend.txt"),
        legal::link(resolved),
        workspace::link(resolved, "add the workspace", paths),
    ]
}
