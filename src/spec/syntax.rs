//! What is wrong with a text that is not YAML, in words of the one who wrote it.
//!
//! The parser says which rule of the grammar failed, and notices it where the
//! text stops making sense; this looks around that place for the mistake itself.
//! Owns no limits and no keys.

mod indentation;
mod lines;
mod opened;

use std::ops::Range;

use serde_saphyr::granit_parser::{ErrorKind, ScanError};

use self::lines::Lines;
use self::opened::Opened;
use super::yaml::MAX_DEPTH;

/// A syntax error as it is told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Explained {
    /// What is wrong.
    pub(super) message: String,
    /// The bytes that are.
    pub(super) at: Range<usize>,
    /// Another place that explains it, with what is there.
    pub(super) label: Option<(Range<usize>, String)>,
    /// What to do.
    pub(super) help: Option<String>,
}

impl Explained {
    fn new(at: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            at,
            label: None,
            help: Some(help.into()),
        }
    }

    fn label(mut self, at: Range<usize>, text: impl Into<String>) -> Self {
        self.label = Some((at, text.into()));
        self
    }
}

/// Explains an error that the parser noticed at a byte of the text.
pub(super) fn explain(error: &ScanError, text: &str, at: usize) -> Explained {
    let lines = Lines::new(text, at);
    let kind = error.kind();
    merge_conflict(&lines)
        .or_else(|| tab(&lines))
        .or_else(|| behind_brackets(&lines))
        .or_else(|| by_kind(kind, text, &lines, at))
        .or_else(|| mark(&lines))
        .unwrap_or_else(|| Explained {
            message: format!("this is not valid YAML: {kind}"),
            at: character(text, at),
            label: None,
            help: None,
        })
}

fn by_kind(kind: &ErrorKind, text: &str, lines: &Lines<'_>, at: usize) -> Option<Explained> {
    use ErrorKind as K;
    match kind {
        K::RecursionLimitExceeded => Some(Explained::new(
            character(text, at),
            format!("nested deeper than {MAX_DEPTH} levels"),
            format!("collections may nest {MAX_DEPTH} deep"),
        )),
        K::UnknownAnchor => Some(unknown_anchor(text, at)),
        K::UnexpectedCharacter { character } => unexpected(*character, text, lines, at),
        K::UnknownQuotedScalarEscape
        | K::InvalidQuotedScalarHexEscape
        | K::InvalidUnicodeEscape => Some(escape(text, at)),
        K::UnclosedQuotedScalar
        | K::InvalidQuotedScalarIndent
        | K::InvalidTrailingSingleQuotedScalar
        | K::InvalidTrailingDoubleQuotedScalar
        | K::DocumentIndicatorInQuotedScalar
        | K::MismatchedFlowCollectionEnd { .. }
        | K::UnclosedFlowCollection { .. }
        | K::MisplacedFlowCollectionEnd
        | K::ExpectedFlowMappingSeparator
        | K::ExpectedFlowSequenceSeparator
        | K::InvalidColonPlacement
        | K::InvalidFlowScalarIndent => opened::explain(kind, text, at),
        K::SimpleKeyExpected => Opened::before(text, at)
            .is_nothing()
            .then(|| no_colon(lines))?,
        K::MappingValueNotAllowed => indentation::deeper(lines)
            .or_else(|| glued(lines))
            .or_else(|| two_colons(lines)),
        K::ExpectedBlockMappingKey
        | K::ExpectedBlockSequenceEntry
        | K::BlockSequenceEntryNotAllowed
        | K::InvalidIndentation => indentation::no_level(lines),
        _ => None,
    }
}

/// What `git` leaves in a file when two changes meet.
fn merge_conflict(lines: &Lines<'_>) -> Option<Explained> {
    const MARKS: [&str; 3] = ["<<<<<<<", "=======", ">>>>>>>"];
    let mark = MARKS
        .iter()
        .find(|mark| lines.at.text.starts_with(**mark))?;
    Some(Explained::new(
        lines.at.start..lines.at.start + mark.len(),
        "this is a mark of a merge that is not finished",
        "keep one side, and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`",
    ))
}

