//! Locations of operations, gathered by digest.

use std::collections::BTreeMap;
use std::sync::Arc;

use buildkit_proto::pb;

use crate::location::{Location, Range, SourceFile};

#[derive(Default)]
pub(super) struct SourceMap {
    files: Vec<Arc<SourceFile>>,
    locations: BTreeMap<String, pb::Locations>,
}

impl SourceMap {
    pub(super) fn add(&mut self, digest: &str, locations: &[Location]) {
        for location in locations {
            let location = pb::Location {
                source_index: self.index(&location.file),
                ranges: location.ranges.iter().copied().map(Range::to_pb).collect(),
            };
            let known = self.locations.entry(digest.to_owned()).or_default();
            if !known.locations.contains(&location) {
                known.locations.push(location);
            }
        }
    }

    fn index(&mut self, file: &Arc<SourceFile>) -> i32 {
        let same = |known: &Arc<SourceFile>| Arc::ptr_eq(known, file) || known == file;
        let at = self.files.iter().position(same).unwrap_or_else(|| {
            self.files.push(Arc::clone(file));
            self.files.len() - 1
        });
        i32::try_from(at).expect("files are few")
    }

    pub(super) fn finish(self) -> Option<pb::Source> {
        (!self.locations.is_empty()).then(|| pb::Source {
            locations: self.locations,
            infos: self.files.iter().map(|file| file.to_pb()).collect(),
        })
    }
}
