//! `runtime`: the image that serves. What is in it is its framework's.

use crate::plan::builder::Builder;
use crate::plan::framework;

/// Plans the stage.
pub(in crate::plan) fn runtime(builder: &mut Builder<'_>) -> String {
    builder.stage("runtime", framework::runtime)
}
