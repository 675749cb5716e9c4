//! What is wrong with a text that is not YAML, in words of the one who wrote it.
//!
//! The parser says which rule of the grammar failed; this looks at the lines
//! around for what people get wrong. Owns no limits and no keys.

use serde_saphyr::granit_parser::{ErrorKind, ScanError};

use super::yaml::MAX_DEPTH;

/// The message about a syntax error at a byte of the text, and what to do.
pub(super) fn explain(error: &ScanError, text: &str, at: usize) -> (String, Option<String>) {
    if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
        let message = format!("nested deeper than {MAX_DEPTH} levels");
        return (
            message,
            Some(format!("collections may nest {MAX_DEPTH} deep")),
        );
    }
    let message = format!("this is not valid YAML: {}", error.info());
    let before = text.get(..at).unwrap_or_default();
    let first = before.matches('\n').count().saturating_sub(1);
    let around: Vec<&str> = text.lines().skip(first).take(3).collect();
    let is_tab = |line: &&str| line.trim_start_matches(' ').starts_with('\t');
    let help = if matches!(error.kind(), ErrorKind::UnknownAnchor) {
        Some("define the anchor with `&name` before `*name`, or quote the value".to_owned())
    } else if around.iter().any(is_tab) {
        Some("indent with spaces, not tabs".to_owned())
    } else if error.info().contains("escape") {
        Some("use single quotes, inside of which `\\` is just a character".to_owned())
    } else if error.info().contains("quoted scalar") {
        Some("end the value with the quote that it begins with".to_owned())
    } else if let Some(key) = around.iter().find_map(|line| glued_key(line)) {
        Some(format!("put a space after the colon of `{key}:`"))
    } else if error.info().starts_with("mapping values") {
        Some("quote a value that holds a colon".to_owned())
    } else {
        None
    };
    (message, help)
}

/// The key of a line whose colon is not followed by a space.
pub(super) fn glued_key(line: &str) -> Option<&str> {
    let (key, rest) = line.trim_start().split_once(':')?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_key = !key.is_empty() && key.chars().all(is_word);
    let is_glued = !rest.is_empty() && !rest.starts_with([' ', '/']);
    (is_key && is_glued).then_some(key)
}
