//! `local-dev`: the dev image with the ids of the person who works in it.

use super::dev;
use crate::plan::builder::Builder;
use crate::plan::component::developer;
use crate::plan::{Base, Stage, extend};
use crate::spec::ExtendedStage;

/// Plans the stage.
pub(in crate::plan) fn local_dev(builder: &mut Builder<'_>) -> String {
    let base = dev::packages(builder);
    let mut ending = dev::ending(builder);
    ending.extend(extend::steps(builder, ExtendedStage::LocalDev));
    builder.stage("local-dev", |builder| {
        let resolved = builder.resolved;
        let ids = resolved
            .developer
            .as_ref()
            .map(|person| developer::ids(resolved, person));
        Stage {
            name: "local-dev".to_owned(),
            base: Base::Stage(base),
            steps: ids.into_iter().chain(ending).collect(),
        }
    })
}
