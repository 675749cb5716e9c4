//! What is said about an operation without being part of its identity: none of it
//! enters a digest or a cache key.

use std::collections::BTreeMap;

use buildkit_proto::pb;

use crate::location::Location;

/// The description entry that is the text of the progress line.
pub const CUSTOM_NAME: &str = "llb.customname";

/// Operations with equal groups are shown as one progress line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgressGroup {
    /// What operations of one group share.
    pub id: String,
    /// The text of the line.
    pub name: String,
    /// Hide the operation inside the line if it stands in a stronger group too.
    pub weak: bool,
}

impl ProgressGroup {
    /// A group with an id and the text to show.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            weak: false,
        }
    }

    /// Lets a stronger group of the same operation win.
    #[must_use]
    pub fn weak(mut self) -> Self {
        self.weak = true;
        self
    }
}

/// Limits on memory and processor time of one step. Zero and empty are no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Bytes of memory.
    pub memory: i64,
    /// Bytes of memory and swap together, -1 for unlimited swap.
    pub memory_swap: i64,
    /// Relative weight.
    pub cpu_shares: i64,
    /// Microseconds of one scheduling period.
    pub cpu_period: i64,
    /// Microseconds of processor time in one period.
    pub cpu_quota: i64,
    /// Processors, as `0-3` or `0,1`.
    pub cpuset_cpus: String,
    /// Memory nodes, written likewise.
    pub cpuset_mems: String,
}

impl Resources {
    pub(crate) fn to_pb(&self) -> pb::LinuxResources {
        pb::LinuxResources {
            memory: self.memory,
            memory_swap: self.memory_swap,
            cpu_shares: self.cpu_shares,
            cpu_period: self.cpu_period,
            cpu_quota: self.cpu_quota,
            cpuset_cpus: self.cpuset_cpus.clone(),
            cpuset_mems: self.cpuset_mems.clone(),
        }
    }
}

/// What every kind of operation can carry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meta {
    pub(crate) description: BTreeMap<String, String>,
    pub(crate) ignore_cache: bool,
    pub(crate) export_cache: Option<bool>,
    pub(crate) progress_group: Option<ProgressGroup>,
    pub(crate) locations: Vec<Location>,
}

impl Meta {
    pub(crate) fn name(&self) -> Option<&str> {
        self.description.get(CUSTOM_NAME).map(String::as_str)
    }

    /// Everything but capabilities and resources, which the encoding finds out.
    pub(crate) fn to_pb(&self) -> pb::OpMetadata {
        pb::OpMetadata {
            ignore_cache: self.ignore_cache,
            description: self.description.clone(),
            export_cache: self.export_cache.map(|value| pb::ExportCache { value }),
            progress_group: self.progress_group.as_ref().map(|group| pb::ProgressGroup {
                id: group.id.clone(),
                name: group.name.clone(),
                weak: group.weak,
            }),
            ..pb::OpMetadata::default()
        }
    }
}

/// Joins what two equal operations say about themselves; `later` wins where only one
/// can.
pub(crate) fn join(metadata: &mut pb::OpMetadata, later: pb::OpMetadata) {
    metadata.ignore_cache |= later.ignore_cache;
    metadata.description.extend(later.description);
    metadata.caps.extend(later.caps);
    metadata.export_cache = later.export_cache.or(metadata.export_cache.take());
    metadata.progress_group = later.progress_group.or(metadata.progress_group.take());
    metadata.linux_resources = later.linux_resources.or(metadata.linux_resources.take());
}

/// The setters of [`Meta`], for a builder with a field `meta`.
macro_rules! meta_setters {
    () => {
        /// Sets the text of the progress line.
        #[must_use]
        pub fn name(self, name: impl Into<String>) -> Self {
            self.describe($crate::CUSTOM_NAME, name)
        }

        /// Sets one entry of the description, text that the daemon only passes on.
        #[must_use]
        pub fn describe(mut self, key: impl Into<String>, text: impl Into<String>) -> Self {
            self.meta.description.insert(key.into(), text.into());
            self
        }

        /// Shows the operation in the progress line of a group.
        #[must_use]
        pub fn progress_group(mut self, group: $crate::ProgressGroup) -> Self {
            self.meta.progress_group = Some(group);
            self
        }

        /// Runs the operation even if its result is in the cache.
        #[must_use]
        pub fn ignore_cache(mut self, ignore: bool) -> Self {
            self.meta.ignore_cache = ignore;
            self
        }

        /// Says whether the result goes into an exported cache.
        #[must_use]
        pub fn export_cache(mut self, export: bool) -> Self {
            self.meta.export_cache = Some(export);
            self
        }

        /// Adds a place in the user's files that led to the operation.
        #[must_use]
        pub fn at(mut self, location: $crate::Location) -> Self {
            self.meta.locations.push(location);
            self
        }

        /// Adds places in the user's files that led to the operation.
        #[must_use]
        pub fn locations(mut self, locations: impl IntoIterator<Item = $crate::Location>) -> Self {
            self.meta.locations.extend(locations);
            self
        }
    };
}
pub(crate) use meta_setters;
