//! The checks of the image: they are built before anything is given out.
//!
//! Owns that all of them run whatever becomes of the others, and what is said of
//! those that fail. What a failed step has left can be mounted and not read: a
//! container of the image prints it. Where that cannot be, the check is run again,
//! to tell. What a check does is `plan`'s.

mod needs;

use std::fmt::Write as _;
use std::sync::Arc;

use buildkit_llb::Platform;
use futures_util::future::join_all;

use super::bridge::{Bridge, BridgeError, Container, Ref};
use super::build::Build;
use super::errdefs::Left;
use super::error::FrontendError;
use super::findings;
use super::resolver::ResolvedImage;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Sources, Span, printable};
use crate::emit::{CheckStep, Emitted, written};
use crate::plan::{CHECK_FOLDER, FAILURES, Plan};

/// How large a list of failures may be, and a report that says why a check was
/// skipped.
const LIMIT: u64 = 1 << 20;
/// Prints a file, by what every image has in which a check has got so far.
const PRINT: &str = "printf %s \"$(<\"$0\")\"";
/// What a report of a skipped check begins with.
const SKIPPED: &str = "skipped: ";

/// What came of the checks of one platform.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// How many passed.
    passed: usize,
    /// Those that were skipped, with the reason.
    skipped: Vec<String>,
    /// What is said of those that failed, if some did. It is no error yet: the images
    /// of other platforms have checks too.
    pub(super) failure: Option<FrontendError>,
}

/// Something that a check expected and did not find.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    /// Where it is expected.
    place: Span,
    /// What is wrong, and lines that go with it.
    lines: Vec<String>,
}

impl<B: Bridge + 'static> Build<'_, B> {
    /// Refuses an image with more layers than a check allows. That is known before
    /// anything is built.
    pub(super) fn limit_layers(
        &self,
        emitted: &Emitted,
        plan: &Plan,
        platform: &Platform,
        found: &[Arc<ResolvedImage>],
    ) -> Result<(), FrontendError> {
        let Some(checks) = &emitted.checks else {
            return Ok(());
        };
        let base = checks.base.as_ref();
        let base = base.and_then(|base| self.base(base, plan, found));
        let of_base = base.map_or(0, |base| base.config.rootfs.diff_ids.len());
        let layers = of_base + checks.layers;
        let mut diagnostics = Diagnostics::default();
        for limit in &plan.layer_limits {
            if layers > limit.most as usize {
                let message = format!(
                    "{} gets {layers} layers, {of_base} of them from its base, and `{}` allows {}",
                    self.called(platform),
                    limit.check,
                    limit.most
                );
                let beyond = Diagnostic::error(Code::LayerBudget, limit.place, message);
                diagnostics
                    .push(beyond.help("do in one step what belongs together: each makes a layer"));
            }
        }
        if diagnostics.is_empty() {
            return Ok(());
        }
        Err(findings::failure(&diagnostics, &self.outcome.sources))
    }

    /// Builds the image and runs its checks, if it has any. `given` is what is given
    /// out: the image, or what its checks report.
    pub(super) async fn check_image(
        &self,
        emitted: &Emitted,
        plan: &Plan,
        platform: &Platform,
        given: &Ref,
    ) -> Result<Option<Checked>, FrontendError> {
        let Some(checks) = &emitted.checks else {
            return Ok(None);
        };
        let image = if plan.gate {
            given.clone()
        } else {
            self.solved(&checks.image, platform).await?
        };
        // What fails afterwards is a check.
        if let Err(error) = self.bridge.evaluate(&image).await {
            return Err(self.explained(error, emitted, plan, platform).await);
        }
        if let (Some(first), false) = (checks.steps.first(), self.has_bash(&image).await) {
            return Ok(Some(self.without_bash(first, platform)));
        }
        let all = checks.steps.iter();
        let came = join_all(all.map(|step| self.check(step, &image, platform))).await;
        let mut came: Vec<_> = checks.steps.iter().zip(came).collect();
        let without = self.without_account(&mut came, &image, platform).await;
        Ok(Some(self.verdict(came, without, plan, platform)))
    }

    /// What all checks together mean: everything that failed is one failure.
    fn verdict(
        &self,
        came: Vec<(&CheckStep, Result<Came, FrontendError>)>,
        without: Option<FrontendError>,
        plan: &Plan,
        platform: &Platform,
    ) -> Checked {
        let sources = &self.outcome.sources;
        let all = came.len();
        let mut checked = Checked::default();
        let mut failed: Vec<(&CheckStep, Vec<Failure>)> = Vec::new();
        let mut broken = Vec::new();
        for (step, came) in came {
            match came {
                Ok(Came::Passed) => checked.passed += 1,
                Ok(Came::Skipped(why)) => checked.skipped.push(format!("{} ({why})", step.name)),
                Ok(Came::Failed(failures)) => failed.push((step, failures)),
                Err(error) => {
                    let error = error.context(format_args!("the check `{}`", step.name));
                    broken.push(findings::located(error, Some(place(step, 0)), sources));
                }
            }
        }
        let image = self.called(platform);
        let summary = format!("{} of {all} checks of {image} failed", failed.len());
        let failed = (!failed.is_empty()).then(|| failure(summary, &failed, plan, sources));
        let all = failed.into_iter().chain(without).chain(broken);
        checked.failure = FrontendError::all(all);
        checked
    }

    /// What an image is called where there may be several.
    fn called(&self, platform: &Platform) -> String {
        if self.options.multi_platform {
            format!("the image for {platform}")
        } else {
            "the image".to_owned()
        }
    }

