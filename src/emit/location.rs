//! Places of a plan as LLB source locations, so that a failing step shows the
//! lines it stems from.

use std::sync::Arc;

use buildkit_llb::{Location, Range, SourceFile};

use super::Emitter;
use crate::diagnostic::{Source, SourceKind, Sources, Span};
use crate::plan::Plan;

/// A source text as LLB carries it.
pub fn source_file(source: &Source) -> Arc<SourceFile> {
    SourceFile::new(&source.name, source.text.as_bytes(), source.kind.language())
}

/// The place if the user wrote it, or where the build was chosen: a line of the
/// catalog is nothing they can change.
pub fn written(place: Span, plan: &Plan, sources: &Sources) -> Span {
    match sources.get(place.source).kind {
        SourceKind::Catalog => plan.chosen_at,
        SourceKind::Spec | SourceKind::CommandLine => place,
    }
}

impl Emitter<'_> {
    /// The places among `spans` that the user wrote, or where the build was
    /// chosen if there is none: a line of the catalog is nothing they can
    /// change. One location per text, in the order of the spans.
    pub(super) fn locations(&self, spans: &[Span]) -> Vec<Location> {
        let written = |span: &&Span| self.sources.kind(**span) != SourceKind::Catalog;
        let mut spans: Vec<Span> = spans.iter().filter(written).copied().collect();
        if spans.is_empty() {
            spans.push(self.plan.chosen_at);
        }
        let mut locations: Vec<Location> = Vec::new();
        for span in spans {
            let (first, last) = self.sources.lines(span);
            let range = Range::lines(first, last);
            let Some(file) = self.files.get(&span.source) else {
                continue;
            };
            match locations
                .iter_mut()
                .find(|location| Arc::ptr_eq(&location.file, file))
            {
                Some(location) if location.ranges.contains(&range) => {}
                Some(location) => location.ranges.push(range),
                None => locations.push(Location::new(file, [range])),
            }
        }
        locations
    }
}
