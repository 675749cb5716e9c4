//! The steps that install Python packages, as parts of the graph: for telling what a
//! build that has failed could be about.

use buildkit_llb::Output;

use super::Emitter;

/// A step that installs Python packages.
#[derive(Debug, Clone)]
pub struct InstallStep {
    /// The stage of the step.
    pub stage: String,
    /// The number of the step in its stage, from 0.
    pub step: usize,
    /// The operation that fails when it cannot.
    pub operation: Output,
}

impl Emitter<'_> {
    /// The steps that install Python packages, in their order.
    pub(super) fn installs(&self) -> Vec<InstallStep> {
        let all = self.plan.installs().into_iter();
        let operation = |stage: &str, step: usize| self.left_by(stage).steps.get(step).cloned();
        all.filter_map(|one| {
            Some(InstallStep {
                operation: operation(one.stage, one.step)?,
                stage: one.stage.to_owned(),
                step: one.step,
            })
        })
        .collect()
    }
}
