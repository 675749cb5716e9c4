//! What is said of a value that stands where a mapping belongs.
//!
//! Owns how the value is written as one: the key that it is most likely meant for, with
//! whatever else the mapping cannot be without.

use super::decode::wrong_type;
use super::node::{Node, NodeKind, abbreviate};
use super::shape::{Field, Shape};
use super::{flow, foreign};
use crate::diagnostic::{Diagnostic, listed};

/// `node` is no mapping; how it is written as one with these keys.
pub(super) fn mapping_wanted(node: &Node, fields: &[Field]) -> Diagnostic {
    let wrong = wrong_type(node, "a mapping");
    let keys = || {
        format!(
            "the keys here are {}",
            listed(fields.iter().map(|one| one.name))
        )
    };
    let Some(first) = fields.first() else {
        return wrong;
    };
    let key = first.name;
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    if let Some(paths) = paths(node).filter(|_| has("paths") && has("to")) {
        return wrong.help(format!("write `{{paths: {paths}, to: /opt/tools/}}`"));
    }
    let text = match &node.kind {
        NodeKind::Scalar { text, .. } => text.as_str(),
        NodeKind::Sequence(_)
            if matches!((first.shape)(), Shape::List(_) | Shape::ScalarOrList(..)) =>
        {
            let list = format!("write the list below one of its keys, such as `{{{key}: […]}}`");
            return wrong.help(list).help(keys());
        }
        _ => return wrong.help(keys()),
    };
    if let Some(step) = foreign::instruction(text).filter(|_| key == "run") {
        return wrong.help(step);
    }
    // Who the image runs as, and not who a check expects.
    if matches!(text, "root" | "0") && has("uid") && !has("groups") {
        return wrong
            .help("leave `user` out, and start the container with `docker run --user root`");
    }
    if let Some(ids) = ids(text).filter(|_| has("uid")) {
        return wrong.help(format!("write `{ids}`"));
    }
    let value = abbreviate(&flow::scalar(text));
    wrong.help(match (first.shape)() {
        Shape::List(_) => format!("write `{{{key}: {}}}`", flow::list(text)),
        Shape::WordOrOneOf(words, [way, ..]) if words.iter().all(|one| one.word != text) => {
            // The first way takes a version, which most words are not.
            if text.starts_with(|c: char| c.is_ascii_digit()) {
                format!("write `{{{key}: {{{}: {value}}}}}`", way.name)
            } else {
                keys()
            }
        }
        Shape::Switch(_) | Shape::Mapping(_) | Shape::Table(..) => keys(),
        _ => match first
            .needed
            .filter(|_| key == "url" && has("ref") && !is_url(text))
        {
            Some(url) => format!("write `{{url: {url}, ref: {value}}}`"),
            None => format!("write `{{{key}: {value}{}}}`", others(&fields[1..])),
        },
    })
}

/// Whether a text is where something is, and not a branch or tag of it.
fn is_url(text: &str) -> bool {
    text.contains([':', '@'])
}

/// The other keys that a mapping needs, with values to begin with.
fn others(fields: &[Field]) -> String {
    let needed = fields
        .iter()
        .filter_map(|field| Some((field.name, field.needed?)));
    needed.fold(String::new(), |keys, (name, example)| {
        format!("{keys}, {name}: {example}")
    })
}

/// A path, or a list of some, as a list.
fn paths(node: &Node) -> Option<String> {
    let one = |node: &Node| match &node.kind {
        NodeKind::Scalar { text, .. } => Some(flow::scalar(text)),
        _ => None,
    };
    let all: Option<Vec<String>> = match &node.kind {
        NodeKind::Scalar { .. } => one(node).map(|path| vec![path]),
        NodeKind::Sequence(items) => items.iter().map(one).collect(),
        _ => None,
    };
    all.map(|all| abbreviate(&format!("[{}]", all.join(", "))))
}

/// An account as `--user` of docker has it, by the keys of a spec.
fn ids(text: &str) -> Option<String> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    match text.split_once(':') {
        Some((uid, gid)) if is_number(uid) && is_number(gid) => {
            Some(format!("{{uid: {uid}, gid: {gid}}}"))
        }
        None if is_number(text) => Some(format!("{{uid: {text}}}")),
        _ => None,
    }
}
