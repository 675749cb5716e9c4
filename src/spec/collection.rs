//! The generic forms of values: tables with free keys, switches, and mappings that
//! must have certain keys.

use super::decode::{
    Decode, MERGE, Mapping, NO_MERGE, Scalar, entries, located, no_value, plain_bool, wrong_type,
};
use super::flow;
use super::node::{Entry, Node, NodeKind, abbreviate};
use super::shape::{Field, Shape};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Spanned};

/// A mapping with free keys, in the order written.
#[derive(Debug, Clone)]
pub struct Table<K, V>(pub Vec<(Spanned<K>, Spanned<V>)>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Scalar, V: Decode> Decode for Table<K, V> {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut table = Vec::new();
        let alone = std::slice::from_ref(node);
        let items = match &node.kind {
            NodeKind::Sequence(items) => items.as_slice(),
            NodeKind::Scalar { .. } => alone,
            NodeKind::Mapping(_) | NodeKind::Null => &[],
        };
        if !items.is_empty() {
            diagnostics.push(wrong_type(node, "a mapping").help(Self::meant(items)));
            return None;
        }
        for entry in entries(node, "a mapping", diagnostics)? {
            if entry.key == MERGE {
                let message = "a mapping cannot be merged into another one";
                diagnostics.push(
                    Diagnostic::error(Code::UnknownKey, entry.key_span, message).help(NO_MERGE),
                );
                continue;
            }
            let key = match K::parse(&entry.key) {
                Ok(key) => Some(Spanned::new(key, entry.key_span)),
                Err(wrong) => {
                    diagnostics.push(wrong.at(entry.key_span));
                    None
                }
            };
            if matches!(
                (&entry.value.kind, V::shape()),
                (NodeKind::Null, Shape::Mapping(_))
            ) {
                let help = "write its keys below it; `{}` is a mapping without any";
                diagnostics.push(no_value(entry).help(help));
                continue;
            }
            let value =
                V::decode(&entry.value, diagnostics).map(|value| entry.value.spanned(value));
            table.extend(key.zip(value));
        }
        Some(Self(table))
    }

    fn shape() -> Shape {
        Shape::Table(K::GRAMMAR, V::shape)
    }
}

impl<K: Scalar, V: Decode> Table<K, V> {
    /// How a list, or a text alone, would be written as such a table.
    fn meant(items: &[Node]) -> String {
        let key = |item: &Node| match &item.kind {
            NodeKind::Scalar { text, .. } => K::parse(text).is_ok().then(|| flow::scalar(text)),
            _ => None,
        };
        if !matches!(V::shape(), Shape::Mapping(_)) {
            let table = flow::table(items);
            return table.map_or_else(
                || "write each as `NAME: \"VALUE\"`".to_owned(),
                |table| format!("write `{table}`"),
            );
        }
        let keys: Option<Vec<String>> = items.iter().map(key).collect();
        match keys {
            // A path that is there is something to say; a name alone says nothing.
            Some(keys) if keys.iter().all(|key| key.starts_with('/')) => {
                let entries: Vec<String> = keys.iter().map(|key| format!("{key}: {{}}")).collect();
                format!("write `{{{}}}`", abbreviate(&entries.join(", ")))
            }
            _ => "write each below its name: `NAME: {…}`".to_owned(),
        }
    }
}

/// Something that `false` leaves out and a mapping describes.
#[derive(Debug, Clone)]
pub enum Switch<T> {
    /// Left out.
    Off,
    /// Wanted, as described.
    On(T),
}

impl<T: Decode + Default> Decode for Switch<T> {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match (plain_bool(node), &node.kind) {
            (Some(false), _) => Some(Self::Off),
            (Some(true), _) => Some(Self::On(T::default())),
            (None, NodeKind::Mapping(_)) => T::decode(node, diagnostics).map(Self::On),
            (None, _) => {
                let wrong = wrong_type(node, "`false`, `true` or a mapping");
                diagnostics.push(match &node.kind {
                    NodeKind::Scalar { text, quoted: true } if text.parse::<bool>().is_ok() => {
                        wrong.help("in quotes it is text; write it without")
                    }
                    NodeKind::Scalar { text, .. } => match meant(text) {
                        Some(word) => wrong.help(format!("write `{word}`")),
                        None => wrong.help("write `false` to leave it out"),
                    },
                    _ => wrong.help("write `false` to leave it out"),
                });
                None
            }
        }
    }

    fn shape() -> Shape {
        Shape::Switch(T::shape)
    }
}

/// The truth value that other dialects of YAML read from a word.
fn meant(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "no" | "n" | "off" | "false" | "0" => Some(false),
        "yes" | "y" | "on" | "true" | "1" => Some(true),
        _ => None,
    }
}

/// A mapping that has every key it makes no sense without.
#[derive(Debug, Clone)]
pub struct Whole<T>(pub T);

impl<T: Decode + Mapping> Decode for Whole<T> {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let decoded = T::decode(node, diagnostics)?;
        let missing = decoded.missing();
        for field in &missing {
            let (name, example) = (field.name, field.needed.unwrap_or_default());
            let message = format!("the key `{name}` is missing");
            let missing = Diagnostic::error(Code::MissingValue, node.span, message)
                .help(format!("add `{name}`, such as `{name}: {example}`"));
            diagnostics.push(located(missing, node));
        }
        missing.is_empty().then_some(Self(decoded))
    }

    fn shape() -> Shape {
        T::shape()
    }
}

/// The single entry of a mapping that names one of several ways; reports no
/// entry, more than one, and one of `fields` without a value.
pub(super) fn only_entry<'n>(
    node: &'n Node,
    ways: &str,
    fields: &[Field],
    diagnostics: &mut Diagnostics,
) -> Option<&'n Entry> {
    let all = entries(node, &format!("one of {ways}"), diagnostics)?;
    let is_empty = |one: &Entry| {
        let is_known = fields.iter().any(|field| field.name == one.key);
        is_known && matches!(one.value.kind, NodeKind::Null)
    };
    match all {
        [one] if is_empty(one) => {
            diagnostics.push(no_value(one).help("give it one"));
            None
        }
        [one] => Some(one),
        [] => {
            let message = format!("nothing chosen: give one of {ways}");
            let empty = Diagnostic::error(Code::MissingValue, node.span, message);
            diagnostics.push(located(empty, node));
            None
        }
        [first, second, ..] => {
            let message = format!(
                "`{}` and `{}` exclude each other",
                abbreviate(&first.key),
                abbreviate(&second.key)
            );
            diagnostics.push(
                Diagnostic::error(Code::ConflictingInstall, second.key_span, message)
                    .label(first.key_span, "already chosen here")
                    .help(format!("give exactly one of {ways}")),
            );
            None
        }
    }
}
