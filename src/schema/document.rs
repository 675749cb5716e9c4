//! JSON Schema as data: the keywords that are used, in the order of reading.
//!
//! A struct and no map, so that the bytes do not depend on how a JSON library
//! orders keys.

use serde::{Serialize, Serializer};
use serde_json::Value;

/// One schema.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Schema {
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub(super) dialect: Option<&'static str>,
    /// Where in the document it is said; nothing else is said then.
    #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
    pub(super) same_as: Option<String>,
    #[serde(rename = "$id", skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) title: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) examples: Vec<Value>,
    #[serde(rename = "const", skip_serializing_if = "Option::is_none")]
    pub(super) only: Option<String>,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub(super) words: Vec<String>,
    #[serde(
        rename = "type",
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "one_or_all"
    )]
    pub(super) types: Vec<Type>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pattern: Option<String>,
    /// Not of the standard: what editors show in place of the pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pattern_error_message: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) minimum: Option<serde_json::Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) maximum: Option<serde_json::Number>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) any_of: Vec<Self>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) items: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "in_order")]
    pub(super) properties: Vec<(&'static str, Self)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) property_names: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) additional_properties: Option<Others>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) required: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min_properties: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_properties: Option<u32>,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Type {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
}

/// Keys that are not listed.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Others {
    /// Whether there may be any; never `true` here.
    Allowed(bool),
    /// What they hold.
    Like(Box<Schema>),
}

impl Schema {
    /// Values of this type.
    pub(super) fn of(one: Type) -> Self {
        Self {
            types: vec![one],
            ..Self::default()
        }
    }

    /// Text of this pattern.
    pub(super) fn text(pattern: impl Into<String>) -> Self {
        Self {
            pattern: Some(pattern.into()),
            ..Self::of(Type::String)
        }
    }

    /// Whether it is a mapping with fixed keys.
    pub(super) fn is_mapping(&self) -> bool {
        !self.properties.is_empty()
    }

    /// The document, a keyword a line.
    pub(super) fn to_text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("structs of texts are always JSON");
        text + "\n"
    }

    /// What any of these takes.
    pub(super) fn any(any_of: Vec<Self>) -> Self {
        Self {
            any_of,
            ..Self::default()
        }
    }
}

fn one_or_all<S: Serializer>(types: &[Type], to: S) -> Result<S::Ok, S::Error> {
    match types {
        [one] => one.serialize(to),
        all => all.serialize(to),
    }
}

fn in_order<S: Serializer>(
    properties: &[(&'static str, Schema)],
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_map(properties.iter().map(|(name, schema)| (name, schema)))
}
