//! What there is to know about each key of `dynamo.yaml`, for people: the page
//! `docs/spec.md` and `dynamo-frontend explain`.
//!
//! Made from what the decoders say of themselves and from what the catalog has,
//! as the JSON Schema is. Owns the words of it, and nothing about keys.

mod default;
mod page;
mod takes;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use default::DefaultValue;
pub use page::{anchor, document};

use crate::catalog::CatalogError;
use crate::schema::{self, Meant};
use crate::spec::{ALIASES, Decode, Field, Keys, Shape};

/// One key.
#[derive(Debug, Clone, Serialize)]
pub struct Key {
    /// Its dotted path.
    pub path: String,
    /// What it is for.
    pub about: String,
    /// What may stand there.
    pub takes: String,
    /// The words that it takes, with what each stands for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<(String, String)>,
    /// What it is when it is not given; nothing where that is no value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub defaults: Vec<DefaultValue>,
    /// Build arguments that set it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// A spec that sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
}

/// The dotted paths of all keys, in the order of [`keys`], which takes longer.
pub fn paths() -> Vec<String> {
    let mut collected = Collected::default();
    collected.below("", Keys::shape());
    collected.keys.into_iter().map(|key| key.path).collect()
}

/// Every key, sections before what is in them. An `Err` is a mistake in the
/// catalog, which is part of this program.
pub fn keys() -> Result<Vec<Key>, CatalogError> {
    let mut collected = Collected {
        known: schema::known()?,
        meant: schema::meant()?,
        keys: Vec::new(),
    };
    collected.below("", Keys::shape());
    Ok(collected.keys)
}

/// The dotted path that a name stands for: a path, or an older build argument, in
/// any case.
pub fn path_of(name: &str) -> String {
    let alias = ALIASES
        .iter()
        .find(|(alias, _)| alias.eq_ignore_ascii_case(name));
    alias.map_or(name, |(_, path)| path).to_ascii_lowercase()
}

/// The key of a mapping with free keys, or of a list, that a name is an entry or item
/// of, as in `env.HF_HOME`.
pub fn holder<'a>(name: &str, paths: &'a [String]) -> Option<&'a String> {
    let inside = |path: &&String| {
        let rest = name.get(path.len()..).filter(|_| name.starts_with(*path));
        rest.is_some_and(|rest| rest.len() > 1 && rest.starts_with('.'))
    };
    let holds = |path: &&String| {
        matches!(
            Keys::shape().at(path),
            Some(Shape::Table(..) | Shape::List(_) | Shape::ScalarOrList(..))
        )
    };
    let all = paths.iter().filter(inside).filter(holds);
    all.max_by_key(|path| path.len())
}

#[derive(Default)]
struct Collected {
    known: Vec<(&'static str, Vec<String>)>,
    meant: Vec<Meant>,
    keys: Vec<Key>,
}

impl Collected {
    /// Collects the fixed keys of a shape.
    fn below(&mut self, path: &str, shape: Shape) {
        match shape {
            Shape::Mapping(fields) | Shape::WordOrOneOf(_, fields) => {
                for field in fields {
                    self.field(path, field, fields);
                }
                self.items(path, fields);
            }
            Shape::Switch(on) => self.below(path, on()),
            // The fixed keys below any free one.
            Shape::Table(_, value) => {
                if matches!(value(), Shape::Mapping(_)) {
                    self.below(&join(path, "*"), value());
                }
            }
            Shape::Scalar(_) | Shape::Choice(_) | Shape::List(_) | Shape::ScalarOrList(..) => {}
        }
    }

    /// Collects the keys of lists of mappings: of equal ones beside each other once,
    /// under `*`.
    fn items(&mut self, path: &str, fields: &[Field]) {
        let lists: Vec<(&Field, Shape)> = fields
            .iter()
            .filter_map(|field| match (field.shape)() {
                Shape::List(item) => Some((field, item())),
                _ => None,
            })
            .collect();
        for (index, (field, item)) in lists.iter().enumerate() {
            let is_like = |other: &&(&Field, Shape)| names(other.1) == names(*item);
            let name = match lists.iter().filter(is_like).count() {
                1 => field.name,
                _ => "*",
            };
            if !lists[..index].iter().any(|other| is_like(&other)) {
                self.below(&join(path, &format!("{name}[]")), *item);
            }
        }
    }

    fn field(&mut self, parent: &str, field: &Field, beside: &[Field]) {
        let path = join(parent, field.name);
        let shape = (field.shape)();
        let known = self.known.iter().find(|(key, _)| *key == path);
        let known = known.map(|(_, texts)| texts.as_slice());
        let defaults = default::defaults(&path, &self.meant);
        self.keys.push(Key {
            about: field.doc.trim().to_owned(),
            takes: takes::takes(shape, known),
            words: takes::words(shape),
            arguments: arguments(&path, shape),
            example: takes::example(&path, field, beside, &defaults),
            defaults,
            path: path.clone(),
        });
        self.below(&path, shape);
    }
}

/// The path of a key in a mapping.
fn join(parent: &str, name: &str) -> String {
    match parent {
        "" => name.to_owned(),
        parent => format!("{parent}.{name}"),
    }
}

/// The fixed keys of a mapping; none of anything else.
fn names(shape: Shape) -> Vec<&'static str> {
    match shape {
        Shape::Mapping(fields) | Shape::WordOrOneOf(_, fields) => {
            fields.iter().map(|field| field.name).collect()
        }
        _ => Vec::new(),
    }
}

/// The build arguments that set a key: its path, and the older names. Those of a
/// table set an entry, which stands as what its names are: `env.NAME`.
fn arguments(path: &str, shape: Shape) -> Vec<String> {
    if let Shape::Table(key, _) = shape {
        let name = key.what.rsplit(' ').next().unwrap_or_default();
        let entry = join(path, &name.to_uppercase());
        let is_set = Keys::shape().has_scalar_at(&entry);
        return Vec::from_iter(is_set.then_some(entry));
    }
    let has_no_word = matches!(shape, Shape::WordOrOneOf([], _));
    if has_no_word || !Keys::shape().has_scalar_at(path) {
        return Vec::new();
    }
    let older = ALIASES.iter().filter(|(_, key)| *key == path);
    let older = older.map(|(alias, _)| (*alias).to_owned());
    [path.to_owned()].into_iter().chain(older).collect()
}
