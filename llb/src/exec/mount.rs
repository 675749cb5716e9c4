//! Mounts: where the files of a process come from and whether they stay.

use crate::output::Output;

/// A mount.
#[derive(Clone, Debug)]
pub struct Mount {
    pub(super) dest: String,
    pub(super) source: Output,
    pub(super) selector: String,
    pub(super) kind: MountKind,
    pub(super) content_cache: ContentCache,
}

#[derive(Clone, Debug)]
pub(super) enum MountKind {
    Writable,
    Discarded,
    ReadOnly,
    Cache { id: String, sharing: Sharing },
    Tmpfs { size: Option<u64> },
    SharedMemory { size: u64 },
}

/// A mount of an operation, its source a position among the operation's inputs.
pub(crate) struct SealedMount {
    pub(super) dest: String,
    pub(super) source: Option<usize>,
    pub(super) selector: String,
    pub(super) kind: MountKind,
    pub(super) content_cache: ContentCache,
}

/// What happens when two steps use one cache mount at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// Both write to it.
    #[default]
    Shared,
    /// The second gets one of its own.
    Private,
    /// The second waits.
    Locked,
}

/// Whether the cache key of the step depends on the content of a mount rather than on
/// how it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentCache {
    /// It does where nothing is left in the mount.
    #[default]
    Default,
    /// It does.
    On,
    /// It does not.
    Off,
}

impl Mount {
    /// A tree to write to; what becomes of it is an output of the step.
    pub fn writable(dest: impl Into<String>, source: &Output) -> Self {
        Self::new(dest, source, MountKind::Writable)
    }

    /// A tree to read from.
    pub fn read_only(dest: impl Into<String>, source: &Output) -> Self {
        Self::new(dest, source, MountKind::ReadOnly)
    }

    /// A tree to write to, thrown away after the step. A daemon that cannot throw it
    /// away keeps it, which costs space only.
    pub fn discarded(dest: impl Into<String>, source: &Output) -> Self {
        Self::new(dest, source, MountKind::Discarded)
    }

    /// A directory that is kept between builds, by id.
    pub fn cache(dest: impl Into<String>, id: impl Into<String>) -> Self {
        let kind = MountKind::Cache {
            id: id.into(),
            sharing: Sharing::default(),
        };
        Self::new(dest, &Output::scratch(), kind)
    }

    /// A directory in memory.
    pub fn tmpfs(dest: impl Into<String>) -> Self {
        Self::new(dest, &Output::scratch(), MountKind::Tmpfs { size: None })
    }

    pub(super) fn shared_memory(size: u64) -> Self {
        Self::new(
            "/dev/shm",
            &Output::scratch(),
            MountKind::SharedMemory { size },
        )
    }

    fn new(dest: impl Into<String>, source: &Output, kind: MountKind) -> Self {
        Self {
            dest: dest.into(),
            source: source.clone(),
            selector: String::new(),
            kind,
            content_cache: ContentCache::default(),
        }
    }

    /// Mounts only a part of the tree, by its path.
    #[must_use]
    pub fn selector(mut self, path: impl Into<String>) -> Self {
        self.selector = path.into();
        self
    }

    /// Sets what happens when two steps use a cache mount at the same time; nothing
    /// for other mounts.
    #[must_use]
    pub fn sharing(mut self, sharing: Sharing) -> Self {
        if let MountKind::Cache {
            sharing: current, ..
        } = &mut self.kind
        {
            *current = sharing;
        }
        self
    }

    /// Sets what a cache mount holds at first; nothing for other mounts.
    #[must_use]
    pub fn base(mut self, tree: &Output) -> Self {
        if let MountKind::Cache { .. } = self.kind {
            self.source = tree.clone();
        }
        self
    }

    /// Limits the bytes of a directory in memory; nothing for other mounts.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        if let MountKind::Tmpfs { size } = &mut self.kind {
            *size = Some(bytes);
        }
        self
    }

    /// Sets whether the cache key depends on the content.
    #[must_use]
    pub fn content_cache(mut self, content_cache: ContentCache) -> Self {
        self.content_cache = content_cache;
        self
    }

    pub(super) fn seal(self, inputs: &mut Vec<Output>) -> SealedMount {
        let source = (!self.source.is_scratch()).then(|| {
            inputs.push(self.source);
            inputs.len() - 1
        });
        SealedMount {
            dest: self.dest,
            source,
            selector: self.selector,
            kind: self.kind,
            content_cache: self.content_cache,
        }
    }
}
