//! The time of files that the plan makes, where the client gives one.
//!
//! Owns which files get it. A step runs again when anything below it changes, the
//! time of a file too, and a time that is another one with each commit would run
//! all of them. So files that a process stands on keep the time at which they were
//! made; an exporter that is to set every time in an image sets theirs as well.

use buildkit_llb::Timestamp;

use super::Emitter;
use crate::plan::{Action, Base, Stage};

impl Emitter<'_> {
    /// The time of what a step makes without a process.
    pub(super) fn time(&self, stage: &Stage, step: usize) -> Timestamp {
        let epoch = self.settings.source_date_epoch;
        let epoch = epoch.filter(|_| !self.process_follows(stage, step + 1));
        epoch.map_or(Timestamp::Natural, |epoch| {
            Timestamp::seconds(epoch.seconds())
        })
    }

    /// Whether a process runs on what the steps of a stage before the given one leave.
    fn process_follows(&self, stage: &Stage, from: usize) -> bool {
        let mut steps = stage.steps.iter().skip(from);
        // Checks are none of it: an image is the same whether it is checked or not.
        let on_top = |one: &&Stage| matches!(&one.base, Base::Stage(name) if *name == stage.name && !one.checks_image());
        steps.any(|step| matches!(step.action, Action::Run(_)))
            || self
                .plan
                .stages
                .iter()
                .filter(on_top)
                .any(|one| self.process_follows(one, 0))
    }
}
