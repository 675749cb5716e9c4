//! The environment of an earlier stage, taken over in layers.
//!
//! Packages that are large and change at different times get layers of their own:
//! they are pulled side by side, and a new release of one is no new copy of the
//! others.

use super::account::{DYNAMO_HOME, owner};
use crate::check::Resolved;
use crate::diagnostic::Span;
use crate::plan::Step;
use crate::plan::action::{Action, Link, LinkedFile, Tree};

/// Links the environment of `stage`: these folders of `site-packages` one by one,
/// then what is left. A folder that the environment lacks leaves an empty layer.
pub(in crate::plan) fn link(
    resolved: &Resolved,
    stage: &str,
    layers: &[String],
    places: &[Span],
) -> Vec<Step> {
    let packages = format!("venv/lib/python{}/site-packages", resolved.python.value);
    let folders: Vec<String> = layers
        .iter()
        .map(|layer| format!("{packages}/{layer}"))
        .collect();
    let step = |title: String, only: Vec<String>, exclude: Vec<String>| {
        // The folder on top is named, not the package's: so every folder on the
        // way down gets owner and permissions, in every layer the same.
        let file = LinkedFile {
            owner: owner(resolved),
            mode: Some(0o775),
            only,
            exclude,
            ..LinkedFile::of_root(DYNAMO_HOME, DYNAMO_HOME)
        };
        Step {
            title,
            component: None,
            places: places.to_vec(),
            action: Action::Link(Link {
                tree: Tree::Stage(stage.to_owned()),
                files: vec![file],
            }),
        }
    };
    let own = layers.iter().zip(&folders).map(|(layer, folder)| {
        let title = format!("add the environment: {layer}");
        step(title, vec![folder.clone()], Vec::new())
    });
    let rest = step(
        "add the rest of the environment".to_owned(),
        vec!["venv".to_owned()],
        folders.clone(),
    );
    own.chain([rest]).collect()
}
