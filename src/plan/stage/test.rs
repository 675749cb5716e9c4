//! `test`: the runtime with the tests and what they require.

use super::runtime;
use crate::plan::builder::Builder;
use crate::plan::component::{python, workspace};
use crate::plan::{Base, Stage, extend, framework};
use crate::spec::ExtendedStage;

/// Plans the stage.
pub(in crate::plan) fn test(builder: &mut Builder<'_>) -> String {
    let base = runtime(builder);
    let trees = framework::ending(builder);
    builder.stage("test", |builder| {
        let resolved = builder.resolved;
        let repository = &resolved.repository;
        let mut extra = extend::steps(builder, ExtendedStage::Runtime);
        extra.extend(extend::steps(builder, ExtendedStage::Test));
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
            .chain(extra)
            .collect(),
        }
    })
}
