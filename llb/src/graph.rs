//! A marshalled graph, decoded to be looked at: by tests, by tools, by [`text`].
//!
//! [`text`]: crate::text

use std::collections::BTreeMap;

use buildkit_proto::canonical;
use buildkit_proto::pb;
use prost::Message;

use crate::definition::Definition;
use crate::meta::CUSTOM_NAME;

/// The operations of a definition, decoded.
///
/// ```
/// use buildkit_llb::{Graph, Image, MarshalOptions, marshal};
///
/// let image = Image::new("docker.io/library/debian:12").name("base").output();
/// let definition = marshal(&image, &MarshalOptions::default())?.definition;
/// let graph = Graph::decode(&definition)?;
/// assert_eq!(graph.named("base").unwrap().number, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    ops: Vec<GraphOp>,
    files: Vec<pb::SourceInfo>,
}

/// One operation of a definition.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphOp {
    /// Its position in the definition.
    pub number: usize,
    /// Its digest.
    pub digest: String,
    /// What it does.
    pub op: pb::Op,
    /// What is said about it.
    pub metadata: pb::OpMetadata,
    /// Where it comes from.
    pub locations: Vec<pb::Location>,
    /// The numbers of the operations it needs, each with the number of the output;
    /// none for what is not in the definition.
    pub inputs: Vec<Option<(usize, i64)>>,
}

impl Graph {
    /// Decodes all operations.
    pub fn decode(definition: &Definition) -> Result<Self, prost::DecodeError> {
        let source = definition.as_pb().source.clone().unwrap_or_default();
        let numbers: BTreeMap<String, usize> = definition
            .digests()
            .enumerate()
            .map(|(number, digest)| (digest, number))
            .collect();
        let decode =
            |(number, bytes): (usize, &bytes::Bytes)| -> Result<GraphOp, prost::DecodeError> {
                let op = pb::Op::decode(bytes.as_ref())?;
                let digest = canonical::digest(bytes);
                let input = |input: &pb::Input| {
                    numbers
                        .get(&input.digest)
                        .map(|number| (*number, input.index))
                };
                let locations = source.locations.get(&digest);
                Ok(GraphOp {
                    number,
                    inputs: op.inputs.iter().map(input).collect(),
                    metadata: definition.metadata(&digest).cloned().unwrap_or_default(),
                    locations: locations.map_or_else(Vec::new, |list| list.locations.clone()),
                    op,
                    digest,
                })
            };
        let ops = definition
            .ops()
            .iter()
            .enumerate()
            .map(decode)
            .collect::<Result<_, prost::DecodeError>>()?;
        Ok(Self {
            ops,
            files: source.infos,
        })
    }

    /// All operations, dependencies first, the terminal one last.
    pub fn ops(&self) -> &[GraphOp] {
        &self.ops
    }

    /// The files that locations refer to.
    pub fn files(&self) -> &[pb::SourceInfo] {
        &self.files
    }

    /// The operation with a custom name; the first, if there are more.
    pub fn named(&self, name: &str) -> Option<&GraphOp> {
        self.ops.iter().find(|op| op.name() == Some(name))
    }

    /// All operations of a kind.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &GraphOp> {
        self.ops.iter().filter(move |op| op.kind() == kind)
    }
}

impl GraphOp {
    /// The custom name.
    pub fn name(&self) -> Option<&str> {
        self.metadata
            .description
            .get(CUSTOM_NAME)
            .map(String::as_str)
    }

    /// `source`, `exec`, `file`, `merge`, `diff`, `build`, `passthrough`, or `result`
    /// for the terminal operation.
    pub fn kind(&self) -> &'static str {
        match &self.op.op {
            Some(pb::op::Op::Exec(_)) => "exec",
            Some(pb::op::Op::Source(_)) => "source",
            Some(pb::op::Op::File(_)) => "file",
            Some(pb::op::Op::Build(_)) => "build",
            Some(pb::op::Op::Merge(_)) => "merge",
            Some(pb::op::Op::Diff(_)) => "diff",
            Some(pb::op::Op::Passthrough(_)) => "passthrough",
            None => "result",
        }
    }

    /// The process, if the operation runs one.
    pub fn exec(&self) -> Option<&pb::ExecOp> {
        match &self.op.op {
            Some(pb::op::Op::Exec(exec)) => Some(exec),
            _ => None,
        }
    }

    /// The source, if the operation is one.
    pub fn source(&self) -> Option<&pb::SourceOp> {
        match &self.op.op {
            Some(pb::op::Op::Source(source)) => Some(source),
            _ => None,
        }
    }

    /// The actions, if the operation changes files.
    pub fn file_actions(&self) -> Option<&[pb::FileAction]> {
        match &self.op.op {
            Some(pb::op::Op::File(file)) => Some(&file.actions),
            _ => None,
        }
    }
}
