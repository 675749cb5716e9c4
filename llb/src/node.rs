//! An operation that is done being described. Immutable, shared, and dropped without
//! recursion: a chain of a hundred thousand steps must not cost a stack frame each.

use std::fmt;
use std::mem;
use std::sync::Arc;

use crate::diff::DiffNode;
use crate::exec::ExecNode;
use crate::file::FileNode;
use crate::foreign::ForeignNode;
use crate::merge::MergeNode;
use crate::meta::Meta;
use crate::output::Output;
use crate::platform::Platform;
use crate::source::SourceNode;

/// One vertex. All edges are in `inputs`; kinds refer to them by position.
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) inputs: Vec<Output>,
    pub(crate) meta: Meta,
    pub(crate) platform: Option<Platform>,
}

/// What the operation does.
pub(crate) enum Kind {
    Source(SourceNode),
    Exec(Box<ExecNode>),
    File(FileNode),
    Merge(MergeNode),
    Diff(DiffNode),
    Foreign(ForeignNode),
}

impl Node {
    /// Positions in `inputs` in the order in which the Go client walks them.
    pub(crate) fn walk_order(&self) -> Vec<usize> {
        match &self.kind {
            Kind::Exec(exec) => exec.walk_order(),
            Kind::File(file) => file.walk_order(),
            Kind::Source(_) | Kind::Merge(_) | Kind::Diff(_) | Kind::Foreign(_) => {
                (0..self.inputs.len()).collect()
            }
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let mut orphans = mem::take(&mut self.inputs);
        while let Some(Output(edge)) = orphans.pop() {
            // Whoever else holds the node drops it later, in the same way.
            if let Some(mut node) = edge.and_then(|edge| Arc::into_inner(edge.node)) {
                orphans.append(&mut node.inputs);
            }
        }
    }
}

// Inputs are left out: a derived one would walk, and print, the whole graph.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.kind {
            Kind::Source(_) => "source",
            Kind::Exec(_) => "exec",
            Kind::File(_) => "file",
            Kind::Merge(_) => "merge",
            Kind::Diff(_) => "diff",
            Kind::Foreign(_) => "foreign",
        };
        f.debug_struct("Node")
            .field("kind", &kind)
            .field("name", &self.meta.name())
            .field("inputs", &self.inputs.len())
            .finish_non_exhaustive()
    }
}
