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
    unless not_in_context
}

text_type! {
    /// A path in what files are copied from, from its root.
    TreePath,
    Grammar::new("a path in what is copied from", pattern::TREE_PATH)
        .numbers(Numbers::All)
        .examples(&["tools/start.sh"]),
    |text| is_path(text.strip_prefix('/').unwrap_or(text)),
    "is not a path without `.`, `..` and wildcards",
    unless not_in_tree
}

text_type! {
    /// An absolute path in an image.
    ImagePath,
    Grammar::new("an absolute path", pattern::IMAGE_PATH)
        .examples(&["/opt/tools/"]),
    |text| text == "/" || text.strip_prefix('/').is_some_and(is_path),
    "is not an absolute path without `.`, `..` and wildcards",
    unless not_in_image
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

/// What a wildcard would have found.
const EACH: &str =
    "name each file, or the folder that they are in, which is copied with all it has";

/// A path of the build context that is written as none.
fn not_in_context(text: &str) -> Option<Wrong> {
    let path = text.trim_start_matches('/');
    let help = match mended(path) {
        _ if text.contains(['*', '?']) => "name each file".to_owned(),
        Mended::Path(folder) if folder.ends_with('/') => {
            format!(
                "name a file, such as `{}requirements.txt`",
                abbreviate(&folder)
            )
        }
        Mended::Path(path) if path != text => format!("write `{}`", abbreviate(&path)),
        Mended::Outside => "give a folder that has it as the build context".to_owned(),
        Mended::Path(_) | Mended::Nothing => return None,
    };
    let problem = "is not a relative path inside the build context, without wildcards";
    Some(Wrong::new(
        format!("`{}` {problem}", abbreviate(text)),
        help,
    ))
}

/// A path of what files are copied from that is written as none.
fn not_in_tree(text: &str) -> Option<Wrong> {
    let path = text.strip_prefix('/').unwrap_or(text);
    let help = match mended(path) {
        _ if is_path(path) => return None,
        _ if text.contains(['*', '?']) => EACH.to_owned(),
        Mended::Path(path) => format!("write `{}`", abbreviate(&path)),
        Mended::Outside => "give a folder that has it as the build context, or as another one: \
                            `from: {context: NAME}`, and `--build-context NAME=FOLDER`"
            .to_owned(),
        Mended::Nothing => "name the files and folders in it".to_owned(),
    };
    let problem = "is not a path without `.`, `..` and wildcards";
    Some(Wrong::new(
        format!("`{}` {problem}", abbreviate(text)),
        help,
    ))
}

/// A path in an image that does not begin at its root, or not straight.
fn not_in_image(text: &str) -> Option<Wrong> {
    let shown = abbreviate(text);
    if let Some(path) = text.strip_prefix('/') {
        let Mended::Path(path) = mended(path) else {
            return None;
        };
        let problem = "is not an absolute path without `.`, `..` and wildcards";
        let help = format!("write `/{}`", abbreviate(&path));
        let is_other = text != "/" && !is_path(&text[1..]) && is_path(&path);
        return is_other.then(|| Wrong::new(format!("`{shown}` {problem}"), help));
    }
    let mut home = ["~/", "$HOME/", "${HOME}/"].iter();
    let help = match home.find_map(|home| text.strip_prefix(home)) {
        Some(rest) if is_path(rest) => {
            let rest = abbreviate(rest);
            format!("no shell reads it: write `/home/dynamo/{rest}` or `/root/{rest}`")
        }
        None if text.starts_with('$') => "no shell reads it: write the path itself".to_owned(),
        None if is_path(text) => format!("write `/{shown}`"),
        _ => return None,
    };
    Some(Wrong::new(
        format!("`{shown}` is not an absolute path"),
        help,
    ))
}

/// What a path that is not straight comes to.
enum Mended {
    /// This path.
    Path(String),
    /// Something outside of where it begins.
    Outside,
    /// Where it begins, or no path at all.
    Nothing,
}

/// A path without `.`, `..`, doubled slashes and the slashes of Windows.
fn mended(text: &str) -> Mended {
    let text = text.replace('\\', "/");
    let mut parts = Vec::new();
    for part in text.split('/') {
        match part {
            ".." if parts.pop().is_none() => return Mended::Outside,
            "" | "." | ".." => {}
            part => parts.push(part),
        }
    }
    let folder = if text.ends_with('/') { "/" } else { "" };
    let path = format!("{}{folder}", parts.join("/"));
    if parts.is_empty() || !is_path(&path) {
        return Mended::Nothing;
    }
    Mended::Path(path)
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
