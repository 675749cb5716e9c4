//! One file per stage.

mod dynamo_base;
mod runtime;

pub(super) use dynamo_base::dynamo_base;
pub(super) use runtime::runtime;
