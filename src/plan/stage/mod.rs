//! One file per stage. Each function plans its stage with those it uses and
//! gives its name.

mod build_tools;
mod dev;
mod dynamo_base;
mod efa;
mod framework;
mod local_dev;
mod runtime;
mod test;
mod wheel_builder;
mod wheels;

pub(super) use build_tools::build_tools;
pub(super) use dev::dev;
pub(super) use dynamo_base::dynamo_base;
pub(super) use efa::efa;
pub(super) use framework::framework;
pub(super) use local_dev::local_dev;
pub(super) use runtime::runtime;
pub(super) use test::test;
pub(super) use wheel_builder::{env as wheel_builder_env, wheel_builder};
pub(super) use wheels::wheels;
