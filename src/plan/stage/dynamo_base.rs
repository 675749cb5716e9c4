//! `dynamo_base`: the base image with uv, NATS, etcd and Rust.

use crate::plan::builder::Builder;
use crate::plan::component::{download, rust, uv};
use crate::plan::{Base, Stage, extend};
use crate::spec::ExtendedStage;

/// Plans the stage.
pub(in crate::plan) fn dynamo_base(builder: &mut Builder<'_>) -> String {
    builder.stage("dynamo_base", |builder| {
        let resolved = builder.resolved;
        let links = [uv::link(resolved), rust::link(resolved)];
        let extra = extend::steps(builder, ExtendedStage::DynamoBase);
        Stage {
            name: "dynamo_base".to_owned(),
            base: Base::of(&resolved.images.base),
            steps: links
                .into_iter()
                .chain(resolved.downloads.iter().map(download::link))
                .chain(extra)
                .collect(),
        }
    })
}
