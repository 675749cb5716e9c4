//! Trees of sources: of Dynamo, wherever it comes from, and of components.

use crate::check::{Dynamo, Git, Resolved};
use crate::plan::action::{ContextTree, GitTree, Origin, Owner, Tree};

/// Paths of the Dynamo repository, out of the build context or of git.
pub(in crate::plan) fn paths(resolved: &Resolved, paths: &[String]) -> ContextTree {
    ContextTree {
        origin: match &resolved.dynamo {
            Dynamo::Git { git: source, .. } => Origin::Git(git(source)),
            Dynamo::Context { .. } | Dynamo::Index { .. } => Origin::Context,
        },
        ..ContextTree::of(paths)
    }
}

/// Whether there is a Dynamo repository to take files from.
pub(in crate::plan) fn exists(resolved: &Resolved) -> bool {
    !matches!(resolved.dynamo, Dynamo::Index { .. })
}

/// A whole repository whose files belong to `owner`, below a folder of the tree,
/// so that the folder can belong to them too.
pub(in crate::plan) fn owned(source: &Git, keep_git: bool, owner: Owner, under: &str) -> Tree {
    Tree::Context(ContextTree {
        origin: Origin::Git(GitTree {
            keep_git,
            ..git(source)
        }),
        owner: Some(owner),
        under: under.to_owned(),
        ..ContextTree::of(&[".".to_owned()])
    })
}

/// A whole repository.
pub(in crate::plan) fn git(source: &Git) -> GitTree {
    GitTree {
        url: source.url.value.clone(),
        reference: source.reference.value.clone(),
        commit: source.commit.as_ref().map(|commit| commit.value.clone()),
        keep_git: false,
        key: source.key.clone(),
        place: source.reference.span,
        of_catalog: source.of_catalog,
    }
}
