//! Build arguments against each other and against what the spec leaves out.
//!
//! Owns what two arguments cannot both mean; which key an argument sets is
//! decided by the parent module.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::spec::decode::plain_bool;
use crate::spec::node::{Node, NodeKind, abbreviate};
use crate::spec::shape::Shape;

/// What an argument says of the key that it sets and of those above it.
pub(super) type Claims = Vec<(String, String)>;

/// An argument chooses its own value; above it, one of several ways, or that
/// something is wanted at all. Two that differ cannot both be meant.
pub(super) fn claims(path: &str, value: &str, shape: Shape) -> Claims {
    const WANTED: &str = "on";
    let own = match shape.at(path) {
        Some(Shape::Switch(_)) if value == "true" => WANTED,
        _ => value,
    };
    let above = path.match_indices('.').filter_map(|(dot, _)| {
        let (place, below) = (&path[..dot], &path[dot + 1..]);
        let what = match shape.at(place)? {
            Shape::WordOrOneOf(..) => below.split('.').next().unwrap_or_default(),
            Shape::Switch(_) => WANTED,
            _ => return None,
        };
        Some((place.to_owned(), what.to_owned()))
    });
    above.chain([(path.to_owned(), own.to_owned())]).collect()
}

/// The argument that claimed something else before, and the key that both are
/// about.
pub(super) fn contradicted<'c>(
    claims: &'c Claims,
    made: &BTreeMap<String, (String, Span)>,
) -> Option<(&'c str, Span)> {
    claims.iter().find_map(|(place, what)| {
        let (first, span) = made.get(place)?;
        (first != what).then_some((place.as_str(), *span))
    })
}

/// Two arguments about the key `about` that cannot both be meant.
pub(super) fn contradiction(
    name: &str,
    span: Span,
    (about, first): (&str, Span),
    shape: Shape,
) -> Diagnostic {
    let code = match shape.at(about) {
        Some(Shape::WordOrOneOf(..)) => Code::ConflictingInstall,
        _ => Code::ConflictingValues,
    };
    let message = format!(
        "the build argument `{}` contradicts another",
        abbreviate(name)
    );
    Diagnostic::error(code, span, message)
        .label(first, format!("`{about}` is already chosen here"))
        .help("give only one of the two")
}

/// The `false` above the key at `path`: a version given for every build is no
/// wish to have what the spec leaves out.
pub(super) fn switched_off(root: &Node, path: &str, shape: Shape) -> Option<Span> {
    path.match_indices('.').find_map(|(dot, _)| {
        let place = &path[..dot];
        let node = node_at(root, place)?;
        let is_switch = matches!(shape.at(place), Some(Shape::Switch(_)));
        (is_switch && plain_bool(node) == Some(false)).then_some(node.span)
    })
}

fn node_at<'n>(root: &'n Node, path: &str) -> Option<&'n Node> {
    path.split('.').try_fold(root, |node, key| {
        let NodeKind::Mapping(entries) = &node.kind else {
            return None;
        };
        let entry = entries.iter().find(|entry| entry.key == key)?;
        Some(&entry.value)
    })
}
