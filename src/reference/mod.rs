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

/// Every key, sections before what is in them. An `Err` is a mistake in the
/// catalog, which is part of this program.
pub fn keys() -> Result<Vec<Key>, CatalogError> {
    let mut collected = Collected {
        known: schema::known()?,
        meant: schema::meant()?,
        keys: Vec::new(),
    };
    collected.below("", Keys::shape(), &[]);
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

struct Collected {
    known: Vec<(&'static str, Vec<String>)>,
    meant: Vec<Meant>,
    keys: Vec<Key>,
}

impl Collected {
    /// Collects the fixed keys of a shape; `levels` are those of the mappings around it.
    fn below(&mut self, path: &str, shape: Shape, levels: &[&[Field]]) {
        match shape {
            Shape::Mapping(fields) | Shape::WordOrOneOf(_, fields) => {
                let levels = [levels, &[fields]].concat();
                // Lists of the same mappings are told of once.
                let mut told: Vec<Vec<&str>> = Vec::new();
                for field in fields {
                    let shape = self.field(path, field, &levels);
                    let keys = keys_of_items(shape);
                    if !told.contains(&keys) {
                        let path = join(path, field);
                        self.below(&path, shape, &levels);
                        told.extend((!keys.is_empty()).then_some(keys));
                    }
                }
            }
            Shape::List(item) => self.below(&format!("{path}[]"), item(), levels),
            Shape::Switch(on) => self.below(path, on(), levels),
            Shape::Scalar(_) | Shape::Choice(_) | Shape::Table(..) | Shape::ScalarOrList(..) => {}
        }
    }

    fn field(&mut self, parent: &str, field: &Field, levels: &[&[Field]]) -> Shape {
        let path = join(parent, field);
        let shape = (field.shape)();
        let known = self.known.iter().find(|(key, _)| *key == path);
        let known = known.map(|(_, texts)| texts.as_slice());
        let defaults = default::defaults(&path, &self.meant);
        self.keys.push(Key {
            about: field.doc.trim().to_owned(),
            takes: takes::takes(shape, known),
            words: takes::words(shape),
            arguments: arguments(&path, shape),
            example: takes::example(&path, field, levels, &defaults),
            defaults,
            path,
        });
        shape
    }
}

fn join(parent: &str, field: &Field) -> String {
    match parent {
        "" => field.name.to_owned(),
        parent => format!("{parent}.{}", field.name),
    }
}

/// The keys of a list's items, where they are mappings.
fn keys_of_items(shape: Shape) -> Vec<&'static str> {
    let Shape::List(item) = shape else {
        return Vec::new();
    };
    match item() {
        Shape::Mapping(fields) => fields.iter().map(|field| field.name).collect(),
        _ => Vec::new(),
    }
}

/// The build arguments that set a key: its path, and the older names.
fn arguments(path: &str, shape: Shape) -> Vec<String> {
    let has_no_word = matches!(shape, Shape::WordOrOneOf([], _));
    if has_no_word || !Keys::shape().has_scalar_at(path) {
        return Vec::new();
    }
    let older = ALIASES.iter().filter(|(_, key)| *key == path);
    let older = older.map(|(alias, _)| (*alias).to_owned());
    [path.to_owned()].into_iter().chain(older).collect()
}
