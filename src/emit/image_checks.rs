//! The checks of the image: steps that stand side by side on it.
//!
//! Each is a process of its own, whose report alone is kept: neither the image nor
//! another check depends on it. Owns what a check leaves and how it is called.

use buildkit_llb::{CopyFrom, Exec, FileOp, Mkdir, Mount, Output};

use super::files::by_id;
use super::{BaseConfig, Emitter, Filesystem};
use crate::diagnostic::Span;
use crate::plan::{Action, CHECK_FOLDER, Owner, Run, Stage, Step, TELL};

/// The checks of one image.
#[derive(Debug, Clone, Default)]
pub struct ImageChecks {
    /// They, in the order of the plan.
    pub steps: Vec<CheckStep>,
    /// The image.
    pub image: Output,
    /// What has the config that the image stands on, if it stands on something.
    pub base: Option<BaseConfig>,
    /// How many layers it has besides those of its base.
    pub layers: usize,
}

/// One check.
#[derive(Debug, Clone)]
pub struct CheckStep {
    /// Its name.
    pub name: String,
    /// What it leaves when it passes.
    pub passes: Output,
    /// The same check, which ends well and leaves a list of what failed. It runs
    /// whatever is in the cache: what it found once may hold no longer.
    pub tells: Output,
    /// Where it has the folder that it leaves.
    pub report: String,
    /// The account of the image that it runs as, if that goes by a name.
    pub account: Option<String>,
    /// Whether it is skipped where there is no GPU.
    pub needs_gpu: bool,
    /// The place of its name, and those of what it expects.
    pub places: Vec<Span>,
}

impl Emitter<'_> {
    /// The checks of what is in `image`, and the stage that has their reports.
    pub(super) fn image_checks(
        &self,
        stage: &Stage,
        image: &Filesystem,
    ) -> (Filesystem, ImageChecks) {
        let steps = stage.steps.iter();
        let steps: Vec<CheckStep> = steps
            .filter_map(|step| match &step.action {
                Action::Run(run) => Some(self.check(run, stage, step, image)),
                Action::Files(_) | Action::Link(_) | Action::Copy(_) => None,
            })
            .collect();
        let left = Filesystem {
            output: self.reports(stage, &steps),
            steps: steps.iter().map(|step| step.passes.clone()).collect(),
            ..Filesystem::default()
        };
        let checks = ImageChecks {
            steps,
            image: image.output.clone(),
            base: image.base.clone(),
            layers: image.history.len(),
        };
        (left, checks)
    }

    fn check(&self, run: &Run, stage: &Stage, step: &Step, image: &Filesystem) -> CheckStep {
        let name = format!("[{}] {}", self.stage_name(stage), step.title);
        let exec = |run: &Run, name: String| {
            self.exec(run, stage, step, name, image)
                .ignore_cache(run.gpu.is_some() || self.settings.no_cache.covers(&stage.name))
        };
        let mut telling = run.clone();
        telling.args.push(TELL.to_owned());
        let tells = exec(&telling, format!("{name}: tell what failed")).ignore_cache(true);
        CheckStep {
            name: step.title.clone(),
            passes: self.kept(exec(run, name), run, step),
            tells: self.kept(tells, run, step),
            report: run.output.clone().unwrap_or_default(),
            account: run.account.clone(),
            needs_gpu: run.gpu.is_some(),
            places: step.places.clone(),
        }
    }

    /// What a check leaves: a tree with a folder that the check may write to. The
    /// root of a new tree is root's.
    fn kept(&self, exec: Exec, run: &Run, step: &Step) -> Output {
        let owner = run.user.unwrap_or(Owner { uid: 0, gid: 0 });
        let folder = FileOp::on(&Output::scratch())
            .mkdir(Mkdir::new(CHECK_FOLDER, 0o755).owner(by_id(owner)))
            .name("[internal] prepare the folder of reports")
            .progress_group(Self::of_plan())
            .locations(self.locations(&step.places))
            .output();
        let report = run.output.as_deref();
        let report = report.expect("a check keeps a folder: its report");
        let exec = exec.mount(Mount::writable(report, &folder));
        let left = exec.run().output(report);
        left.expect("mounted writable the line before")
    }

    /// The reports of all checks in one folder.
    fn reports(&self, stage: &Stage, steps: &[CheckStep]) -> Output {
        if steps.is_empty() {
            return Output::scratch();
        }
        let places: Vec<Span> = steps
            .iter()
            .filter_map(|step| step.places.first().copied())
            .collect();
        let op = FileOp::on(&Output::scratch())
            .name(format!("[{}] reports", self.stage_name(stage)))
            .locations(self.locations(&places));
        let root = Owner { uid: 0, gid: 0 };
        let all = steps.iter().fold(op, |op, step| {
            let file = format!("{}.txt", step.name);
            let from = format!("{CHECK_FOLDER}/{file}");
            op.copy(
                CopyFrom::new(&step.passes, from, format!("/{file}"))
                    .owner(by_id(root))
                    .mode(0o644),
            )
        });
        all.output()
    }
}
