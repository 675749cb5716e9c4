//! What decides whether a step runs again: the digest of its operation, which
//! holds all that it does, sees and stands on.

use buildkit_llb::{CapSet, MarshalError, MarshalOptions, digests};

use super::Emitted;
use crate::plan::{Plan, StepKeys};

impl Emitted {
    /// The digests of the steps of the plan that this was made of, for the newest
    /// daemon. Images have those tags or digests that they were emitted with.
    pub fn step_keys(&self, plan: &Plan) -> Result<StepKeys, MarshalError> {
        let platform = plan.architecture.platform();
        let options = MarshalOptions::new(platform).caps(CapSet::all());
        let outputs = self.steps.iter().flat_map(|(_, steps)| steps);
        let outputs: Vec<_> = outputs.cloned().collect();
        let mut digests = digests(&outputs, &options)?.into_iter();
        let mut keys = StepKeys::new();
        for (stage, steps) in &self.steps {
            let own = digests.by_ref().take(steps.len());
            keys.insert(stage.clone(), own.map(Option::unwrap_or_default).collect());
        }
        Ok(keys)
    }
}
