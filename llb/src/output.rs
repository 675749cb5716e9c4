//! A handle on one result of one operation.

use std::sync::Arc;

use crate::definition::Definition;
use crate::foreign::{self, ImportError};
use crate::node::Node;
use crate::platform::Platform;

/// One file tree in a graph: the result of an operation, or the empty tree.
///
/// Cheap to clone. The operations behind it never change; bytes are made only by
/// [`marshal`](crate::marshal()).
///
/// ```
/// use buildkit_llb::{FileOp, Mkfile, Output};
///
/// let tree = FileOp::on(&Output::scratch())
///     .mkfile(Mkfile::new("/hello", 0o644, "hello\n"))
///     .output();
/// assert!(!tree.is_scratch());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Output(pub(crate) Option<Edge>);

/// Which result of which operation.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub(crate) node: Arc<Node>,
    /// What the number means is the node's business: the index on the wire can
    /// depend on what the daemon offers.
    pub(crate) slot: usize,
}

impl Output {
    /// The empty tree, which costs nothing and needs no operation.
    pub fn scratch() -> Self {
        Self(None)
    }

    /// Whether this is the empty tree.
    pub fn is_scratch(&self) -> bool {
        self.0.is_none()
    }

    /// The platform that was set for the operation or inherited from its first input;
    /// none means the default of marshalling.
    pub fn platform(&self) -> Option<&Platform> {
        self.0.as_ref().and_then(|edge| edge.node.platform.as_ref())
    }

    /// Takes over a graph that was marshalled elsewhere.
    ///
    /// Its operations keep their bytes, and so their digests, whatever they are;
    /// metadata and source locations come along. A definition without operations is
    /// the empty tree.
    pub fn from_definition(definition: impl Into<Definition>) -> Result<Self, ImportError> {
        foreign::import(definition.into())
    }

    pub(crate) fn of(node: Node) -> Self {
        Self(Some(Edge {
            node: Arc::new(node),
            slot: 0,
        }))
    }
}
