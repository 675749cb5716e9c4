//! `docs`: what builds the documentation, with its sources.

use crate::check::Resolved;
use crate::plan::action::{EnvChange, Mount, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::account::{self, DYNAMO_HOME, home};
use crate::plan::component::python::{self, VENV};
use crate::plan::component::{apt, repository, uv, workspace};
use crate::plan::{Base, Stage, Step, extend, framework, script};
use crate::spec::ExtendedStage;

/// Where the project file is bound.
const PROJECT: &str = "/run/project";

/// Plans the stage.
pub(in crate::plan) fn docs(builder: &mut Builder<'_>) -> String {
    builder.stage("docs", |builder| {
        let resolved = builder.resolved;
        let base = &resolved.images.docs;
        let packages = &resolved.packages.docs;
        let mut steps = Vec::new();
        steps.extend(apt::install(
            resolved,
            base,
            "install system packages",
            packages,
        ));
        steps.extend(account::steps(resolved));
        steps.push(python::environment(resolved));
        steps.push(group(resolved));
        steps.extend(framework::extras(resolved, base));
        steps.push(uv::link(resolved));
        let sources = &resolved.repository.docs;
        steps.push(workspace::link(resolved, "add the sources", sources));
        steps.extend(extend::steps(builder, ExtendedStage::Docs));
        Stage {
            name: "docs".to_owned(),
            base: Base::of(base),
            steps,
        }
    })
}

/// The variables of the image.
pub(in crate::plan) fn env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let version = resolved.version.as_deref().unwrap_or("dev");
    vec![
        EnvChange::set("DYNAMO_HOME", DYNAMO_HOME),
        EnvChange::set("DYNAMO_DOCS_VERSION", version),
        EnvChange::set("VIRTUAL_ENV", VENV),
        EnvChange::programs(&[&format!("{VENV}/bin")]),
        EnvChange::set("HOME", home(resolved)),
    ]
}

/// Installs the group `docs` of the project's dependencies.
fn group(resolved: &Resolved) -> Step {
    let file = "pyproject.toml".to_owned();
    let group = format!("{PROJECT}/{file}:docs");
    let project = Mount::Bind {
        tree: Tree::Context(repository::paths(resolved, &[file])),
        source: "/".to_owned(),
        target: PROJECT.to_owned(),
        scratch: false,
    };
    python::step(
        resolved,
        "install the dependency group docs".to_owned(),
        vec![resolved.dynamo.place(), resolved.target.span],
        script::python::install(python::install(resolved, ["--group".to_owned(), group])),
        Some(project),
    )
}
