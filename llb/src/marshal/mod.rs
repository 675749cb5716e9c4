//! From a graph to bytes, for one daemon.
//!
//! Walks the graph in the order of the Go client, encodes every operation once, and
//! gathers metadata and source locations by digest. What an operation becomes is up
//! to its kind; this module gives it a [`Context`] to ask and to report.

mod context;
mod error;
mod source_map;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use buildkit_proto::canonical::{digest, encode_op};
use buildkit_proto::pb;
use bytes::Bytes;

use crate::caps::{self, CapSet};
use crate::definition::Definition;
use crate::diff::DiffNode;
use crate::location::Location;
use crate::merge::MergeNode;
use crate::meta;
use crate::node::{Kind, Node};
use crate::output::{Edge, Output};
use crate::platform::Platform;

pub(crate) use context::{Context, Encoded, Inputs};
pub(crate) use error::Reason;
pub use error::{MarshalError, MarshalErrorKind};
use source_map::SourceMap;

/// What marshalling depends on besides the graph.
#[derive(Clone, Debug, Default)]
pub struct MarshalOptions {
    /// The platform of operations that have none.
    pub platform: Platform,
    /// What the daemon offers. `None` asks and declares as if everything was there,
    /// except that `PATH` is left to the daemon without a word.
    pub caps: Option<CapSet>,
    /// The client's session, for locals and layouts that have none.
    pub session: Option<String>,
    /// What sets locals apart that have no session.
    pub local_unique: Option<String>,
}

impl MarshalOptions {
    /// For a platform, with no more known.
    pub fn new(platform: Platform) -> Self {
        Self {
            platform,
            ..Self::default()
        }
    }

    /// Sets what the daemon offers.
    #[must_use]
    pub fn caps(mut self, caps: CapSet) -> Self {
        self.caps = Some(caps);
        self
    }

    /// Sets the client's session.
    #[must_use]
    pub fn session(mut self, id: impl Into<String>) -> Self {
        self.session = Some(id.into());
        self
    }

    /// Sets what keeps locals apart that have no session.
    #[must_use]
    pub fn local_unique(mut self, id: impl Into<String>) -> Self {
        self.local_unique = Some(id.into());
        self
    }
}

/// A graph as bytes, and what did not make it into them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marshalled {
    /// The graph.
    pub definition: Definition,
    /// What the daemon cannot do and the build can do without, in the order of the
    /// operations. Worth a warning each.
    pub dropped: Vec<Dropped>,
}

/// Something an operation asked for and the daemon does not get.
#[derive(Clone, Debug, PartialEq)]
pub struct Dropped {
    /// What it is, in words.
    pub feature: &'static str,
    /// The capability the daemon lacks.
    pub capability: &'static str,
    /// The digest of the operation without it.
    pub digest: String,
    /// The name of the operation.
    pub name: Option<String>,
    /// Where the operation comes from.
    pub locations: Vec<Location>,
}

/// Turns a graph into bytes. The same graph and options give the same bytes, whatever
/// the order in which the graph was put together.
///
/// ```
/// use buildkit_llb::{Image, MarshalOptions, Platform, marshal};
///
/// let image = Image::new("docker.io/library/debian:12").output();
/// let options = MarshalOptions::new(Platform::parse("linux/amd64").unwrap());
/// let marshalled = marshal(&image, &options).unwrap();
/// assert_eq!(marshalled.definition.ops().len(), 2);
/// ```
pub fn marshal(output: &Output, options: &MarshalOptions) -> Result<Marshalled, MarshalError> {
    let Some(edge) = &output.0 else {
        return Ok(Marshalled::default());
    };
    let mut marshaller = Marshaller {
        options,
        ..Marshaller::new(options)
    };
    for node in walk::dependencies_first(&edge.node) {
        marshaller.add(node)?;
    }
    Ok(marshaller.finish(edge))
}

/// The digest of the operation behind each output, as a definition with it has it;
/// none for the empty tree. Two operations of one digest are one to a daemon, so that
/// graphs can be compared operation by operation.
///
/// ```
/// use buildkit_llb::{Image, MarshalOptions, Output, Platform, digests};
///
/// let options = MarshalOptions::new(Platform::parse("linux/amd64").unwrap());
/// let image = |tag: &str| Image::new(&format!("docker.io/library/debian:{tag}")).output();
/// let found = digests(&[image("12"), image("13"), image("12"), Output::scratch()], &options).unwrap();
/// assert_eq!(found[0], found[2]);
/// assert_ne!(found[0], found[1]);
/// assert_eq!(found[3], None);
/// ```
pub fn digests(
    outputs: &[Output],
    options: &MarshalOptions,
) -> Result<Vec<Option<String>>, MarshalError> {
    let mut marshaller = Marshaller::new(options);
    let mut digests = Vec::new();
    for output in outputs {
        let Some(edge) = &output.0 else {
            digests.push(None);
            continue;
        };
        for node in walk::dependencies_first(&edge.node) {
            if !marshaller.digests.contains_key(&std::ptr::from_ref(node)) {
                marshaller.add(node)?;
            }
        }
        digests.push(Some(marshaller.input(edge).digest));
    }
    Ok(digests)
}

