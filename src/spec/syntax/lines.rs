//! The lines around a place of a text, without those that say nothing.

/// One line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    /// The byte at which it begins.
    pub(super) start: usize,
    /// The line without its end.
    pub(super) text: &'t str,
}

impl<'t> Line<'t> {
    /// How many spaces it begins with.
    pub(super) fn indent(self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }

    /// What is written in it, without indentation and comment.
    pub(super) fn content(self) -> &'t str {
        let text = self.text.trim_start();
        let comment = if text.starts_with('#') {
            Some(0)
        } else {
            text.find(" #")
        };
        text[..comment.unwrap_or(text.len())].trim_end()
    }

    /// What is written from a byte of the whole text on.
    pub(super) fn rest_from(self, at: usize) -> Option<&'t str> {
        let end = self.indent() + self.content().len();
        self.text.get(at.checked_sub(self.start)?..end)
    }

    /// The key it begins with, and the value beside it.
    pub(super) fn entry(self) -> Option<(&'t str, &'t str)> {
        let content = self.content();
        let (key, value) = content
            .split_once(": ")
            .or_else(|| Some((content.strip_suffix(':')?, "")))?;
        (!key.contains(' ')).then_some((key, value.trim()))
    }

    /// Whether the lines below it are a block of text: `key: |`.
    pub(super) fn opens_text(self) -> bool {
        self.entry()
            .is_some_and(|(_, value)| value.starts_with(['|', '>']))
    }
}

/// The lines around a place.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    /// Those above it that are neither empty nor a comment.
    pub(super) above: Vec<Line<'t>>,
    /// The one it is in.
    pub(super) at: Line<'t>,
    /// The one right below.
    below: Option<Line<'t>>,
}

impl<'t> Lines<'t> {
    /// The lines around a byte of a text.
    pub(super) fn new(text: &'t str, at: usize) -> Self {
        let mut start = 0;
        let mut lines = text.split_inclusive('\n').map(|line| {
            let this = Line {
                start,
                text: line.trim_end_matches(['\n', '\r']),
            };
            start += line.len();
            (this, start)
        });
        let mut above = Vec::new();
        let mut here = Line {
            start: at,
            text: "",
        };
        for (line, end) in lines.by_ref() {
            if end > at {
                here = line;
                break;
            }
            if !line.content().is_empty() {
                above.push(line);
            }
        }
        let below = lines.next().map(|(line, _)| line);
        Self {
            above,
            at: here,
            below,
        }
    }

    /// The last line above, the line itself and the one below.
    pub(super) fn around(&self) -> impl Iterator<Item = Line<'t>> {
        let above = self.above.last().copied();
        above.into_iter().chain([self.at]).chain(self.below)
    }
}
