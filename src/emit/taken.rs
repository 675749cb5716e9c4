//! Where steps take paths by name, as parts of the graph: for finding out which of
//! them are not there when a build has failed.

use buildkit_llb::Output;

use super::Emitter;
use crate::diagnostic::Span;
use crate::plan::{ContextTree, NamedPaths, NamedTree, Origin, Tree};

/// Paths that a step takes out of a tree.
#[derive(Debug, Clone)]
pub struct Taken {
    /// What they are taken from.
    pub from: TakenFrom,
    /// The same in the graph.
    pub tree: Output,
    /// The operation that fails when one of them is not there.
    pub operation: Output,
    /// The paths, relative to the root of the tree, and where each was named.
    pub paths: Vec<(String, Span)>,
}

/// What paths are taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenFrom {
    /// The build context, for files of the user's own.
    Context,
    /// The build context as a checkout of Dynamo.
    Checkout,
    /// A named build context.
    NamedContext(String),
    /// A git repository.
    Git(String),
    /// An image.
    Image(String),
    /// What a stage leaves.
    Stage(String),
}

impl Emitter<'_> {
    /// What steps take by name, in the order of the steps.
    pub(super) fn taken(&self) -> Vec<Taken> {
        let all = self.plan.named_paths();
        all.iter().filter_map(|one| self.taken_by(one)).collect()
    }

    fn taken_by(&self, named: &NamedPaths<'_>) -> Option<Taken> {
        let (from, tree) = match named.tree {
            Tree::Context(ContextTree { origin, own, .. }) => match origin {
                Origin::Context if *own => (TakenFrom::Context, self.build_context(named.places)),
                Origin::Context => (TakenFrom::Checkout, self.build_context(named.places)),
                Origin::Git(git) => (TakenFrom::Git(git.to_string()), self.git(git)),
                Origin::NamedContext(context) => self.taken_from_named(context),
            },
            Tree::NamedContext(context) => self.taken_from_named(context),
            Tree::Image(image) => (
                TakenFrom::Image(image.reference.familiar()),
                self.image(image),
            ),
            Tree::Stage(name) => (
                TakenFrom::Stage(name.clone()),
                self.left_by(name).output.clone(),
            ),
            Tree::Git(_) | Tree::Archive { .. } | Tree::Download { .. } | Tree::Literal { .. } => {
                return None;
            }
        };
        let operation = match named.tree {
            Tree::Context(context) => self.context(context, named.places),
            _ => self.left_by(named.stage).steps.get(named.step)?.clone(),
        };
        let paths = named.paths.iter();
        Some(Taken {
            from,
            tree,
            operation,
            paths: paths
                .map(|(path, place)| ((*path).to_owned(), *place))
                .collect(),
        })
    }

    fn taken_from_named(&self, context: &NamedTree) -> (TakenFrom, Output) {
        let from = TakenFrom::NamedContext(context.name.clone());
        (from, self.named_context(context))
    }
}
