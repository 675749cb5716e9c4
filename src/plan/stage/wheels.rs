//! `wheels`: the built wheels and nothing else.

use super::build_tools;
use crate::plan::action::{Action, Link, LinkedFile, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::wheels as component;
use crate::plan::{Base, Stage, Step};

/// Plans the stage.
pub(in crate::plan) fn wheels(builder: &mut Builder<'_>) -> String {
    let tools = build_tools(builder);
    let rust = component::rust_wheel(builder, &tools);
    let python = component::python_wheel(builder, &tools);
    builder.stage("wheels", |builder| {
        let add = |title: &str, from: String| Step {
            title: title.to_owned(),
            component: None,
            places: vec![builder.resolved.dynamo.place()],
            action: Action::Link(Link {
                tree: Tree::Stage(from),
                files: vec![LinkedFile::of_root("/", "/")],
            }),
        };
        Stage {
            name: "wheels".to_owned(),
            base: Base::Scratch,
            steps: vec![
                add("add the Rust wheel", rust),
                add("add the Python wheel", python),
            ],
        }
    })
}
