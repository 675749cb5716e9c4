//! `test`: the runtime with the tests and what they require.

use super::runtime;
use crate::plan::builder::Builder;
use crate::plan::component::{python, workspace};
use crate::plan::{Base, Stage, framework};

/// Plans the stage.
pub(in crate::plan) fn test(builder: &mut Builder<'_>) -> String {
    let base = runtime(builder);
    let trees = framework::ending(builder);
    builder.stage("test", |builder| {
        let resolved = builder.resolved;
        let repository = &resolved.repository;
        Stage {
            name: "test".to_owned(),
            base: Base::Stage(base),
            steps: [python::repository_requirements(
                resolved,
                &repository.test_requirements,
                &[],
            )]
            .into_iter()
            .chain(trees)
            .chain([workspace::link(
                resolved,
                "add the tests",
                &repository.tests,
            )])
            .collect(),
        }
    })
}
