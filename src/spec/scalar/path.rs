//! Paths: in the build context, in images, and in what files are copied from.

use super::pattern;
use crate::spec::decode::Scalar;
use crate::spec::grammar::{Grammar, Numbers};
use crate::spec::node::abbreviate;
use crate::spec::wrong::Wrong;

text_type! {
    /// A path inside the build context.
    ContextPath,
    Grammar::new("a path in the build context", pattern::CONTEXT_PATH)
        .numbers(Numbers::All)
        .examples(&["deps/requirements.txt"]),
    |text| !text.starts_with('/') && !text.is_empty() && !text.chars().any(char::is_control)
        && text.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !text.contains(['*', '?', '[', '\\']),
    "is not a relative path inside the build context, without wildcards",
    unless begins_here
}

text_type! {
    /// A path in what files are copied from, from its root.
    TreePath,
    Grammar::new("a path in what is copied from", pattern::TREE_PATH)
        .numbers(Numbers::All)
        .examples(&["tools/start.sh"]),
    |text| is_path(text.strip_prefix('/').unwrap_or(text)),
    "is not a path without `.`, `..` and wildcards",
    unless is_wildcard
}

text_type! {
    /// An absolute path in an image.
    ImagePath,
    Grammar::new("an absolute path", pattern::IMAGE_PATH)
        .examples(&["/opt/tools/"]),
    |text| text == "/" || text.strip_prefix('/').is_some_and(is_path),
    "is not an absolute path without `.`, `..` and wildcards",
    unless is_relative
}

impl ImagePath {
    /// Whether it ends as the path of a folder does.
    pub fn names_folder(&self) -> bool {
        self.0.ends_with('/')
    }

    /// The path without a slash at its end; empty for the root.
    pub fn trimmed(&self) -> &str {
        self.0.trim_end_matches('/')
    }
}

/// A path in the folder that paths begin at anyway.
fn begins_here(text: &str) -> Option<Wrong> {
    let rest = text.strip_prefix("./").filter(|rest| is_path(rest))?;
    let shown = abbreviate(text);
    Some(Wrong::new(
        format!("`{shown}` is not a relative path inside the build context, without wildcards"),
        format!("write `{}`", abbreviate(rest)),
    ))
}

/// A path as a shell would find it.
fn is_wildcard(text: &str) -> Option<Wrong> {
    let shown = abbreviate(text);
    let message = format!("`{shown}` is not a path without `.`, `..` and wildcards");
    if let Some(rest) = text.strip_prefix("./").filter(|rest| is_path(rest)) {
        return Some(Wrong::new(message, format!("write `{}`", abbreviate(rest))));
    }
    let help = "name each file, or the folder that they are in, which is copied with all it has";
    text.contains(['*', '?']).then(|| Wrong::new(message, help))
}

/// A path that begins nowhere.
fn is_relative(text: &str) -> Option<Wrong> {
    is_path(text).then(|| {
        let shown = abbreviate(text);
        let help = match shown.strip_prefix("~/") {
            Some(rest) => {
                format!("no shell reads it: write `/home/dynamo/{rest}` or `/root/{rest}`")
            }
            None => format!("write `/{shown}`"),
        };
        Wrong::new(format!("`{shown}` is not an absolute path"), help)
    })
}

/// Whether it is parts of a path, one after the other, and maybe a slash.
fn is_path(text: &str) -> bool {
    let parts = text.strip_suffix('/').unwrap_or(text);
    !text.chars().any(char::is_control)
        && parts
            .split('/')
            .all(|part| !matches!(part, "" | "." | ".."))
        && !text.contains(['*', '?', '[', '\\'])
}
