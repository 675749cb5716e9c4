//! The stages a target reaches, each planned once and after those it uses.

use super::{Stage, stage};
use crate::check::Resolved;
use crate::spec::Target;

/// Stages on their way into a plan.
pub(super) struct Builder<'r> {
    /// What is planned.
    pub(super) resolved: &'r Resolved,
    stages: Vec<Stage>,
}

impl<'r> Builder<'r> {
    /// No stage yet.
    pub(super) fn new(resolved: &'r Resolved) -> Self {
        Self {
            resolved,
            stages: Vec::new(),
        }
    }

    /// The stages of a target, the target's own last.
    pub(super) fn target(mut self, target: Target) -> Vec<Stage> {
        match target {
            Target::DynamoBase => stage::dynamo_base(&mut self),
            Target::WheelBuilder => stage::wheel_builder(&mut self),
            Target::Wheels => stage::wheels(&mut self),
            Target::Test => stage::test(&mut self),
            Target::Dev => stage::dev(&mut self),
            Target::LocalDev => stage::local_dev(&mut self),
            Target::Framework => stage::framework(&mut self),
            Target::Frontend => stage::frontend(&mut self),
            Target::Epp => stage::epp(&mut self),
            Target::Docs => stage::docs(&mut self),
            Target::Runtime => stage::runtime(&mut self),
        };
        self.stages
    }

    /// The name of a stage, which is planned when it is asked for first.
    pub(super) fn stage(&mut self, name: &str, plan: impl FnOnce(&mut Self) -> Stage) -> String {
        if !self.stages.iter().any(|stage| stage.name == name) {
            let stage = plan(self);
            self.stages.push(stage);
        }
        name.to_owned()
    }
}
