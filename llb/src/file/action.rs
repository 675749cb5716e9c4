//! The actions of a chain, copying apart.

use crate::file::copy::CopyFrom;
use crate::file::owner::Owner;

/// One action of a chain.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Copy(Box<CopyFrom>),
    Mkdir(Mkdir),
    Mkfile(Mkfile),
    Remove(Remove),
    Symlink(Symlink),
}

/// The modification time of what an action makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timestamp {
    /// That of the source of a copy; the time of the build for what is new.
    #[default]
    Natural,
    /// Nanoseconds since 1970.
    Nanoseconds(u64),
}

impl Timestamp {
    /// Whole seconds since 1970.
    pub fn seconds(seconds: u64) -> Self {
        Self::Nanoseconds(seconds.saturating_mul(1_000_000_000))
    }

    /// Unset is -1: zero would be 1970.
    pub(super) fn to_pb(self) -> i64 {
        match self {
            Self::Natural => -1,
            Self::Nanoseconds(time) => i64::try_from(time).unwrap_or(i64::MAX),
        }
    }
}

/// Makes a directory; one that is there already is left alone.
///
/// The daemon makes it under its own umask. Docker's takes the group's right to
/// write, whatever the mode says; a copy with a mode does not have that limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mkdir {
    pub(super) path: String,
    pub(super) mode: u32,
    pub(super) parents: bool,
    pub(super) owner: Option<Owner>,
    pub(super) timestamp: Timestamp,
}

impl Mkdir {
    /// A directory with permission bits.
    pub fn new(path: impl Into<String>, mode: u32) -> Self {
        let timestamp = Timestamp::default();
        Self {
            path: path.into(),
            mode,
            parents: false,
            owner: None,
            timestamp,
        }
    }

    /// Makes missing parents too.
    #[must_use]
    pub fn parents(mut self) -> Self {
        self.parents = true;
        self
    }

    /// Sets the owner, instead of root.
    #[must_use]
    pub fn owner(mut self, owner: Owner) -> Self {
        self.owner = Some(owner);
        self
    }

    /// Sets the modification time.
    #[must_use]
    pub fn timestamp(mut self, timestamp: Timestamp) -> Self {
        self.timestamp = timestamp;
        self
    }
}

/// Writes a file; its directory must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mkfile {
    pub(super) path: String,
    pub(super) mode: u32,
    pub(super) data: Vec<u8>,
    pub(super) owner: Option<Owner>,
    pub(super) timestamp: Timestamp,
}

impl Mkfile {
    /// A file with permission bits and content.
    pub fn new(path: impl Into<String>, mode: u32, data: impl Into<Vec<u8>>) -> Self {
        let timestamp = Timestamp::default();
        Self {
            path: path.into(),
            mode,
            data: data.into(),
            owner: None,
            timestamp,
        }
    }

    /// Sets the owner, instead of root.
    #[must_use]
    pub fn owner(mut self, owner: Owner) -> Self {
        self.owner = Some(owner);
        self
    }

    /// Sets the modification time.
    #[must_use]
    pub fn timestamp(mut self, timestamp: Timestamp) -> Self {
        self.timestamp = timestamp;
        self
    }
}

/// Removes a file or a directory with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remove {
    pub(super) path: String,
    pub(super) allow_not_found: bool,
    pub(super) allow_wildcard: bool,
}

impl Remove {
    /// By its path.
    pub fn new(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            allow_not_found: false,
            allow_wildcard: false,
        }
    }

    /// Does nothing, instead of failing, if it is not there.
    #[must_use]
    pub fn allow_not_found(mut self) -> Self {
        self.allow_not_found = true;
        self
    }

    /// Takes `*`, `?` and `[…]` in the path as wildcards.
    #[must_use]
    pub fn allow_wildcard(mut self) -> Self {
        self.allow_wildcard = true;
        self
    }
}

/// Makes a symbolic link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symlink {
    pub(super) target: String,
    pub(super) link: String,
    pub(super) owner: Option<Owner>,
    pub(super) timestamp: Timestamp,
}

impl Symlink {
    /// A link at the path `link` that says `target`.
    pub fn new(target: impl Into<String>, link: impl Into<String>) -> Self {
        let timestamp = Timestamp::default();
        Self {
            target: target.into(),
            link: link.into(),
            owner: None,
            timestamp,
        }
    }

    /// Sets the owner, instead of root.
    #[must_use]
    pub fn owner(mut self, owner: Owner) -> Self {
        self.owner = Some(owner);
        self
    }

    /// Sets the modification time.
    #[must_use]
    pub fn timestamp(mut self, timestamp: Timestamp) -> Self {
        self.timestamp = timestamp;
        self
    }
}
