//! Why a graph cannot be marshalled.

use std::fmt;

use crate::caps::CapError;
use crate::location::Location;

/// What is wrong with an operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MarshalErrorKind {
    /// The daemon cannot do it, and there is no way around.
    #[error(transparent)]
    Capability(#[from] CapError),
    /// A process without a program.
    #[error("a process needs at least one argument")]
    NoArguments,
    /// A process without a working directory.
    #[error("a process needs a working directory")]
    NoWorkingDirectory,
    /// A mount at no path.
    #[error("a mount needs a path")]
    NoMountPath,
    /// Permission bits that the daemon would cut off.
    #[error("mode {mode:#o} has bits outside of {all:#o}")]
    InvalidMode {
        /// The bits.
        mode: u32,
        /// All bits there are.
        all: u32,
    },
}

pub(crate) use MarshalErrorKind as Reason;

/// An operation that cannot be marshalled.
#[derive(Clone, Debug, PartialEq)]
pub struct MarshalError(Box<Inner>);

#[derive(Clone, Debug, PartialEq)]
struct Inner {
    kind: MarshalErrorKind,
    name: Option<String>,
    locations: Vec<Location>,
}

impl MarshalError {
    pub(super) fn new(
        kind: MarshalErrorKind,
        name: Option<String>,
        locations: Vec<Location>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            name,
            locations,
        }))
    }

    /// What is wrong.
    pub fn kind(&self) -> &MarshalErrorKind {
        &self.0.kind
    }

    /// The name of the operation.
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Where the operation comes from.
    pub fn locations(&self) -> &[Location] {
        &self.0.locations
    }
}

impl fmt::Display for MarshalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.name {
            Some(name) => write!(f, "{name}: {}", self.0.kind),
            None => self.0.kind.fmt(f),
        }
    }
}

impl std::error::Error for MarshalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0.kind)
    }
}
