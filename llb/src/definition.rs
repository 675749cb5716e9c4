//! A graph as bytes: what is sent to a daemon and what comes back.

use buildkit_proto::canonical;
use buildkit_proto::pb;
use bytes::Bytes;
use prost::Message;

/// A marshalled graph: operations, what is said about them, and where they come from.
///
/// The bytes of operations are what they are: digests are taken over them, so they are
/// never encoded again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition(pb::Definition);

impl Definition {
    /// Whether there is no operation in it, which stands for the empty tree.
    pub fn is_empty(&self) -> bool {
        self.0.def.is_empty()
    }

    /// The operations, dependencies first and the terminal one last.
    pub fn ops(&self) -> &[Bytes] {
        &self.0.def
    }

    /// The digests of the operations, in their order.
    pub fn digests(&self) -> impl Iterator<Item = String> {
        self.0.def.iter().map(|op| canonical::digest(op))
    }

    /// What is said about an operation, by its digest.
    pub fn metadata(&self, digest: &str) -> Option<&pb::OpMetadata> {
        self.0.metadata.get(digest)
    }

    /// The digest of the operation whose output the graph is; none for the empty tree.
    pub fn head(&self) -> Option<String> {
        let terminal = pb::Op::decode(self.0.def.last()?.as_ref()).ok()?;
        terminal.inputs.into_iter().next().map(|input| input.digest)
    }

    /// The message as it goes over the wire.
    pub fn as_pb(&self) -> &pb::Definition {
        &self.0
    }

    /// The message as it goes over the wire.
    pub fn into_pb(self) -> pb::Definition {
        self.0
    }

    /// The encoded message, as `buildctl build` reads it from standard input.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.encode_to_vec()
    }

    /// Reads an encoded message.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, prost::DecodeError> {
        pb::Definition::decode(bytes).map(Self)
    }
}

impl From<pb::Definition> for Definition {
    fn from(definition: pb::Definition) -> Self {
        Self(definition)
    }
}

impl From<Definition> for pb::Definition {
    fn from(definition: Definition) -> Self {
        definition.0
    }
}
