//! Requirements of Python packages.

use super::{ContextPath, holds_credentials, pattern, starts_alphanumeric};
use crate::spec::decode::Scalar;
use crate::spec::grammar::{Grammar, Numbers};
use crate::spec::node::abbreviate;
use crate::spec::wrong::Wrong;

text_type! {
    /// A Python requirement, such as `httpx==0.28.1`. An option of the
    /// installer is not one.
    Requirement,
    Grammar::new("a Python requirement", r"^[A-Za-z0-9][^\x00-\x1f\x7f-\x9f]*$")
        .refused(pattern::NO_REQUIREMENT)
        .numbers(Numbers::Unsigned)
        .examples(&["httpx==0.28.1"]),
    |text| starts_alphanumeric(text) && !text.chars().any(char::is_control),
    "is not a Python requirement such as `httpx==0.28.1`",
    unless not_a_requirement
}

/// A requirement that shows a password, or a path or an option of pip in its place.
fn not_a_requirement(text: &str) -> Option<Wrong> {
    holds_credentials(text)
        .or_else(|| option(text))
        .or_else(|| path(text))
}

/// Options of pip that take no value: what follows one may be a requirement.
const FLAGS: [&str; 8] = [
    "-I",
    "-U",
    "--force-reinstall",
    "--ignore-installed",
    "--no-cache-dir",
    "--no-deps",
    "--pre",
    "--upgrade",
];

fn option(text: &str) -> Option<Wrong> {
    let option = text.split(['=', ' ']).next();
    let option = option.filter(|option| option.starts_with('-'))?;
    let rest = text[option.len()..].trim_matches(['=', ' ']);
    let help = match option {
        "-r" | "--requirement" if ContextPath::parse(rest).is_ok() => {
            format!("write `{}` below `requirements`", abbreviate(rest))
        }
        "-i" | "--index-url" | "--extra-index-url" | "--index" | "--default-index" => {
            "write the index as `build: {python: {index: URL, extra_indexes: [URL]}}`".to_owned()
        }
        "-e" | "--editable" => {
            "copy it in a step of `extend`, and install it by a `run`".to_owned()
        }
        "-c" | "--constraint" => {
            "give each package the version that it must have, as in `httpx==0.28.1`".to_owned()
        }
        _ if FLAGS.contains(&option) && starts_alphanumeric(rest) && path(rest).is_none() => {
            format!("write `{}` without the option", abbreviate(rest))
        }
        _ => return None,
    };
    let shown = abbreviate(text);
    let message = format!("`{shown}` is an option of pip, and no Python requirement");
    Some(Wrong::new(message, help))
}

/// A file or folder, which no step that installs sees. A slash behind one of the
/// signs is that of a URL or a marker.
fn path(text: &str) -> Option<Wrong> {
    if text.starts_with('-') {
        return None;
    }
    let (before, rest) = text.split_at(text.find(['@', ':', ';']).unwrap_or(text.len()));
    let ends = [".whl", ".tar.gz", ".zip"];
    let is_file = rest.is_empty() && ends.iter().any(|end| before.ends_with(end));
    if !is_file && !before.contains('/') {
        return None;
    }
    Some(Wrong::new(
        format!(
            "`{}` is a path, and no Python requirement",
            abbreviate(text)
        ),
        "copy it in a step of `extend`, and install it in the next one as `NAME @ file:///PATH`",
    ))
}
