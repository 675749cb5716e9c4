//! `dev`: the runtime with compilers, tools and the sources, as root.

use super::runtime;
use crate::plan::builder::Builder;
use crate::plan::component::{apt, developer, python, rust, workspace};
use crate::plan::{Base, Stage};

/// Plans the stage.
pub(in crate::plan) fn dev(builder: &mut Builder<'_>) -> String {
    let base = runtime(builder);
    builder.stage("dev", |builder| {
        let resolved = builder.resolved;
        let repository = &resolved.repository;
        let place = resolved.target.span;
        let files = [
            repository.requirements.clone(),
            repository.test_requirements.clone(),
        ]
        .concat();
        let mut steps = Vec::new();
        steps.extend(apt::install(
            resolved,
            "install development tools",
            &resolved.dev_apt,
        ));
        steps.extend([
            python::requirements(resolved, &files, vec![place]),
            python::build_tools(resolved),
            python::editable(resolved),
            developer::profile(resolved),
            rust::link(resolved),
            workspace::link(resolved, "add the sources", &repository.workspace),
        ]);
        Stage {
            name: "dev".to_owned(),
            base: Base::Stage(base),
            steps,
        }
    })
}