/// A tab where a line begins: of the line itself, or of one beside it that the
/// parser took for a part of it.
fn tab(lines: &Lines<'_>) -> Option<Explained> {
    let line = lines.around().find(|line| {
        let content = line.text.trim_start_matches(' ');
        content.starts_with('\t')
    })?;
    let at = line.start + (line.text.len() - line.text.trim_start_matches(' ').len());
    Some(Explained::new(
        at..at + 1,
        "this line is indented with a tab, which YAML does not take",
        "indent with spaces, not tabs",
    ))
}

/// A value in brackets with something behind it, as in `{name}-{id}`.
fn behind_brackets(lines: &Lines<'_>) -> Option<Explained> {
    let found = lines.above.last().into_iter().chain([&lines.at]);
    let (line, key, value, end) = found.copied().find_map(|line| {
        let (key, value) = line.entry()?;
        let close = match value.chars().next()? {
            '{' => '}',
            '[' => ']',
            _ => return None,
        };
        let end = value.find(close)? + 1;
        let is_flat = !value[1..end].contains(['{', '[', '"', '\'']);
        let rest = value[end..].trim_start();
        let is_text = !rest.is_empty() && !rest.starts_with([':', ',', '}', ']']);
        (is_flat && is_text).then_some((line, key, value, end))
    })?;
    let start = line.start + line.indent() + line.content().find(value)?;
    let quote = if value.contains('"') { '\'' } else { '"' };
    Some(Explained::new(
        start + end..start + value.len(),
        format!(
            "nothing can stand behind `{}`, which is a value by itself",
            &value[..end]
        ),
        format!("quote a text that begins with a bracket: `{key}: {quote}{value}{quote}`"),
    ))
}

/// A value that begins with a character that has a meaning of its own.
fn mark(lines: &Lines<'_>) -> Option<Explained> {
    let (key, value) = lines.at.entry()?;
    let mark = value.chars().next().filter(|c| "*&!%@`".contains(*c))?;
    let start = lines.at.start + lines.at.indent() + lines.at.content().find(value)?;
    let quote = if value.contains('"') { '\'' } else { '"' };
    Some(Explained::new(
        start..start + mark.len_utf8(),
        format!("a value without quotes cannot begin with `{mark}`"),
        format!("quote it: `{key}: {quote}{value}{quote}`"),
    ))
}

fn unknown_anchor(text: &str, at: usize) -> Explained {
    let rest = text[at..].split([',', ']', '}']).next().unwrap_or_default();
    let name = rest.split_whitespace().next().unwrap_or_default();
    let anchor = name.trim_start_matches('*');
    Explained::new(
        at..at + name.len(),
        format!("nothing above is named `&{anchor}`"),
        format!("put `&{anchor}` before the value that is meant, or quote a text: `\"{name}\"`"),
    )
}

fn unexpected(character: char, text: &str, lines: &Lines<'_>, at: usize) -> Option<Explained> {
    let here = self::character(text, at);
    if character.is_control() {
        return Some(Explained::new(
            here,
            format!(
                "the character U+{:04X} is not allowed",
                u32::from(character)
            ),
            "remove it, or write it as an escape in double quotes",
        ));
    }
    let rest = lines.at.rest_from(at)?;
    let quote = if rest.contains('\'') { '"' } else { '\'' };
    Some(Explained::new(
        here,
        format!("a value without quotes cannot begin with `{character}`"),
        format!("quote it: `{quote}{rest}{quote}`"),
    ))
}

