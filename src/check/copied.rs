//! Stages that steps of `extend` copy from: they must be there, and must not wait
//! for the stage that copies.

use std::collections::BTreeSet;

use crate::catalog::Combination;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::spec::{CopySource, Device, Extend, ExtendStep, ExtendedStage, Framework};

/// What decides which stages there are.
#[derive(Clone, Copy)]
pub(super) struct Stages<'a> {
    pub(super) rows: &'a [Combination],
    pub(super) framework: Framework,
    pub(super) device: Device,
    /// The word for where Dynamo comes from.
    pub(super) source: &'static str,
    /// Whether the endpoint picker is taken from an image.
    pub(super) picker_given: bool,
}

impl Stages<'_> {
    /// Whether there is a target that could be built and has the stage.
    fn has(&self, stage: ExtendedStage) -> bool {
        let picker = stage != ExtendedStage::Frontend || self.source != "index";
        let target = stage.target();
        let row = |row: &&Combination| {
            let source = row.sources.iter().any(|source| source == self.source);
            row.device.value == self.device && row.targets.contains(&target) && source
        };
        (picker || self.picker_given) && self.rows.iter().any(|one| row(&one))
    }
}

/// What a stage stands on, among the stages that can be extended.
pub(super) fn stands_on(stage: ExtendedStage) -> &'static [ExtendedStage] {
    match stage {
        ExtendedStage::Dev | ExtendedStage::Test => &[ExtendedStage::Runtime],
        ExtendedStage::LocalDev => &[ExtendedStage::Dev, ExtendedStage::Runtime],
        ExtendedStage::WheelBuilder => &[ExtendedStage::BuildTools],
        _ => &[],
    }
}

/// What a stage may be built with besides.
fn built_with(stage: ExtendedStage) -> &'static [ExtendedStage] {
    match stage {
        ExtendedStage::Runtime => &[ExtendedStage::Framework, ExtendedStage::BuildTools],
        ExtendedStage::Frontend => &[ExtendedStage::BuildTools, ExtendedStage::EppBuilder],
        ExtendedStage::Epp => &[ExtendedStage::EppBuilder],
        _ => &[],
    }
}

/// One copy from a stage.
#[derive(Clone, Copy)]
struct Copy {
    by: ExtendedStage,
    from: ExtendedStage,
    place: Span,
}

/// Reports copies from stages that are not there, or that wait for the copy.
pub(super) fn report(extend: &Extend, stages: &Stages<'_>, diagnostics: &mut Diagnostics) {
    let copies = copies(extend);
    for copy in &copies {
        let Copy { by, from, place } = *copy;
        if !stages.has(from) {
            let message = format!(
                "`{}` on `{}` with Dynamo from `{}` has no stage `{from}`",
                stages.framework, stages.device, stages.source
            );
            diagnostics.push(
                Diagnostic::error(Code::UnknownStage, place, message)
                    .help("take the files from an image: `from: {image: NAME}`"),
            );
        } else if by == from || stands_on(by).contains(&from) {
            let message = if by == from {
                format!("`{by}` cannot copy from itself")
            } else {
                format!("`{by}` stands on `{from}`, and has its files already")
            };
            diagnostics.push(
                Diagnostic::error(Code::ConflictingValues, place, message)
                    .help("to have them in another place, write `run: [cp, -a, FROM, TO]`"),
            );
        } else if waits_for(from, by, &copies) {
            let message = format!("`{by}` cannot copy from `{from}`, which is made with `{by}`");
            diagnostics.push(
                Diagnostic::error(Code::ConflictingValues, place, message)
                    .help("copy from a stage that comes before it, or from an image"),
            );
        }
    }
}

fn copies(extend: &Extend) -> Vec<Copy> {
    let copy = |(by, step): (ExtendedStage, &ExtendStep)| {
        let from = step.copy.as_ref()?.value.0.from.as_ref()?;
        let CopySource::Stage(stage) = &from.value else {
            return None;
        };
        let (from, place) = (stage.value, stage.span);
        Some(Copy { by, from, place })
    };
    extend.steps().filter_map(copy).collect()
}

/// Whether a stage needs another one, directly or through others.
fn waits_for(stage: ExtendedStage, other: ExtendedStage, copies: &[Copy]) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![stage]);
    while let Some(stage) = open.pop() {
        if !seen.insert(stage) {
            continue;
        }
        let own = [stands_on(stage), built_with(stage)].concat();
        let by_it = copies.iter().filter(|copy| copy.by == stage);
        open.extend(own.into_iter().chain(by_it.map(|copy| copy.from)));
    }
    seen.contains(&other)
}
