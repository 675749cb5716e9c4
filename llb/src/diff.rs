//! What one tree adds to another.

use buildkit_proto::pb;

use crate::caps;
use crate::marshal::{Context, Encoded, Inputs, Reason};
use crate::meta::{Meta, meta_setters};
use crate::node::{Kind, Node};
use crate::output::Output;

/// What the upper tree adds to the lower, deletions included.
///
/// ```
/// use buildkit_llb::{Diff, Exec, Image};
///
/// let base = Image::new("docker.io/library/debian:12").output();
/// let after = Exec::shell("apt-get update").root(&base).run().root();
/// let change = Diff::new(&base, &after).output();
/// # assert!(!change.is_scratch());
/// ```
#[derive(Clone, Debug)]
pub struct Diff {
    lower: Output,
    upper: Output,
    meta: Meta,
}

/// A difference, ready to be encoded.
pub(crate) struct DiffNode {
    lower: Option<usize>,
    upper: Option<usize>,
}

impl Diff {
    /// From the lower to the upper tree.
    pub fn new(lower: &Output, upper: &Output) -> Self {
        Self {
            lower: lower.clone(),
            upper: upper.clone(),
            meta: Meta::default(),
        }
    }

    meta_setters!();

    /// The difference; to the empty tree it is the upper tree itself.
    pub fn output(self) -> Output {
        if self.lower.is_scratch() {
            return self.upper;
        }
        let platform = self.lower.platform().cloned();
        let upper = (!self.upper.is_scratch()).then_some(1);
        let node = DiffNode {
            lower: Some(0),
            upper,
        };
        let inputs = [self.lower, self.upper]
            .into_iter()
            .filter(|tree| !tree.is_scratch());
        let inputs = inputs.collect();
        Output::of(Node {
            kind: Kind::Diff(node),
            inputs,
            meta: self.meta,
            platform,
        })
    }
}

impl DiffNode {
    pub(crate) fn encode(&self, context: &mut Context<'_>) -> Result<Encoded, Reason> {
        context.require(caps::DIFF_OP)?;
        let mut inputs = Inputs::default();
        let mut number = |at: Option<usize>| at.map_or(-1, |at| inputs.append(context.input(at)));
        let diff = pb::DiffOp {
            lower: Some(pb::LowerDiffInput {
                input: number(self.lower),
            }),
            upper: Some(pb::UpperDiffInput {
                input: number(self.upper),
            }),
        };
        Ok(Encoded {
            inputs: inputs.into_vec(),
            ..Encoded::new(pb::op::Op::Diff(diff))
        })
    }
}
