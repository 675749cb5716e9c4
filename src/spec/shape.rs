//! What a type of the spec looks like from outside: its keys, its values.
//!
//! One description per type, next to its decoder. It tells which build
//! arguments exist, and is what documentation and schema are made of.

use super::grammar::Grammar;

/// The form of a value.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A scalar that is written like this.
    Scalar(Grammar),
    /// A scalar out of a fixed set, in any case.
    Choice(&'static [Word]),
    /// A mapping with fixed keys.
    Mapping(&'static [Field]),
    /// A mapping with free keys that are written like this, and its values.
    Table(Grammar, fn() -> Shape),
    /// A list.
    List(fn() -> Shape),
    /// `false`, or the other form.
    Switch(fn() -> Shape),
    /// A scalar that is written like this, or a list.
    ScalarOrList(Grammar, fn() -> Shape),
    /// Either a word out of a set, or a mapping with exactly one of the keys.
    WordOrOneOf(&'static [Word], &'static [Field]),
}

/// One key of a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// What it holds.
    pub shape: fn() -> Shape,
    /// A value to begin with, for a key that the mapping makes no sense without.
    pub needed: Option<&'static str>,
}

impl Field {
    /// A key that may be left out.
    pub const fn new(name: &'static str, doc: &'static str, shape: fn() -> Shape) -> Self {
        Self {
            name,
            doc,
            shape,
            needed: None,
        }
    }
}

/// One word of a fixed set.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// The word.
    pub word: &'static str,
    /// What it stands for.
    pub doc: &'static str,
    /// Its other spellings.
    pub aliases: &'static [&'static str],
}

impl Shape {
    /// Whether a scalar can be set at this dotted path.
    pub fn has_scalar_at(self, path: &str) -> bool {
        let (head, rest) = match path.split_once('.') {
            Some((head, rest)) => (head, Some(rest)),
            None => (path, None),
        };
        let below = |shape: Shape| match rest {
            Some(rest) => shape.has_scalar_at(rest),
            None => shape.is_scalar(),
        };
        match self {
            Self::Scalar(_) | Self::Choice(_) | Self::List(_) | Self::ScalarOrList(..) => false,
            Self::Mapping(fields) | Self::WordOrOneOf(_, fields) => fields
                .iter()
                .find(|field| field.name == head)
                .is_some_and(|field| below((field.shape)())),
            // A free key may itself hold dots, as the label names of OCI do.
            Self::Table(_, value) => !path.is_empty() && value().is_scalar(),
            Self::Switch(inner) => inner().has_scalar_at(path),
        }
    }

    /// The shape of the key at this dotted path, if it is a fixed one.
    pub fn at(self, path: &str) -> Option<Self> {
        let (head, rest) = match path.split_once('.') {
            Some((head, rest)) => (head, Some(rest)),
            None => (path, None),
        };
        match self {
            Self::Mapping(fields) | Self::WordOrOneOf(_, fields) => {
                let field = fields.iter().find(|field| field.name == head)?;
                let shape = (field.shape)();
                rest.map_or(Some(shape), |rest| shape.at(rest))
            }
            Self::Switch(inner) => inner().at(path),
            Self::Scalar(_)
            | Self::Choice(_)
            | Self::Table(..)
            | Self::List(_)
            | Self::ScalarOrList(..) => None,
        }
    }

    /// Whether this is a mapping with fixed keys, and has this one.
    pub fn has_key(self, key: &str) -> bool {
        match self {
            Self::Mapping(fields) | Self::WordOrOneOf(_, fields) => {
                fields.iter().any(|field| field.name == key)
            }
            _ => false,
        }
    }

    fn is_scalar(self) -> bool {
        match self {
            Self::Scalar(_) | Self::Choice(_) | Self::Switch(_) | Self::WordOrOneOf(..) => true,
            Self::Mapping(_) | Self::Table(..) | Self::List(_) | Self::ScalarOrList(..) => false,
        }
    }

    /// Every dotted path that takes a scalar, free keys as `*`.
    pub fn scalar_paths(self) -> Vec<String> {
        let mut paths = Vec::new();
        self.collect("", &mut paths);
        paths
    }

    fn collect(self, prefix: &str, paths: &mut Vec<String>) {
        if self.is_scalar() && !prefix.is_empty() {
            paths.push(prefix.to_owned());
        }
        let join = |name: &str| match prefix {
            "" => name.to_owned(),
            prefix => format!("{prefix}.{name}"),
        };
        match self {
            Self::Scalar(_) | Self::Choice(_) | Self::List(_) | Self::ScalarOrList(..) => {}
            Self::Mapping(fields) | Self::WordOrOneOf(_, fields) => fields
                .iter()
                .for_each(|field| (field.shape)().collect(&join(field.name), paths)),
            // What is below a free key cannot be named by a path: keys may hold dots.
            Self::Table(_, value) => {
                if value().is_scalar() {
                    value().collect(&join("*"), paths);
                }
            }
            // The switch itself was added above.
            Self::Switch(inner) => {
                if let Self::Mapping(fields) = inner() {
                    Self::Mapping(fields).collect(prefix, paths);
                }
            }
        }
    }
}
