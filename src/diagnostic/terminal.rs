//! Diagnostics for a person at a terminal, drawn by `annotate-snippets`.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::buildkit::more;
use super::printable::printable;
use super::{Diagnostic, MOST_SHOWN, Severity, Sources, Span};

/// What diagnostics are drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Whether it takes ANSI styles.
    pub color: bool,
    /// How many characters are beside each other in it. Longer lines of a source
    /// are cut to what is around the place.
    pub width: usize,
}

impl Screen {
    /// No terminal: a file, or a program that reads.
    pub const FILE: Self = Self {
        color: false,
        width: 140,
    };
}

/// The first [`MOST_SHOWN`] diagnostics with source excerpts and carets, one
/// blank line apart, and how many more there are. Control characters of the
/// source are drawn as pictures.
pub fn to_terminal(diagnostics: &[&Diagnostic], sources: &Sources, screen: Screen) -> String {
    let renderer = if screen.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(screen.width);
    let drawn: Vec<String> = diagnostics
        .iter()
        .take(MOST_SHOWN)
        .map(|one| draw(one, sources, &renderer))
        .chain(more(diagnostics.len()))
        .collect();
    drawn.join("\n\n")
}

fn draw(diagnostic: &Diagnostic, sources: &Sources, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level
        .primary_title(printable(&diagnostic.message))
        .id(diagnostic.code.name());
    let mut report = Group::with_title(title);
    let mut places = Vec::new();
    if let Some(primary) = diagnostic.primary {
        places.push((AnnotationKind::Primary, primary, diagnostic.note.as_str()));
    }
    for label in &diagnostic.labels {
        places.push((AnnotationKind::Context, label.span, label.text.as_str()));
    }
    let mut drawn = Vec::new();
    for (_, span, _) in &places {
        if drawn.contains(&span.source) {
            continue;
        }
        drawn.push(span.source);
        let source = sources.get(span.source);
        let mut snippet = Snippet::source(source.text.as_str()).path(source.name.as_str());
        for (kind, span, text) in places
            .iter()
            .filter(|(_, other, _)| other.source == span.source)
        {
            let label = Some(printable(text)).filter(|text| !text.is_empty());
            snippet = snippet.annotation(kind.span(caret(*span, &source.text)).label(label));
        }
        report = report.element(snippet);
    }
    for help in &diagnostic.help {
        report = report.element(Level::HELP.message(printable(help)));
    }
    renderer.render(&[report])
}

/// How much is underlined at most. The renderer cuts long lines, but never
/// what is underlined.
const LONGEST_CARET: usize = 80;

/// The bytes to underline: the first line of the span, so that a wrong
/// mapping of fifty lines is not drawn whole.
fn caret(span: Span, text: &str) -> std::ops::Range<usize> {
    let (start, end) = (
        (span.start as usize).min(text.len()),
        (span.end as usize).min(text.len()),
    );
    let covered = text.get(start..end).unwrap_or_default();
    let first_line = covered.split('\n').next().unwrap_or_default().trim_end();
    let cut = first_line.char_indices().nth(LONGEST_CARET);
    start..start + cut.map_or(first_line.len(), |(at, _)| at)
}
