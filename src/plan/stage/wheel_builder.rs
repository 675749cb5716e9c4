//! `wheel_builder`: the build tools with Rust and the crates, as an image to
//! look into.

use super::build_tools;
use crate::plan::action::{Action, Link, LinkedFile, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::{rust, wheels};
use crate::plan::{Base, Stage, Step};

/// Plans the stage.
pub(in crate::plan) fn wheel_builder(builder: &mut Builder<'_>) -> String {
    let tools = build_tools(builder);
    let crates = wheels::crates(builder, &tools);
    builder.stage("wheel_builder", |builder| {
        let link = Link {
            tree: Tree::Stage(crates),
            files: vec![LinkedFile::of_root("/", "/opt/cargo-vendor")],
        };
        let crates = Step {
            title: "add the crates".to_owned(),
            component: None,
            places: vec![builder.resolved.dynamo.place()],
            action: Action::Link(link),
        };
        Stage {
            name: "wheel_builder".to_owned(),
            base: Base::Stage(tools),
            steps: vec![rust::link(builder.resolved), crates],
        }
    })
}
