//! Quotes and brackets that are opened and not closed, or closed by another.

use std::ops::Range;

use serde_saphyr::granit_parser::ErrorKind;

use super::Explained;

/// What is open before a place of a text.
#[derive(Debug, Default)]
pub(super) struct Opened {
    /// Brackets with their bytes, from the outermost.
    brackets: Vec<(usize, char)>,
    /// The quote that a text began with.
    quote: Option<(usize, char)>,
}

impl Opened {
    /// Reads a text up to `end`. A quote opens a text, and a bracket a
    /// collection, only where a value begins.
    pub(super) fn before(text: &str, end: usize) -> Self {
        let mut open = Self::default();
        // What the last character that is no space leaves room for.
        let mut begins = true;
        let mut previous = '\n';
        let mut characters = text[..end].char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            if let Some((_, quote)) = open.quote {
                let escaped = (quote == '"' && c == '\\')
                    || (quote == '\'' && c == quote && next_is(&mut characters, quote));
                if escaped {
                    characters.next();
                } else if c == quote {
                    open.quote = None;
                }
            } else if c == '#' && previous.is_whitespace() {
                while characters.next_if(|(_, c)| *c != '\n').is_some() {}
            } else {
                open.take(at, c, begins);
                begins = match c {
                    '\n' | '[' | '{' | ',' => true,
                    ' ' => begins || matches!(previous, ':' | '-'),
                    _ => false,
                };
            }
            previous = c;
        }
        open
    }

    fn take(&mut self, at: usize, c: char, begins: bool) {
        match c {
            '"' | '\'' if begins => self.quote = Some((at, c)),
            '[' | '{' if begins => self.brackets.push((at, c)),
            ']' | '}' => drop(self.brackets.pop()),
            _ => {}
        }
    }

    /// Whether all is closed.
    pub(super) fn is_nothing(&self) -> bool {
        self.brackets.is_empty() && self.quote.is_none()
    }
}

fn next_is(characters: &mut std::iter::Peekable<std::str::CharIndices<'_>>, wanted: char) -> bool {
    characters.peek().is_some_and(|(_, c)| *c == wanted)
}

/// Explains what the parser could not close.
pub(super) fn explain(kind: &ErrorKind, text: &str, at: usize) -> Option<Explained> {
    match kind {
        ErrorKind::InvalidTrailingSingleQuotedScalar => trailing(
            '\'',
            "write a quote inside of single quotes twice, `''`, or use double quotes",
            text,
            at,
        ),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => trailing(
            '"',
            "write a quote inside of double quotes as `\\\"`, or use single quotes",
            text,
            at,
        ),
        ErrorKind::UnclosedQuotedScalar => {
            let quote = text[at..].chars().next()?;
            Some(not_closed((at, quote)))
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            let start = Opened::before(text, at).brackets.last().map(|(at, _)| *at);
            let (start, end) = match start {
                Some(start) if text[at..].starts_with(*close) => (start, at),
                _ => (at, at + text[at..].find(*close)?),
            };
            let wanted = closing(*open);
            let message = format!("`{open}` is closed by `{close}`");
            let help = format!("close it with `{wanted}`");
            let opened = "what it would close begins here";
            Some(Explained::new(one(end), message, help).label(one(start), opened))
        }
        ErrorKind::MisplacedFlowCollectionEnd => {
            let bracket = text[at..].chars().next()?;
            Some(Explained::new(
                one(at),
                format!("`{bracket}` closes nothing"),
                "remove it, or quote a text that holds it",
            ))
        }
        _ => unclosed(text, at),
    }
}

/// The innermost quote or bracket that is open at a place and stays so, or a
/// colon inside of brackets that are fine.
fn unclosed(text: &str, at: usize) -> Option<Explained> {
    let end = text
        .len()
        .min(at + usize::from(text[at..].starts_with(['[', '{'])));
    let open = Opened::before(text, end);
    let innermost = open.quote.or_else(|| open.brackets.last().copied())?;
    let left = Opened::before(text, text.len());
    if left.quote.is_some() || left.brackets.contains(&innermost) {
        return Some(not_closed(innermost));
    }
    text[at..].starts_with(':').then(|| {
        Explained::new(
            one(at),
            "a second colon in one value",
            "quote a value that holds a colon, or end the value before with a comma",
        )
    })
}

fn not_closed((at, opened): (usize, char)) -> Explained {
    match closing(opened) {
        same if same == opened => Explained::new(
            one(at),
            format!("the text that begins with this `{opened}` is not closed"),
            "end the value with the quote that it begins with",
        ),
        wanted => Explained::new(
            one(at),
            format!("this `{opened}` is not closed"),
            format!("close it with `{wanted}`"),
        ),
    }
}

/// Words after a quoted text.
fn trailing(quote: char, help: &str, text: &str, at: usize) -> Option<Explained> {
    let end = text[..at].rfind(quote)?;
    let message = format!("the text ends at this `{quote}`, and more follows");
    Some(Explained::new(one(end), message, help))
}

fn closing(opened: char) -> char {
    match opened {
        '[' => ']',
        '{' => '}',
        quote => quote,
    }
}

/// A byte, which all of these characters are.
fn one(at: usize) -> Range<usize> {
    at..at + 1
}
