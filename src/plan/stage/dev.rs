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
        let files = [
            repository.requirements.clone(),
            repository.test_requirements.clone(),
        ]
        .concat();
        let mut steps = Vec::new();
        steps.extend(apt::install(
            resolved,
            &resolved.images.runtime,
            "install development tools",
            &resolved.packages.dev,
        ));
        steps.extend([
            python::repository_requirements(resolved, &files, &[]),
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
