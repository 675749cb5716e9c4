//! `framework`: the environment of an engine, with the compilers it is made with.

use crate::plan::builder::Builder;
use crate::plan::framework;

/// Plans the stage.
pub(in crate::plan) fn framework(builder: &mut Builder<'_>) -> String {
    builder.stage("framework", framework::framework)
}