fn escape(text: &str, at: usize) -> Explained {
    let help = "use single quotes, inside of which `\\` is just a character";
    let quoted = text[at..].split(['\n', '\r']).next().unwrap_or_default();
    let known = |c: char| "0abtnvfre \"/\\N_LPxuU\t".contains(c);
    let mut escapes = quoted.match_indices('\\');
    let wrong = escapes.find_map(|(offset, _)| {
        let after = quoted[offset + 1..].chars().next()?;
        (!known(after)).then_some((at + offset, after))
    });
    match wrong {
        Some((start, after)) => Explained::new(
            start..start + 1 + after.len_utf8(),
            format!("`\\{after}` is no escape of YAML"),
            help,
        ),
        None => Explained::new(
            character(text, at),
            "an escape in this text is incomplete",
            help,
        ),
    }
}

/// A line of words where a key is expected.
fn no_colon(lines: &Lines<'_>) -> Option<Explained> {
    let content = lines.at.content();
    let word = content.split([' ', '=']).next()?;
    let rest = content[word.len()..].trim_start_matches([' ', '=']);
    let start = lines.at.start + lines.at.indent();
    let at = start..start + word.len();
    if let Some(above) = lines.above.last().filter(|line| line.opens_text()) {
        return Some(Explained::new(
            at,
            format!("the text that `{}` begins is not indented", above.content()),
            format!("indent it by {} spaces", above.indent() + 2),
        ));
    }
    let pair = word
        .split_once(':')
        .filter(|(key, value)| !key.is_empty() && !value.is_empty());
    let help = if let Some((key, _)) = pair {
        format!("put a space after the colon of `{key}:`")
    } else if rest.is_empty() {
        format!("write `{word}: VALUE`; or indent the line, if it goes on with what is above")
    } else {
        format!("write `{word}: {rest}`")
    };
    let message = format!("`{word}` is not followed by a colon");
    (!word.is_empty()).then(|| Explained::new(at, message, help))
}

/// A key of this or the line above whose colon is not followed by a space.
fn glued(lines: &Lines<'_>) -> Option<Explained> {
    let found = lines
        .around()
        .find_map(|line| Some((line, glued_key(line.text)?)));
    let (line, key) = found?;
    let start = line.start + line.indent();
    let after = line.text[line.indent() + key.len() + 1..].chars().next();
    if let Some(blank) = after.filter(|c| c.is_whitespace() && *c != ' ') {
        let from = start + key.len() + 1;
        return Some(Explained::new(
            from..from + blank.len_utf8(),
            format!(
                "this is no space but U+{:04X}, which looks like one",
                u32::from(blank)
            ),
            format!("replace it by a space, as in `{key}: `"),
        ));
    }
    Some(Explained::new(
        start..start + key.len() + 1,
        format!("`{key}:` is not followed by a space, so that it is no key"),
        format!("put a space after the colon of `{key}:`"),
    ))
}

/// A value with a colon of its own.
fn two_colons(lines: &Lines<'_>) -> Option<Explained> {
    let content = lines.at.content();
    let (key, value) = content.split_once(": ")?;
    let value = value.trim();
    let colon = value
        .find(": ")
        .or_else(|| value.strip_suffix(':').map(str::len))?;
    let start = lines.at.start + lines.at.indent() + content.find(value)?;
    let quote = if value.contains('"') { '\'' } else { '"' };
    Some(Explained::new(
        start + colon..start + colon + 1,
        "a second colon in one line",
        format!("quote a value that holds a colon: `{key}: {quote}{value}{quote}`"),
    ))
}

/// The key of a line whose colon is not followed by a space.
pub(super) fn glued_key(line: &str) -> Option<&str> {
    let (key, rest) = line.trim_start().split_once(':')?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_key = !key.is_empty() && key.chars().all(is_word);
    let is_glued = !rest.is_empty() && !rest.starts_with([' ', '/']);
    (is_key && is_glued).then_some(key)
}

/// One character at `at`, moved back over trailing blank lines when the parser
/// noticed the mistake only at the end of the text.
fn character(text: &str, at: usize) -> Range<usize> {
    match text[at..].chars().next() {
        Some(next) => at..at + next.len_utf8(),
        None => text.trim_end().len()..text.trim_end().len(),
    }
}
