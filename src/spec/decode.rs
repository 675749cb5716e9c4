//! YAML tree to typed values, collecting every mistake on the way.
//!
//! A decoder never stops at the first error: it reports, returns nothing for
//! that value, and its caller goes on with the next.

use super::flow;
use super::foreign::{self, Instead};
use super::grammar::Grammar;
use super::node::{Entry, Node, NodeKind, abbreviate};
use super::scalar::Text;
use super::shape::{Field, Shape};
use super::wrong::Wrong;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Spanned, listed, nearest};

/// A type that can be read from a node.
pub trait Decode: Sized {
    /// Reads the node; `None` when it was wrong and that has been reported.
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self>;

    /// What the type looks like in YAML.
    fn shape() -> Shape;
}

/// A mapping with fixed keys.
pub(super) trait Mapping {
    /// The keys that it makes no sense without and that are not given.
    fn missing(&self) -> Vec<Field>;
}

/// A scalar type: text, checked and turned into a value.
pub trait Scalar: Sized {
    /// How it is written.
    const GRAMMAR: Grammar;

    /// Turns the text into the value, or says what is wrong with it.
    fn parse(text: &str) -> Result<Self, Wrong>;
}

impl<T: Scalar> Decode for T {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let NodeKind::Scalar { text, quoted } = &node.kind else {
            let wrong = wrong_type(node, T::GRAMMAR.what);
            diagnostics.push(match &node.kind {
                NodeKind::Null => wrong.help(NOTHING),
                _ => wrong,
            });
            return None;
        };
        if !quoted && !T::GRAMMAR.truth && is_truth(text) {
            let wrong = wrong_type(node, T::GRAMMAR.what);
            diagnostics.push(wrong.help("put it in quotes if it is meant as text"));
            return None;
        }
        match T::parse(text) {
            Ok(value) => Some(value),
            Err(wrong) => {
                diagnostics.push(located(wrong.at(node.span), node));
                None
            }
        }
    }

    fn shape() -> Shape {
        Shape::Scalar(T::GRAMMAR)
    }
}

/// What to do about a value that is not there.
const NOTHING: &str =
    "give it a value; one that begins with `#` is a comment unless it is in quotes";

/// Whether a plain scalar is a truth value to YAML.
fn is_truth(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
}

/// `node` is not what the key takes.
pub(super) fn wrong_type(node: &Node, wanted: &str) -> Diagnostic {
    let message = format!("expected {wanted}, found {}", node.describe());
    located(Diagnostic::error(Code::WrongType, node.span, message), node)
}

/// Points at the anchored text too, when an alias brought the value here, and
/// says when a line of a list became part of the value above.
pub(super) fn located(mut diagnostic: Diagnostic, node: &Node) -> Diagnostic {
    if matches!(&node.kind, NodeKind::Scalar { text, quoted: false } if text.contains(" - ")) {
        diagnostic = diagnostic.help(
            "a `-` that is indented deeper than the one above goes on with its value; \
             indent both alike",
        );
    }
    match node.defined {
        Some(defined) => diagnostic.label(defined, "the alias stands for this"),
        None => diagnostic,
    }
}

/// Whether the node is the plain word `true` or `false`.
pub(super) fn plain_bool(node: &Node) -> Option<bool> {
    match &node.kind {
        NodeKind::Scalar {
            text,
            quoted: false,
        } => text.parse().ok(),
        _ => None,
    }
}

/// The entries of a mapping; an absent value reads as an empty mapping.
pub(super) fn entries<'n>(
    node: &'n Node,
    wanted: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'n [Entry]> {
    match &node.kind {
        NodeKind::Mapping(entries) => Some(entries),
        NodeKind::Null => Some(&[]),
        _ => {
            diagnostics.push(wrong_type(node, wanted));
            None
        }
    }
}

