//! The texts that spans point into.
//!
//! Three kinds of text end up here: the spec, the build arguments (laid out as
//! a text of one `name=value` per line, so that a wrong argument is shown the
//! same way as a wrong line) and the catalog files. Must not read files itself.

use super::span::{SourceId, Span};

/// What a text is to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// The `dynamo.yaml`.
    Spec,
    /// Build arguments and options.
    CommandLine,
    /// A file of the catalog, which the user did not write.
    Catalog,
}

impl SourceKind {
    /// The language as GitHub Linguist names it; empty when there is none.
    pub fn language(self) -> &'static str {
        match self {
            Self::Spec | Self::Catalog => "YAML",
            Self::CommandLine => "",
        }
    }
}

/// One text with a name.
#[derive(Debug, Clone)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// Name shown to the user, such as `dynamo.yaml`.
    pub name: String,
    /// The whole text.
    pub text: String,
    line_starts: Vec<u32>,
}

/// A place as people count: lines from 1, columns in characters from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Source {
    fn new(kind: SourceKind, name: String, text: String) -> Self {
        let after_breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0)
            .chain(after_breaks.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
            .collect();
        Self {
            kind,
            name,
            text,
            line_starts,
        }
    }

    /// Line and column of a byte offset; offsets past the end give the end.
    pub fn position(&self, offset: u32) -> Position {
        let line = self
            .line_starts
            .partition_point(|start| *start <= offset)
            .max(1)
            - 1;
        let start = self.line_starts[line] as usize;
        let end = (offset as usize).clamp(start, self.text.len().max(start));
        let before = self.text.get(start..end).unwrap_or_default();
        Position {
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX),
        }
    }
}

/// All texts of one request.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// Adds a text and returns its identity; the same text twice is one.
    pub fn add(
        &mut self,
        kind: SourceKind,
        name: impl Into<String>,
        text: impl Into<String>,
    ) -> SourceId {
        let new = Source::new(kind, name.into(), text.into());
        let same = |one: &Source| one.kind == kind && one.name == new.name && one.text == new.text;
        let index = self.all.iter().position(same).unwrap_or_else(|| {
            self.all.push(new);
            self.all.len() - 1
        });
        SourceId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Calls the spec something else, for readers who know it by another path.
    pub fn name_spec(&mut self, name: &str) {
        let specs = self.all.iter_mut();
        for spec in specs.filter(|one| one.kind == SourceKind::Spec) {
            name.clone_into(&mut spec.name);
        }
    }

    /// The text behind an identity this collection gave out.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.all[id.0 as usize]
    }

    /// What the text that a span points into is.
    pub fn kind(&self, span: Span) -> SourceKind {
        self.get(span.source).kind
    }

    /// Every text, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        (0..).map(SourceId).zip(&self.all)
    }

    /// First and last line a span touches, from 1. A span that ends with a
    /// line break does not touch the line after it.
    pub fn lines(&self, span: Span) -> (u32, u32) {
        let source = self.get(span.source);
        let covered = source
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default();
        let trimmed = u32::try_from(covered.trim_end().len()).unwrap_or(0);
        let first = source.position(span.start).line;
        (first, source.position(span.start + trimmed).line.max(first))
    }

    /// Puts `*` in the place of what a span covers, for good: nothing that shows
    /// lines of the text shows it again. Lines and offsets stay, and so do the blanks
    /// that a text of several lines ends with: they are those of the next line.
    pub fn redact(&mut self, span: Span) {
        let hidden = |text: &str| -> String {
            let star = |byte| if byte == b'\n' { '\n' } else { '*' };
            text.bytes().map(star).collect()
        };
        let (start, end) = (span.start as usize, span.end as usize);
        let text = &mut self.all[span.source.0 as usize].text;
        if let Some(covered) = text.get(start..end).map(str::trim_end) {
            let (covered, end) = (hidden(covered), start + covered.len());
            text.replace_range(start..end, &covered);
        }
    }

    /// The text a span covers.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source)
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_survive_crlf() {
        let mut sources = Sources::default();
        let id = sources.add(SourceKind::Spec, "x", "ä: 1\r\nb: 2\n");
        let at = |offset| sources.get(id).position(offset);
        assert_eq!(at(0), Position { line: 1, column: 1 });
        assert_eq!(at(2), Position { line: 1, column: 2 });
        assert_eq!(at(7), Position { line: 2, column: 1 });
        assert_eq!(at(999), Position { line: 3, column: 1 });
    }

    #[test]
    fn what_is_redacted_is_gone_and_its_lines_are_where_they_were() {
        let mut sources = Sources::default();
        let id = sources.add(SourceKind::Spec, "x", "a: ä\nb\nc: 2\n");
        sources.redact(Span::new(id, 3, 7));
        assert_eq!(sources.get(id).text, "a: **\n*\nc: 2\n");
        assert_eq!(sources.lines(Span::new(id, 8, 12)), (3, 3));
    }

    #[test]
    fn the_indentation_behind_a_block_is_not_redacted_with_it() {
        let mut sources = Sources::default();
        let id = sources.add(SourceKind::Spec, "x", "  a: |\n    b\n  c: 2\n");
        sources.redact(Span::new(id, 11, 15));
        assert_eq!(sources.get(id).text, "  a: |\n    *\n  c: 2\n");
    }

    #[test]
    fn a_span_ending_in_a_line_break_stays_on_its_line() {
        let mut sources = Sources::default();
        let id = sources.add(SourceKind::Spec, "x", "a: 1\nb:\n  c: 2\n");
        assert_eq!(sources.lines(Span::new(id, 0, 5)), (1, 1));
        assert_eq!(sources.lines(Span::new(id, 5, 15)), (2, 3));
    }
}