struct Marshaller<'a> {
    options: &'a MarshalOptions,
    /// Digests by the address of the node; nothing is ever read in this order.
    digests: BTreeMap<*const Node, String>,
    seen: BTreeSet<String>,
    definition: pb::Definition,
    sources: SourceMap,
    dropped: Vec<Dropped>,
}

impl<'a> Marshaller<'a> {
    fn new(options: &'a MarshalOptions) -> Self {
        Self {
            options,
            digests: BTreeMap::new(),
            seen: BTreeSet::new(),
            definition: pb::Definition::default(),
            sources: SourceMap::default(),
            dropped: Vec::new(),
        }
    }

    fn add(&mut self, node: &'a Node) -> Result<(), MarshalError> {
        let inputs = node.inputs.iter().filter_map(|input| input.0.as_ref());
        let inputs = inputs.map(|edge| self.input(edge)).collect();
        let mut context = Context::new(node, self.options, inputs);
        let (bytes, digest, metadata) = match &node.kind {
            Kind::Foreign(foreign) => {
                context.check_all(&foreign.metadata.caps)?;
                (
                    foreign.bytes.clone(),
                    foreign.digest.clone(),
                    foreign.metadata.clone(),
                )
            }
            _ => encode(node, &mut context).map_err(|reason| context.error(reason))?,
        };
        self.dropped.extend(context.into_dropped(&digest));
        self.sources.add(&digest, &node.meta.locations);
        let known = self.definition.metadata.entry(digest.clone()).or_default();
        meta::join(known, metadata);
        if self.seen.insert(digest.clone()) {
            self.definition.def.push(bytes);
        }
        self.digests.insert(std::ptr::from_ref(node), digest);
        Ok(())
    }

    fn input(&self, edge: &Edge) -> pb::Input {
        let digest = self.digests[&std::sync::Arc::as_ptr(&edge.node)].clone();
        let index = match &edge.node.kind {
            Kind::Exec(exec) => exec.output_index(edge.slot, self.options.caps.as_ref()),
            _ => edge.slot,
        };
        pb::Input {
            digest,
            index: i64::try_from(index).unwrap_or(i64::MAX),
        }
    }

    /// Adds the terminal operation, which says what the result is.
    fn finish(mut self, result: &Edge) -> Marshalled {
        let terminal = pb::Op {
            inputs: vec![self.input(result)],
            ..pb::Op::default()
        };
        let bytes = encode_op(&terminal);
        let all = self.definition.metadata.values();
        let mut caps = BTreeSet::from([caps::CONSTRAINTS, caps::PLATFORM]);
        for metadata in all {
            caps.extend(metadata.ignore_cache.then_some(caps::META_IGNORE_CACHE));
            caps.extend((!metadata.description.is_empty()).then_some(caps::META_DESCRIPTION));
            caps.extend(
                metadata
                    .export_cache
                    .as_ref()
                    .map(|_| caps::META_EXPORT_CACHE),
            );
        }
        let caps = caps.into_iter().map(|cap| (cap.to_owned(), true)).collect();
        let metadata = pb::OpMetadata {
            caps,
            ..pb::OpMetadata::default()
        };
        self.definition.metadata.insert(digest(&bytes), metadata);
        self.definition.def.push(Bytes::from(bytes));
        self.definition.source = self.sources.finish();
        Marshalled {
            definition: self.definition.into(),
            dropped: self.dropped,
        }
    }
}

fn encode(
    node: &Node,
    context: &mut Context<'_>,
) -> Result<(Bytes, String, pb::OpMetadata), Reason> {
    let encoded = match &node.kind {
        Kind::Source(source) => source.encode(context)?,
        Kind::Exec(exec) => exec.encode(context)?,
        Kind::File(file) => file.encode(context)?,
        Kind::Merge(MergeNode) => MergeNode::encode(context)?,
        Kind::Diff(diff) => DiffNode::encode(diff, context)?,
        Kind::Foreign(_) => unreachable!("foreign operations keep their bytes"),
    };
    let op = pb::Op {
        inputs: encoded.inputs,
        op: Some(encoded.op),
        platform: encoded.platform.map(|platform| platform.to_pb()),
        // Present and empty, or the digest is not the daemon's.
        constraints: Some(pb::WorkerConstraints::default()),
    };
    let bytes = Bytes::from(encode_op(&op));
    let digest = digest(&bytes);
    let metadata = pb::OpMetadata {
        caps: context.declared(),
        linux_resources: encoded.resources,
        ..node.meta.to_pb()
    };
    Ok((bytes, digest, metadata))
}
