//! What an operation can ask for, and report, while it is encoded.

use std::collections::{BTreeMap, BTreeSet};

use buildkit_proto::pb;

use crate::caps::CapSet;
use crate::marshal::error::{MarshalError, Reason};
use crate::marshal::{Dropped, MarshalOptions};
use crate::node::Node;
use crate::platform::Platform;

/// An operation before it is bytes.
pub(crate) struct Encoded {
    pub(crate) inputs: Vec<pb::Input>,
    pub(crate) op: pb::op::Op,
    pub(crate) platform: Option<Platform>,
    pub(crate) resources: Option<pb::LinuxResources>,
}

impl Encoded {
    pub(crate) fn new(op: pb::op::Op) -> Self {
        Self {
            inputs: Vec::new(),
            op,
            platform: None,
            resources: None,
        }
    }
}

/// The inputs of an operation on the wire.
#[derive(Default)]
pub(crate) struct Inputs(Vec<pb::Input>);

impl Inputs {
    /// The number of an input, which is added unless it is there.
    pub(crate) fn add(&mut self, input: pb::Input) -> i64 {
        match self.0.iter().position(|known| *known == input) {
            Some(at) => number(at),
            None => self.append(input),
        }
    }

    /// The number of an input, which is added again if it is there.
    pub(crate) fn append(&mut self, input: pb::Input) -> i64 {
        self.0.push(input);
        number(self.0.len() - 1)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn into_vec(self) -> Vec<pb::Input> {
        self.0
    }
}

fn number(at: usize) -> i64 {
    i64::try_from(at).expect("no machine holds that many inputs")
}

/// The surroundings of one operation.
pub(crate) struct Context<'a> {
    node: &'a Node,
    options: &'a MarshalOptions,
    inputs: Vec<pb::Input>,
    declared: BTreeSet<&'static str>,
    dropped: Vec<(&'static str, &'static str)>,
}

impl<'a> Context<'a> {
    pub(super) fn new(node: &'a Node, options: &'a MarshalOptions, inputs: Vec<pb::Input>) -> Self {
        Self {
            node,
            options,
            inputs,
            declared: BTreeSet::new(),
            dropped: Vec::new(),
        }
    }

    pub(crate) fn options(&self) -> &MarshalOptions {
        self.options
    }

    /// What the daemon offers, if it is known.
    pub(crate) fn caps(&self) -> Option<&'a CapSet> {
        self.options.caps.as_ref()
    }

    /// The platform of the operation, normalised.
    pub(crate) fn platform(&self) -> Platform {
        self.node
            .platform
            .as_ref()
            .unwrap_or(&self.options.platform)
            .normalized()
    }

    /// An input by its position in the node.
    pub(crate) fn input(&self, at: usize) -> pb::Input {
        self.inputs[at].clone()
    }

    pub(crate) fn input_count(&self) -> usize {
        self.inputs.len()
    }

    /// Whether a capability is there, or may be.
    pub(crate) fn supports(&self, cap: &str) -> bool {
        self.caps().is_none_or(|caps| caps.supports(cap))
    }

    /// Insists on a capability without declaring it.
    pub(crate) fn check(&self, cap: &str) -> Result<(), Reason> {
        self.caps()
            .map_or(Ok(()), |caps| caps.check(cap))
            .map_err(Reason::Capability)
    }

    /// Insists on a capability and declares it.
    pub(crate) fn require(&mut self, cap: &'static str) -> Result<(), Reason> {
        self.check(cap)?;
        self.declared.insert(cap);
        Ok(())
    }

    /// Declares a capability, or reports what is dropped without it.
    pub(crate) fn require_or_drop(&mut self, cap: &'static str, feature: &'static str) -> bool {
        let supported = self.require(cap).is_ok();
        if !supported {
            self.dropped(cap, feature);
        }
        supported
    }

    /// Reports what is dropped for want of a capability.
    pub(crate) fn dropped(&mut self, cap: &'static str, feature: &'static str) {
        self.dropped.push((cap, feature));
    }

    /// Insists on what a foreign operation declares.
    pub(super) fn check_all(&self, declared: &BTreeMap<String, bool>) -> Result<(), MarshalError> {
        let needed = declared.iter().filter(|(_, needed)| **needed);
        for (cap, _) in needed {
            self.check(cap).map_err(|reason| self.error(reason))?;
        }
        Ok(())
    }

    pub(super) fn declared(&self) -> BTreeMap<String, bool> {
        self.declared
            .iter()
            .map(|cap| ((*cap).to_owned(), true))
            .collect()
    }

    pub(super) fn error(&self, reason: Reason) -> MarshalError {
        let name = self.node.meta.name().map(str::to_owned);
        MarshalError::new(reason, name, self.node.meta.locations.clone())
    }

    pub(super) fn into_dropped(self, digest: &str) -> impl Iterator<Item = Dropped> {
        let meta = &self.node.meta;
        self.dropped
            .into_iter()
            .map(move |(capability, feature)| Dropped {
                feature,
                capability,
                digest: digest.to_owned(),
                name: meta.name().map(str::to_owned),
                locations: meta.locations.clone(),
            })
    }
}