/// Reports the keys of a mapping that none of the fields has. Returns the
/// fields that are given in some way: under their own name or misspelt.
pub(super) fn check_keys(
    entries: &[Entry],
    fields: &[Field],
    diagnostics: &mut Diagnostics,
) -> Vec<&'static str> {
    let mut given = Vec::new();
    for entry in entries {
        if let Some(field) = fields.iter().find(|field| field.name == entry.key) {
            given.push(field.name);
            continue;
        }
        given.extend(match foreign::instead(&entry.key, fields) {
            Some(Instead::Key(key)) => Some(*key),
            _ => nearest(&entry.key, fields.iter().map(|field| field.name)),
        });
        diagnostics.push(unknown_key(entry, fields));
    }
    given
}

/// The key by which other dialects of YAML merge mappings.
pub(super) const MERGE: &str = "<<";
/// What to do without it.
pub(super) const NO_MERGE: &str =
    "merge keys are not part of YAML 1.2; repeat the keys, or alias one whole value";

/// A key that none of the fields has.
pub(super) fn unknown_key(entry: &Entry, fields: &[Field]) -> Diagnostic {
    let known = fields.iter().map(|field| field.name);
    let message = format!("unknown key `{}`", abbreviate(&entry.key));
    let unknown = Diagnostic::error(Code::UnknownKey, entry.key_span, message);
    if entry.key == MERGE {
        return unknown.help(NO_MERGE);
    }
    match foreign::instead(&entry.key, fields) {
        Some(Instead::Key(key)) => return unknown.did_you_mean(entry.key_span, key),
        Some(Instead::Other(help)) => return unknown.help(*help),
        None => {}
    }
    if entry.key.starts_with("x-") {
        return unknown
            .help("a spec has no keys of your own: put an anchor where its value is used first");
    }
    if let Some(section) = fields
        .iter()
        .find(|field| (field.shape)().has_key(&entry.key))
    {
        let (key, section) = (&entry.key, section.name);
        return unknown.help(format!(
            "write it inside of `{section}`: `{section}: {{{key}: …}}`"
        ));
    }
    if let Some(near) = nearest(&entry.key, known.clone()) {
        return unknown.did_you_mean(entry.key_span, near);
    }
    if let Some(table) = fields.iter().find(|field| is_entry(entry, field)) {
        let (key, table) = (abbreviate(&entry.key), table.name);
        return unknown.help(format!(
            "write it inside of `{table}`: `{table}: {{{key}: …}}`"
        ));
    }
    unknown.help(format!("the keys here are {}", listed(known)))
}

/// Whether a key has what the entries of a table have.
fn is_entry(entry: &Entry, table: &Field) -> bool {
    let (Shape::Table(_, value), NodeKind::Mapping(keys)) = ((table.shape)(), &entry.value.kind)
    else {
        return false;
    };
    keys.iter().any(|key| value().has_key(&key.key))
}

