//! Laying trees on top of each other.

use buildkit_proto::pb;

use crate::caps;
use crate::file::merge_by_copies;
use crate::marshal::{Context, Encoded, Inputs, Reason};
use crate::meta::{Meta, meta_setters};
use crate::node::{Kind, Node};
use crate::output::Output;

/// Trees on top of each other, the last one uppermost.
///
/// The daemon joins layers without reading them. One that cannot copies instead, and
/// then what upper trees delete stays.
///
/// ```
/// use buildkit_llb::{FileOp, Image, Merge, Mkfile, Output};
///
/// let base = Image::new("docker.io/library/debian:12").output();
/// let file = FileOp::on(&Output::scratch()).mkfile(Mkfile::new("/f", 0o644, "")).output();
/// let tree = Merge::new([&base, &file]).name("base and file").output();
/// # assert!(!tree.is_scratch());
/// ```
#[derive(Clone, Debug)]
pub struct Merge {
    trees: Vec<Output>,
    meta: Meta,
}

/// A merge, ready to be encoded.
pub(crate) struct MergeNode;

impl Merge {
    /// Trees from the lowest to the uppermost; empty ones do not count.
    pub fn new<'a>(trees: impl IntoIterator<Item = &'a Output>) -> Self {
        let trees = trees
            .into_iter()
            .filter(|tree| !tree.is_scratch())
            .cloned()
            .collect();
        Self {
            trees,
            meta: Meta::default(),
        }
    }

    meta_setters!();

    /// All trees as one; a single tree is itself, and none is the empty tree.
    pub fn output(mut self) -> Output {
        if self.trees.len() < 2 {
            return self.trees.pop().unwrap_or_default();
        }
        let platform = self.trees[0].platform().cloned();
        Output::of(Node {
            kind: Kind::Merge(MergeNode),
            inputs: self.trees,
            meta: self.meta,
            platform,
        })
    }
}

impl MergeNode {
    pub(crate) fn encode(context: &mut Context<'_>) -> Result<Encoded, Reason> {
        let trees = context.input_count();
        if !context.require_or_drop(caps::MERGE_OP, "merging without copying") {
            return merge_by_copies(context, trees);
        }
        // Inputs stand as often as they are merged.
        let mut inputs = Inputs::default();
        let merge = pb::MergeOp {
            inputs: (0..trees)
                .map(|at| pb::MergeInput {
                    input: inputs.append(context.input(at)),
                })
                .collect(),
        };
        Ok(Encoded {
            inputs: inputs.into_vec(),
            ..Encoded::new(pb::op::Op::Merge(merge))
        })
    }
}
