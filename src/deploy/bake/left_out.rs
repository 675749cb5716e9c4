//! What a matrix names and there is not.

use serde::Serialize;

/// A combination that is not built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The combination, on all its platforms or on one.
    pub what: String,
    /// Why.
    pub reason: String,
    /// What there is instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}
