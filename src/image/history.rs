//! One line of an image's history.
//!
//! Owns the entry. The pairing rule is the exporter's: entries that are not
//! `empty_layer` and layers must match one to one, in order.

use serde::{Deserialize, Serialize};

use super::json::{Extra, is_default, null_as_default};

/// How one layer, or one change without a layer, came to be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Creation time as RFC 3339 text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// The step, as a person would write it.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub created_by: String,
    /// Who made it.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub author: String,
    /// The tool that made it.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub comment: String,
    /// Whether it left no layer.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub empty_layer: bool,
    /// Members without a typed field.
    #[serde(flatten)]
    pub extra: Extra,
}
