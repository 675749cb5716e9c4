//! What the answers about a spec's parameters have in common: places and texts
//! in the form that clients of the Dockerfile frontend read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::diagnostic::{SourceKind, Sources, Span};

/// Lines of the spec, which is the first of an answer's sources.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Location {
    ranges: [Lines; 1],
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Lines {
    start: Line,
    end: Line,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Line {
    line: u32,
}

impl Location {
    /// A place, if it is in the spec: clients show no other text.
    pub(super) fn of(place: Span, sources: &Sources) -> Option<Self> {
        let in_spec = sources.kind(place) == SourceKind::Spec;
        in_spec.then(|| {
            let (start, end) = sources.lines(place);
            let line = |line| Line { line };
            Self {
                ranges: [Lines {
                    start: line(start),
                    end: line(end),
                }],
            }
        })
    }
}

/// The text of the spec, as bytes travel in JSON.
pub(super) fn spec_text(sources: &Sources) -> Vec<String> {
    let specs = sources
        .iter()
        .filter(|(_, source)| source.kind == SourceKind::Spec);
    specs
        .map(|(_, source)| STANDARD.encode(&source.text))
        .collect()
}
