//! The graph for programs.

use serde_json::Value;

use super::Graph;
use crate::plan::Plan;

/// Stages, sources and edges by id; every text in full.
pub fn to_json(plan: &Plan) -> Value {
    serde_json::to_value(Graph::new(plan)).unwrap_or_default()
}
