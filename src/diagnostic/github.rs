//! Diagnostics as workflow commands of GitHub Actions, which shows each at its
//! line of a pull request. Facts: GitHub's "Workflow commands for GitHub Actions".

use std::fmt::Write;

use super::printable::printable;
use super::{Diagnostic, Severity, SourceKind, Sources, Span};

/// One line for each diagnostic: `::error file=…,line=…::…`.
///
/// All of them: a log shows what GitHub, which takes ten of each severity from
/// a step, does not draw. What has no place in a file, such as a wrong build
/// argument, says its place in the text.
pub fn to_github(diagnostics: &[&Diagnostic], sources: &Sources) -> String {
    let lines = diagnostics.iter().map(|one| command(one, sources));
    lines.collect()
}

fn command(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let kind = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let in_spec = |span: &Span| sources.kind(*span) == SourceKind::Spec;
    let mut line = format!("::{kind} ");
    if let Some(span) = diagnostic.primary.filter(in_spec) {
        line.push_str(&place(span, sources));
    }
    let title = property(diagnostic.code.name());
    let text = data(&text(diagnostic, sources));
    let _ = writeln!(line, "title={title}::{text}");
    line
}

/// Columns are only for a place on one line: GitHub takes no others.
fn place(span: Span, sources: &Sources) -> String {
    let source = sources.get(span.source);
    let (first, last) = sources.lines(span);
    let mut place = format!("file={},line={first},", property(&source.name));
    if first == last {
        let (start, end) = (source.position(span.start), source.position(span.end));
        // The last character, where a span ends behind it.
        let end = end.column.saturating_sub(1).max(start.column);
        let _ = write!(place, "col={},endColumn={end},", start.column);
    } else {
        let _ = write!(place, "endLine={last},");
    }
    place
}

fn text(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let at = |span: Span| {
        let source = sources.get(span.source);
        format!("{}:{}", source.name, source.position(span.start).line)
    };
    let mut lines = vec![diagnostic.message.clone()];
    if let Some(span) = diagnostic.primary
        && sources.kind(span) == SourceKind::CommandLine
    {
        lines.push(format!("in `{}`", sources.text(span).trim()));
    }
    lines.extend(Some(diagnostic.note.clone()).filter(|note| !note.is_empty()));
    for label in &diagnostic.labels {
        lines.push(format!("{}: {}", at(label.span), label.text));
    }
    lines.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    let lines: Vec<String> = lines.iter().map(|line| printable(line)).collect();
    lines.join("\n")
}

/// A text as the data of a command: a line break would end it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A text as the value of a property: a comma or colon would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
