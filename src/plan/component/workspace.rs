//! Sources of the build context in the image's workspace.

use super::account::{WORKSPACE, owner};
use super::repository;
use crate::check::Resolved;
use crate::plan::Step;
use crate::plan::action::{Action, ContextTree, Link, LinkedFile, Tree};

/// Links paths of the context into the workspace, for the group to change.
pub(in crate::plan) fn link(resolved: &Resolved, title: &str, paths: &[String]) -> Step {
    let folder = LinkedFile {
        owner: owner(resolved),
        mode: Some(0o775),
        ..LinkedFile::of_root(WORKSPACE, WORKSPACE)
    };
    let tree = Tree::Context(ContextTree {
        lenient: true,
        under: WORKSPACE.to_owned(),
        ..repository::paths(resolved, paths)
    });
    Step {
        title: title.to_owned(),
        component: None,
        places: vec![resolved.dynamo.place()],
        action: Action::Link(Link {
            tree,
            files: vec![folder],
        }),
    }
}
