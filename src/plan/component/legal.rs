//! Texts that images must carry: licenses, attributions.

use super::account::{WORKSPACE, owner};
use super::repository;
use crate::check::{Dynamo, Resolved};
use crate::plan::Step;
use crate::plan::action::{Action, ContextTree, Link, LinkedFile, Tree};

/// Links the texts into the workspace, for the group to change. Before the rest
/// of the workspace is linked: the folder itself gets its permissions from that.
pub(in crate::plan) fn link(resolved: &Resolved) -> Step {
    let patterns = &resolved.repository.legal;
    let paths = match &resolved.dynamo {
        // Of a checkout paths are taken as they are written, and these are
        // patterns.
        Dynamo::Git { .. } => vec![".".to_owned()],
        Dynamo::Context { .. } | Dynamo::Index { .. } => patterns.clone(),
    };
    let tree = ContextTree {
        only: patterns.clone(),
        ..repository::paths(resolved, &paths)
    };
    let texts = LinkedFile {
        owner: owner(resolved),
        mode: Some(0o664),
        ..LinkedFile::of_root("/", WORKSPACE)
    };
    Step {
        title: "add the legal texts".to_owned(),
        component: None,
        places: vec![resolved.dynamo.place()],
        action: Action::Link(Link {
            tree: Tree::Context(tree),
            files: vec![texts],
        }),
    }
}
