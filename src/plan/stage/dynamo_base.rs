//! `dynamo_base`: the base image with uv, NATS, etcd and Rust.

use crate::plan::builder::Builder;
use crate::plan::component::{download, rust, uv};
use crate::plan::{Base, Stage};

/// Plans the stage.
pub(in crate::plan) fn dynamo_base(builder: &mut Builder<'_>) -> String {
    builder.stage("dynamo_base", |builder| {
        let resolved = builder.resolved;
        let links = [uv::link(resolved), rust::link(resolved)];
        Stage {
            name: "dynamo_base".to_owned(),
            base: Base::of(&resolved.images.base),
            steps: links
                .into_iter()
                .chain(resolved.downloads.iter().map(download::link))
                .collect(),
        }
    })
}
