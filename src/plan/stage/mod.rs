//! One file per stage. Each function plans its stage with those it uses and
//! gives its name.

use super::builder::Builder;
use super::component::epp as picker;
use crate::spec::ExtendedStage;

mod build_tools;
mod dev;
mod docs;
mod dynamo_base;
mod epp;
mod framework;
mod frontend;
mod local_dev;
mod runtime;
mod test;
mod wheel_builder;
mod wheels;

pub(super) use build_tools::build_tools;
pub(super) use dev::dev;
pub(super) use docs::{docs, env as docs_env};
pub(super) use dynamo_base::dynamo_base;
pub(super) use epp::epp;
pub(super) use framework::framework;
pub(super) use frontend::{env as frontend_env, frontend};
pub(super) use local_dev::local_dev;
pub(super) use runtime::runtime;
pub(super) use test::test;
pub(super) use wheel_builder::{env as wheel_builder_env, wheel_builder};
pub(super) use wheels::wheels;

/// Plans a stage that can be extended, and gives its name.
pub(super) fn extended(builder: &mut Builder<'_>, stage: ExtendedStage) -> String {
    match stage {
        ExtendedStage::Runtime => runtime(builder),
        ExtendedStage::Dev => dev(builder),
        ExtendedStage::LocalDev => local_dev(builder),
        ExtendedStage::Test => test(builder),
        ExtendedStage::Frontend => frontend(builder),
        ExtendedStage::Framework => framework(builder),
        ExtendedStage::BuildTools => build_tools(builder),
        ExtendedStage::WheelBuilder => wheel_builder(builder),
        ExtendedStage::DynamoBase => dynamo_base(builder),
        ExtendedStage::Epp => epp(builder),
        ExtendedStage::EppBuilder => picker::builder_stage(builder),
        ExtendedStage::Docs => docs(builder),
    }
}