/// Reads one field of a mapping, if it is given.
pub(super) fn field<T: Decode>(
    entries: &[Entry],
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<T>> {
    let entry = entries.iter().find(|entry| entry.key == name)?;
    if matches!(entry.value.kind, NodeKind::Null) {
        let help = "give it a value, or remove the key to use the default";
        diagnostics.push(no_value(entry).help(help));
        return None;
    }
    T::decode(&entry.value, diagnostics).map(|value| entry.value.spanned(value))
}

/// A key without a value.
pub(super) fn no_value(entry: &Entry) -> Diagnostic {
    let message = format!("the key `{}` has no value", abbreviate(&entry.key));
    Diagnostic::error(Code::MissingValue, entry.key_span, message)
}

/// The key of a field whose Rust name may be a raw identifier.
pub(super) const fn key(field: &'static str) -> &'static str {
    match field.as_bytes() {
        [b'r', b'#', ..] => field.split_at(2).1,
        _ => field,
    }
}

/// Declares a mapping of the spec: its keys with their types, from which the
/// struct, its decoder and its shape are made. `#[needed = "…"]` marks a key
/// that must be there, with a value to begin with; the one who reads the mapping
/// reports that it is not.
macro_rules! mapping {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident {
            $(
                $(#[doc = $field_doc:literal])+
                $(#[needed = $example:literal])?
                $field:ident: $type:ty,
            )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Default)]
        pub struct $name {
            $($(#[doc = $field_doc])+ pub $field: Option<crate::diagnostic::Spanned<$type>>,)+
            /// Keys that were given and could not be read: no default may take
            /// their place.
            pub unread: Vec<&'static str>,
        }

        impl crate::spec::decode::Decode for $name {
            fn decode(
                node: &crate::spec::node::Node,
                diagnostics: &mut crate::diagnostic::Diagnostics,
            ) -> Option<Self> {
                use crate::spec::decode::{check_keys, entries, field};
                use crate::spec::mapping_wanted::mapping_wanted;
                let entries = match &node.kind {
                    crate::spec::node::NodeKind::Mapping(_) | crate::spec::node::NodeKind::Null => {
                        entries(node, "a mapping", diagnostics)?
                    }
                    _ => {
                        diagnostics.push(mapping_wanted(node, Self::FIELDS));
                        return None;
                    }
                };
                let mut unread = check_keys(entries, Self::FIELDS, diagnostics);
                $(let $field = field(entries, crate::spec::decode::key(stringify!($field)), diagnostics);)+
                $(if $field.is_some() {
                    unread.retain(|name| *name != crate::spec::decode::key(stringify!($field)));
                })+
                Some(Self { $($field,)+ unread })
            }

            fn shape() -> crate::spec::shape::Shape {
                crate::spec::shape::Shape::Mapping(Self::FIELDS)
            }
        }

        impl crate::spec::decode::Mapping for $name {
            fn missing(&self) -> Vec<crate::spec::shape::Field> {
                let given = [$((crate::spec::decode::key(stringify!($field)), self.$field.is_some()),)+];
                let there = |name| given.contains(&(name, true)) || self.unread.contains(&name);
                let needed = Self::FIELDS.iter().filter(|field| field.needed.is_some());
                needed.filter(|field| !there(field.name)).copied().collect()
            }
        }

        impl $name {
            const FIELDS: &'static [crate::spec::shape::Field] = &[$(crate::spec::shape::Field {
                $(needed: Some($example),)?
                ..crate::spec::shape::Field::new(
                    crate::spec::decode::key(stringify!($field)),
                    concat!($($field_doc,)+),
                    <$type as crate::spec::decode::Decode>::shape,
                )
            },)+];
        }
    };
}
pub(super) use mapping;

impl<T: Decode> Decode for Vec<Spanned<T>> {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let NodeKind::Sequence(items) = &node.kind else {
            let wrong = wrong_type(node, "a list");
            diagnostics.push(match &node.kind {
                NodeKind::Scalar { text, .. } => {
                    let is_argument = matches!(T::shape(), Shape::Scalar(grammar) if grammar.what == Text::GRAMMAR.what);
                    let list = if is_argument { flow::arguments } else { flow::list };
                    wrong.help(format!("write `{}`", list(text)))
                }
                NodeKind::Mapping(_) if matches!(T::shape(), Shape::Mapping(_)) => {
                    wrong.help("it is one item of the list: write `- ` before its first key")
                }
                _ => wrong.help("write its values between `[` and `]`"),
            });
            return None;
        };
        let mut values = Vec::new();
        for item in items {
            // A mapping with nothing in it is one that was never written.
            if matches!(
                (&item.kind, T::shape()),
                (NodeKind::Null, Shape::Mapping(_))
            ) {
                let message = "an item of this list is empty";
                let empty = Diagnostic::error(Code::MissingValue, item.span, message);
                diagnostics.push(empty.help("write its keys after the `-`, or remove it"));
                continue;
            }
            values.extend(T::decode(item, diagnostics).map(|value| item.spanned(value)));
        }
        Some(values)
    }

    fn shape() -> Shape {
        Shape::List(T::shape)
    }
}
