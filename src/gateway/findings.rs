//! Diagnostics on their way to the user of a build: errors become the failure
//! of the build, warnings a `Warn` each.

use buildkit_llb::Range;

use super::bridge::Warning;
use super::errdefs;
use super::error::FrontendError;
use crate::diagnostic::{
    Diagnostic, Diagnostics, Source, SourceKind, SourceRange, Sources, Span, line_ranges,
    source_ranges, summary,
};
use crate::emit::source_file;
use crate::pipeline::Outcome;

/// How many lines may lie between two places of one excerpt. Clients print
/// every line between the first and the last place of a detail.
const EXCERPT_GAP: u32 = 10;

/// The failure that shows the errors of a spec, with the lines of each.
pub fn failure(diagnostics: &Diagnostics, sources: &Sources) -> FrontendError {
    let errors = diagnostics.errors();
    let ranges = source_ranges(errors.iter().copied(), sources);
    let failure = FrontendError::new(summary(&errors, sources));
    with_excerpts(failure, &ranges, sources)
}

/// The failure of a build whose warnings are to end it, with the lines of each.
pub fn violation(outcome: &Outcome) -> Option<FrontendError> {
    let failure = FrontendError::new(outcome.violation()?);
    let warnings = outcome.diagnostics.warnings();
    let ranges = source_ranges(warnings, &outcome.sources);
    Some(with_excerpts(failure, &ranges, &outcome.sources))
}

/// A failure with the lines of these places.
pub fn with_lines(failure: FrontendError, places: &[Span], sources: &Sources) -> FrontendError {
    let mut ranges = line_ranges(places.iter().copied(), sources);
    ranges.sort_unstable();
    with_excerpts(failure, &ranges, sources)
}

fn with_excerpts(
    failure: FrontendError,
    ranges: &[SourceRange],
    sources: &Sources,
) -> FrontendError {
    excerpts(ranges).fold(failure, |failure, excerpt| {
        failure.with_source(source_detail(excerpt, sources))
    })
}

/// Places that are shown together: each detail carries its whole file, so
/// neighbours share one.
fn excerpts(ranges: &[SourceRange]) -> impl Iterator<Item = &[SourceRange]> {
    ranges.chunk_by(|one, next| {
        one.source == next.source && next.first.saturating_sub(one.last) <= EXCERPT_GAP
    })
}

/// The same failure with the lines of a place, unless it has a place already.
pub fn located(failure: FrontendError, place: Option<Span>, sources: &Sources) -> FrontendError {
    let Some(span) = place.filter(|_| !failure.has_source()) else {
        return failure;
    };
    let range = line_ranges([span], sources);
    failure.with_source(source_detail(&range, sources))
}

/// How long advice may be to stand beside a message. Clients show all of it only
/// when they are asked to.
const SHORT_HELP: usize = 60;

/// A warning, shown beside the operation that loaded the spec.
pub fn warning(diagnostic: &Diagnostic, sources: &Sources, loaded_by: &str) -> Warning {
    let line = diagnostic.primary.map(|span| sources.lines(span));
    let in_spec = |span: Span| sources.kind(span) == SourceKind::Spec;
    // A line of anything else would be taken for one of the spec.
    let at = line
        .filter(|_| diagnostic.primary.is_some_and(in_spec))
        .map(|(first, _)| format!(" (line {first})"))
        .unwrap_or_default();
    let help = diagnostic.help.first();
    let help = help
        .filter(|help| help.chars().count() <= SHORT_HELP)
        .map(|help| format!("; {help}"))
        .unwrap_or_default();
    Warning {
        digest: loaded_by.to_owned(),
        level: 1,
        short: format!("{}: {}{help}{at}", diagnostic.code, diagnostic.message),
        detail: diagnostic.help.clone(),
        url: diagnostic.code.url().to_owned(),
        info: diagnostic
            .primary
            .map(|span| source_file(sources.get(span.source)).to_pb()),
        ranges: line
            .map(|(first, last)| Range::lines(first, last).to_pb())
            .into_iter()
            .collect(),
    }
}

/// The detail for places of one source.
fn source_detail(ranges: &[SourceRange], sources: &Sources) -> errdefs::Source {
    let position = |line| errdefs::Position {
        line: i32::try_from(line).unwrap_or(i32::MAX),
        character: 0,
    };
    let info = |range: &SourceRange| {
        let Source {
            kind, name, text, ..
        } = sources.get(range.source);
        errdefs::SourceInfo {
            filename: name.clone(),
            data: text.clone().into_bytes(),
            language: kind.language().to_owned(),
        }
    };
    let lines = |range: &SourceRange| errdefs::Range {
        start: position(range.first),
        end: position(range.last),
    };
    errdefs::Source {
        info: ranges.first().map(info),
        ranges: ranges.iter().map(lines).collect(),
    }
}
