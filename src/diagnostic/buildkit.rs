//! Diagnostics in the shape BuildKit shows: one message, and ranges of a file.
//!
//! BuildKit prints the file's lines with `>>>` at the ranges; lines count from
//! one, and an end of zero characters means the whole line. Knows no wire type:
//! the gateway encodes what is returned here.

use super::printable::printable;
use super::{Diagnostic, MOST_SHOWN, Severity, SourceId, Sources, Span};

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

/// One range for each diagnostic that is shown and has a place, in their order,
/// without repetition.
pub fn source_ranges<'a>(
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
    sources: &Sources,
) -> Vec<SourceRange> {
    let shown = diagnostics.into_iter().take(MOST_SHOWN);
    line_ranges(shown.filter_map(|one| one.primary), sources)
}

/// The lines of places, in their order, without repetition.
pub fn line_ranges(places: impl IntoIterator<Item = Span>, sources: &Sources) -> Vec<SourceRange> {
    let mut ranges = Vec::new();
    for span in places {
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

/// The message of a failed build: one line per diagnostic, with what is said of
/// its places and its help.
///
/// A single finding reads as one sentence; several are counted, and the first
/// [`MOST_SHOWN`] listed.
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
    for one in diagnostics.iter().take(MOST_SHOWN) {
        let at = one.primary.map(place).unwrap_or_default();
        lines.push(format!("{at}{} [{}]", one.message, one.code));
        if let Some(span) = one.primary.filter(|_| !one.note.is_empty()) {
            lines.push(format!("  {}{}", place(span), one.note));
        }
        for label in &one.labels {
            lines.push(format!("  {}{}", place(label.span), label.text));
        }
        lines.extend(one.help.iter().map(|help| format!("  help: {help}")));
    }
    lines.extend(more(diagnostics.len()));
    lines
        .iter()
        .map(|line| printable(line))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What stands for the findings of `all` that are not shown.
pub(super) fn more(all: usize) -> Option<String> {
    let hidden = all.checked_sub(MOST_SHOWN).filter(|hidden| *hidden > 0)?;
    Some(format!("and {hidden} more"))
}
