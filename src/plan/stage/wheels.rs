//! `wheels`: the built wheels and nothing else.

use crate::plan::action::{Action, Link, LinkedFile, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::wheels as component;
use crate::plan::{Base, Stage, Step};

/// Plans the stage.
pub(in crate::plan) fn wheels(builder: &mut Builder<'_>) -> String {
    let all = component::all(builder);
    builder.stage("wheels", |builder| Stage {
        name: "wheels".to_owned(),
        base: Base::Scratch,
        steps: all
            .into_iter()
            .map(|wheels| Step {
                title: format!("add the wheels of {}", wheels.name),
                component: None,
                places: vec![builder.resolved.dynamo.place()],
                action: Action::Link(Link {
                    tree: Tree::Stage(wheels.stage),
                    files: vec![LinkedFile::of_root(wheels.folder, "/")],
                }),
            })
            .collect(),
    })
}
