//! The difference for programs.

use serde_json::Value;

use super::Comparison;
use super::summary;

/// Every difference in full, each with its line of summary.
pub fn to_json(comparison: &Comparison) -> Value {
    let mut json = serde_json::to_value(comparison).unwrap_or_default();
    for (index, one) in comparison.differences.iter().enumerate() {
        json["differences"][index]["summary"] = summary::line(&one.diff).into();
    }
    json
}
