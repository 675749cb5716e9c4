//! Docker's health check of a container.
//!
//! Owns the stored form: a test command and times in nanoseconds.

use serde::{Deserialize, Serialize};

use super::json::{Extra, is_default, null_as_default};

/// How to find out whether a container is well.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`; empty inherits.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub test: Vec<String>,
    /// Nanoseconds between checks; 0 inherits, as in all the others.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub interval: i64,
    /// Nanoseconds until a check counts as failed.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub timeout: i64,
    /// Nanoseconds of grace after the start.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub start_period: i64,
    /// Nanoseconds between checks during the grace.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub start_interval: i64,
    /// Failures in a row that make the container unhealthy.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub retries: i64,
    /// Members without a typed field.
    #[serde(flatten)]
    pub extra: Extra,
}
