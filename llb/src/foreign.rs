//! Operations that were marshalled elsewhere: taken over byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use buildkit_proto::canonical;
use buildkit_proto::pb;
use bytes::Bytes;
use prost::Message;

use crate::definition::Definition;
use crate::location::{Location, Range, SourceFile};
use crate::meta::Meta;
use crate::node::{Kind, Node};
use crate::output::{Edge, Output};
use crate::platform::Platform;

/// An operation of a foreign definition.
pub(crate) struct ForeignNode {
    pub(crate) bytes: Bytes,
    pub(crate) digest: String,
    pub(crate) metadata: pb::OpMetadata,
}

/// A definition that is no graph.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImportError {
    /// Bytes that are no operation.
    #[error("operation {index} of the definition cannot be read: {source}")]
    Decode {
        /// Its position in the definition.
        index: usize,
        /// What is wrong with the bytes.
        source: prost::DecodeError,
    },
    /// The last operation names no result.
    #[error("the terminal operation of the definition has no input")]
    NoResult,
    /// An input that is not there.
    #[error("operation {digest} of the definition has an input that is not in it: {input}")]
    MissingInput {
        /// The operation.
        digest: String,
        /// The digest of what it needs.
        input: String,
    },
    /// An output with a number below zero.
    #[error("operation {digest} of the definition has an input with the output number {index}")]
    InvalidIndex {
        /// The operation.
        digest: String,
        /// The number.
        index: i64,
    },
}

/// A decoded operation with its bytes.
type Raw = (Bytes, pb::Op);

pub(crate) fn import(definition: Definition) -> Result<Output, ImportError> {
    let definition = definition.into_pb();
    let Some((terminal, rest)) = definition.def.split_last() else {
        return Ok(Output::scratch());
    };
    let terminal = decode(rest.len(), terminal)?;
    let Some(result) = terminal.inputs.first() else {
        return Err(ImportError::NoResult);
    };
    let mut raw = BTreeMap::new();
    for (index, bytes) in rest.iter().enumerate() {
        raw.insert(
            canonical::digest(bytes),
            (bytes.clone(), decode(index, bytes)?),
        );
    }
    let order = order(&raw, result)?;
    let mut locations = locations(definition.source.unwrap_or_default());
    let mut metadata = definition.metadata;
    let mut nodes: BTreeMap<String, Arc<Node>> = BTreeMap::new();
    for digest in order {
        let (bytes, op) = &raw[&digest];
        let metadata = metadata.remove(&digest).unwrap_or_default();
        let node = Node {
            inputs: op
                .inputs
                .iter()
                .map(|input| edge(&nodes, &digest, input))
                .collect::<Result<_, _>>()?,
            // Only to be named in messages; what is sent on is the message itself.
            meta: Meta {
                description: metadata.description.clone(),
                locations: locations.remove(&digest).unwrap_or_default(),
                ..Meta::default()
            },
            platform: op.platform.as_ref().map(Platform::from),
            kind: Kind::Foreign(ForeignNode {
                bytes: bytes.clone(),
                digest: digest.clone(),
                metadata,
            }),
        };
        nodes.insert(digest, Arc::new(node));
    }
    edge(&nodes, "(terminal)", result)
}

fn decode(index: usize, bytes: &Bytes) -> Result<pb::Op, ImportError> {
    pb::Op::decode(bytes.as_ref()).map_err(|source| ImportError::Decode { index, source })
}

fn edge(
    nodes: &BTreeMap<String, Arc<Node>>,
    digest: &str,
    input: &pb::Input,
) -> Result<Output, ImportError> {
    let missing = || ImportError::MissingInput {
        digest: digest.to_owned(),
        input: input.digest.clone(),
    };
    let node = nodes.get(&input.digest).ok_or_else(missing)?;
    let slot = usize::try_from(input.index).map_err(|_| ImportError::InvalidIndex {
        digest: digest.to_owned(),
        index: input.index,
    })?;
    Ok(Output(Some(Edge {
        node: Arc::clone(node),
        slot,
    })))
}

/// Digests of all operations the result needs, dependencies first. The order in the
/// definition is not to be trusted: the daemon does not ask for one.
fn order(raw: &BTreeMap<String, Raw>, result: &pb::Input) -> Result<Vec<String>, ImportError> {
    let mut order = Vec::with_capacity(raw.len());
    let mut open = BTreeSet::new();
    let mut done = BTreeSet::new();
    let mut stack = vec![("(terminal)", result.digest.as_str())];
    while let Some((user, digest)) = stack.last().copied() {
        let Some((_, op)) = raw.get(digest) else {
            let (digest, input) = (user.to_owned(), digest.to_owned());
            return Err(ImportError::MissingInput { digest, input });
        };
        if done.contains(digest) {
            stack.pop();
        } else if open.insert(digest) {
            // No cycle is possible: a digest covers the digests of the inputs.
            stack.extend(
                op.inputs
                    .iter()
                    .rev()
                    .map(|input| (digest, input.digest.as_str())),
            );
        } else {
            stack.pop();
            done.insert(digest);
            order.push(digest.to_owned());
        }
    }
    Ok(order)
}

fn locations(source: pb::Source) -> BTreeMap<String, Vec<Location>> {
    let files: Vec<Arc<SourceFile>> = source
        .infos
        .into_iter()
        .map(|info| Arc::new(info.into()))
        .collect();
    let location = |location: &pb::Location| {
        let index = usize::try_from(location.source_index).ok()?;
        Some(Location::new(
            files.get(index)?,
            location.ranges.iter().map(Range::from),
        ))
    };
    let all = source.locations.into_iter();
    all.map(|(digest, list)| (digest, list.locations.iter().filter_map(location).collect()))
        .collect()
}
