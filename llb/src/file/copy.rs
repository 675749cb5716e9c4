//! Copying from one tree to another.

use crate::file::action::Timestamp;
use crate::file::owner::Owner;
use crate::output::Output;

/// Copies from a tree.
///
/// Every flag is off at first. [`like_dockerfile`](Self::like_dockerfile) sets those of
/// the instruction `COPY`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent flags of the contract"
)]
#[derive(Clone, Debug)]
pub struct CopyFrom {
    pub(super) source: Output,
    pub(super) src: String,
    pub(super) dest: String,
    pub(super) owner: Option<Owner>,
    pub(super) mode: Mode,
    pub(super) follow_symlinks: bool,
    pub(super) directory_contents: bool,
    pub(super) unpack: bool,
    pub(super) create_dest_path: bool,
    pub(super) allow_wildcard: bool,
    pub(super) allow_empty_wildcard: bool,
    pub(super) timestamp: Timestamp,
    pub(super) include_patterns: Vec<String>,
    pub(super) exclude_patterns: Vec<String>,
    pub(super) always_replace: bool,
    pub(super) required_paths: Vec<String>,
}

/// The permission bits of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Keep,
    Bits(u32),
    Symbolic(String),
}

impl CopyFrom {
    /// From the path `src` of a tree to the path `dest`. A `dest` that ends in `/` is
    /// a directory to copy into.
    pub fn new(source: &Output, src: impl Into<String>, dest: impl Into<String>) -> Self {
        Self {
            source: source.clone(),
            src: src.into(),
            dest: dest.into(),
            owner: None,
            mode: Mode::Keep,
            follow_symlinks: false,
            directory_contents: false,
            unpack: false,
            create_dest_path: false,
            allow_wildcard: false,
            allow_empty_wildcard: false,
            timestamp: Timestamp::default(),
            include_patterns: Vec::new(),
            exclude_patterns: Vec::new(),
            always_replace: false,
            required_paths: Vec::new(),
        }
    }

    /// Sets the flags of a Dockerfile's `COPY`: follows symlinks in `src`, copies the
    /// contents of a directory, makes the way to `dest`, allows wildcards, also ones
    /// that match nothing.
    #[must_use]
    pub fn like_dockerfile(self) -> Self {
        let wild = self
            .follow_symlinks()
            .allow_wildcard()
            .allow_empty_wildcard();
        wild.directory_contents().create_dest_path()
    }

    /// Sets the owner, instead of keeping it.
    #[must_use]
    pub fn owner(mut self, owner: Owner) -> Self {
        self.owner = Some(owner);
        self
    }

    /// Sets the permission bits, instead of keeping them.
    #[must_use]
    pub fn mode(mut self, bits: u32) -> Self {
        self.mode = Mode::Bits(bits);
        self
    }

    /// Changes the permission bits as `chmod` does, `u=rwX,go=rX`.
    #[must_use]
    pub fn symbolic_mode(mut self, mode: impl Into<String>) -> Self {
        self.mode = Mode::Symbolic(mode.into());
        self
    }

    /// Follows symlinks in `src`.
    #[must_use]
    pub fn follow_symlinks(mut self) -> Self {
        self.follow_symlinks = true;
        self
    }

    /// Copies what is in a directory rather than the directory.
    #[must_use]
    pub fn directory_contents(mut self) -> Self {
        self.directory_contents = true;
        self
    }

    /// Unpacks a file that is an archive.
    #[must_use]
    pub fn unpack(mut self) -> Self {
        self.unpack = true;
        self
    }

    /// Makes missing directories on the way to `dest`.
    #[must_use]
    pub fn create_dest_path(mut self) -> Self {
        self.create_dest_path = true;
        self
    }

    /// Takes `*`, `?` and `[…]` in `src` as wildcards.
    #[must_use]
    pub fn allow_wildcard(mut self) -> Self {
        self.allow_wildcard = true;
        self
    }

    /// Does nothing, instead of failing, if wildcards match nothing.
    #[must_use]
    pub fn allow_empty_wildcard(mut self) -> Self {
        self.allow_empty_wildcard = true;
        self
    }

    /// Sets the modification time, instead of keeping it.
    #[must_use]
    pub fn timestamp(mut self, timestamp: Timestamp) -> Self {
        self.timestamp = timestamp;
        self
    }

    /// Copies only what matches one of these patterns.
    #[must_use]
    pub fn include_patterns<T: Into<String>>(mut self, list: impl IntoIterator<Item = T>) -> Self {
        self.include_patterns = list.into_iter().map(Into::into).collect();
        self
    }

    /// Does not copy what matches one of these patterns.
    #[must_use]
    pub fn exclude_patterns<T: Into<String>>(mut self, list: impl IntoIterator<Item = T>) -> Self {
        self.exclude_patterns = list.into_iter().map(Into::into).collect();
        self
    }

    /// Replaces what is in the way even if it is of another kind.
    #[must_use]
    pub fn always_replace(mut self) -> Self {
        self.always_replace = true;
        self
    }

    /// Fails unless these paths are in the source.
    #[must_use]
    pub fn required_paths<T: Into<String>>(mut self, list: impl IntoIterator<Item = T>) -> Self {
        self.required_paths = list.into_iter().map(Into::into).collect();
        self
    }
}