    /// Runs one check of an image.
    async fn check(
        &self,
        step: &CheckStep,
        image: &Ref,
        platform: &Platform,
    ) -> Result<Came, FrontendError> {
        let passes = self.solved(&step.passes, platform).await?;
        let Err(error) = self.bridge.evaluate(&passes).await else {
            return self.passed(step, &passes).await;
        };
        if error.is_cancelled() {
            return Err(error.into());
        }
        if let Some(failures) = self.left(step, &passes, &error, image, platform).await {
            return Ok(Came::Failed(failures));
        }
        // A check that does not get as far as to tell has failed for another reason.
        let Ok(failures) = self.told(step, platform).await else {
            return Err(error.into());
        };
        Ok(Came::Failed(failures))
    }

    /// What came of a check that did not fail.
    async fn passed(&self, step: &CheckStep, left: &Ref) -> Result<Came, FrontendError> {
        if !step.needs_gpu {
            return Ok(Came::Passed);
        }
        let report = format!("{CHECK_FOLDER}/{}.txt", step.name);
        let report = self.bridge.read_file(left, &report, LIMIT).await?;
        let report = String::from_utf8_lossy(&report);
        let why = report.lines().find_map(|line| line.strip_prefix(SKIPPED));
        Ok(why.map_or(Came::Passed, |why| Came::Skipped(printable(why))))
    }

    /// What a failed check has left, read in a container of the image. None where the
    /// daemon cannot say where that is, or cannot run a container for the platform.
    async fn left(
        &self,
        step: &CheckStep,
        failed: &Ref,
        error: &BridgeError,
        image: &Ref,
        platform: &Platform,
    ) -> Option<Vec<Failure>> {
        let BridgeError::Status(status) = error else {
            return None;
        };
        let left = Left::among(&status.details)?;
        let left = left.in_mount(&step.report)?;
        let file = format!("{}{FAILURES}", step.report);
        let args = ["/bin/bash", "-c", PRINT, &file].map(str::to_owned);
        let reader = Container {
            id: failed.id().to_owned(),
            mounts: vec![
                (image.id().to_owned(), "/".to_owned()),
                (left.to_owned(), step.report.clone()),
            ],
            args: args.to_vec(),
            platform: platform.to_pb(),
        };
        let limit = usize::try_from(LIMIT).unwrap_or(usize::MAX);
        let list = self.bridge.run(reader, limit).await.ok()?;
        let failures = read(&String::from_utf8_lossy(&list), step);
        (!failures.is_empty()).then_some(failures)
    }

    /// What a failed check says when it is run again.
    async fn told(
        &self,
        step: &CheckStep,
        platform: &Platform,
    ) -> Result<Vec<Failure>, FrontendError> {
        let tells = self.solved(&step.tells, platform).await?;
        self.bridge.evaluate(&tells).await?;
        let file = FAILURES.rsplit('/').next();
        let there = self.bridge.read_dir(&tells, CHECK_FOLDER, file).await?;
        if there.is_empty() {
            let again = "it failed, and passed when it was run again at once";
            return Ok(vec![Failure {
                place: place(step, 0),
                lines: vec![again.to_owned()],
            }]);
        }
        let told = self.bridge.read_file(&tells, FAILURES, LIMIT).await?;
        Ok(read(&String::from_utf8_lossy(&told), step))
    }
}

/// What came of one check.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Passed,
    Skipped(String),
    Failed(Vec<Failure>),
}

/// What is told to the user at the end of a build whose checks passed.
pub(super) fn message<'a>(all: impl IntoIterator<Item = &'a Checked>) -> Option<String> {
    let mut passed = 0;
    let mut skipped: Vec<&str> = Vec::new();
    for one in all {
        passed += one.passed;
        let new = one.skipped.iter().map(String::as_str);
        skipped.extend(new);
    }
    skipped.dedup();
    let what = match passed {
        0 if skipped.is_empty() => return None,
        1 => "1 check of the image passed".to_owned(),
        passed => format!("{passed} checks of the image passed"),
    };
    Some(match skipped.as_slice() {
        [] => what,
        skipped => format!("{what}, skipped: {}", skipped.join(", ")),
    })
}

/// The list of a check: a line for each failure, which begins with its place, and
/// lines that begin with blanks.
fn read(list: &str, step: &CheckStep) -> Vec<Failure> {
    let mut failures: Vec<Failure> = Vec::new();
    for line in list.lines() {
        if let (Some(more), Some(failure)) = (line.strip_prefix("  "), failures.last_mut()) {
            failure.lines.push(printable(more));
            continue;
        }
        let (at, what) = line.split_once(' ').unwrap_or(("0", line));
        failures.push(Failure {
            place: place(step, at.parse().unwrap_or_default()),
            lines: vec![printable(what)],
        });
    }
    failures
}

/// A place of a step; that of its name where there is no such one.
fn place(step: &CheckStep, index: usize) -> Span {
    let at = if index < step.places.len() { index } else { 0 };
    step.places[at]
}

/// The message of failed checks, with the lines that expect what is not so.
fn failure(
    mut text: String,
    failed: &[(&CheckStep, Vec<Failure>)],
    plan: &Plan,
    sources: &Sources,
) -> FrontendError {
    let all = failed.iter();
    let all = all.flat_map(|(step, failures)| failures.iter().map(move |one| (step, one)));
    let mut places = Vec::new();
    for (step, failure) in all {
        let place = written(failure.place, plan, sources);
        let source = sources.get(place.source);
        let at = source.position(place.start);
        let _ = write!(
            text,
            "\n{}:{}:{}: {}: {}",
            source.name,
            at.line,
            at.column,
            step.name,
            failure.lines.join("\n  ")
        );
        places.push(place);
    }
    findings::with_lines(FrontendError::new(text), &places, sources)
}
