//! Diagnostics in the shape BuildKit shows: one message, and ranges of a file.
//!
//! BuildKit prints the file's lines with `>>>` at the ranges; lines count from
//! one, and an end of zero characters means the whole line. Knows no wire type:
//! the gateway encodes what is returned here.

use super::printable::printable;
use super::{Diagnostic, Severity, SourceId, Sources, Span};

/// Lines of one source, both ends included, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceRange {
    /// The source.
    pub source: SourceId,
    /// First line.
    pub first: u32,
    /// Last line.
    pub last: u32,
}

/// One range for each diagnostic that has a place, in their order, without
/// repetition.
pub fn source_ranges<'a>(
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
    sources: &Sources,
) -> Vec<SourceRange> {
    let mut ranges = Vec::new();
    for span in diagnostics.into_iter().filter_map(|one| one.primary) {
        let (first, last) = sources.lines(span);
        let range = SourceRange {
            source: span.source,
            first,
            last,
        };
        if !ranges.contains(&range) {
            ranges.push(range);
        }
    }
    ranges
}

/// The message of a failed build: one line and its help per diagnostic.
///
/// A single finding reads as one sentence; several are counted and listed.
pub fn summary(diagnostics: &[&Diagnostic], sources: &Sources) -> String {
    let place = |span: Span| {
        let source = sources.get(span.source);
        let position = source.position(span.start);
        format!("{}:{}:{}: ", source.name, position.line, position.column)
    };
    let mut lines = Vec::new();
    if diagnostics.len() > 1 {
        let errors = diagnostics
            .iter()
            .filter(|one| one.severity == Severity::Error)
            .count();
        lines.push(format!("{errors} errors in the spec"));
    }
    for one in diagnostics {
        let at = one.primary.map(place).unwrap_or_default();
        lines.push(format!("{at}{} [{}]", one.message, one.code));
        for label in &one.labels {
            lines.push(format!("  {}{}", place(label.span), label.text));
        }
        lines.extend(one.help.iter().map(|help| format!("  help: {help}")));
    }
    lines
        .iter()
        .map(|line| printable(line))
        .collect::<Vec<_>>()
        .join("\n")
}
