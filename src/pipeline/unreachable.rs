//! The rule about steps that are added to a stage which the target does not need.
//!
//! A pass over plans and not over the spec: only there is it known what a target
//! really needs.

use super::Plan;
use crate::check::{self, Resolved};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Sources};
use crate::spec::{Architecture, ExtendedStage, Spec, Target};

/// Warns of every stage with steps that none of the plans has.
pub(super) fn report(
    spec: &Spec,
    resolved: &Resolved,
    plans: &[Plan],
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) {
    let target = &resolved.target;
    for extension in &resolved.extend {
        let stage = extension.stage.value;
        if plans.iter().any(|plan| plan.extends(stage)) {
            continue;
        }
        let message = format!(
            "the steps for `{stage}` have no effect: the target `{}` does not need this stage",
            target.value
        );
        let warning = Diagnostic::warning(Code::UnreachableExtend, extension.stage.span, message);
        let chosen = match spec.keys.target {
            Some(_) => "the target is chosen here",
            None => "without a `target` it is `runtime`",
        };
        let targets = needing(stage, spec, resolved, sources);
        diagnostics.push(
            warning
                .label(target.span, chosen)
                .help(match targets.as_slice() {
                    [] => {
                        format!("remove them: no target that this spec can build needs `{stage}`")
                    }
                    targets => format!("remove them, or build {}", either(targets)),
                }),
        );
    }
}

/// The targets that the spec could have instead, and that need a stage.
fn needing(
    stage: ExtendedStage,
    spec: &Spec,
    resolved: &Resolved,
    sources: &Sources,
) -> Vec<Target> {
    let others = Target::ALL.iter().copied();
    let mut others: Vec<Target> = others
        .filter(|target| {
            // Only the person who works in it knows the ids that it needs.
            let is_own = target.word() == stage.word();
            let planned = planned(*target, spec, resolved.architecture, sources);
            planned.map_or(is_own && *target == Target::LocalDev, |plan| {
                plan.extends(stage)
            })
        })
        .collect();
    // The one of its own name comes first.
    others.sort_by_key(|target| target.word() != stage.word());
    others
}

/// The plan of the spec with another target, if it can be built.
fn planned(
    target: Target,
    spec: &Spec,
    architecture: Architecture,
    sources: &Sources,
) -> Option<Plan> {
    let mut other = spec.clone();
    let place = other.keys.target.as_ref().map_or(spec.span, |one| one.span);
    other.keys.target = Some(crate::diagnostic::Spanned::new(target, place));
    let (mut sources, mut found) = (sources.clone(), Diagnostics::default());
    let resolved = check::check(&other, architecture, &mut sources, &mut found).ok()??;
    Some(Plan::new(&resolved))
}

/// The targets as a choice.
fn either(targets: &[Target]) -> String {
    let words: Vec<String> = targets.iter().map(|one| format!("`{one}`")).collect();
    match words.as_slice() {
        [first @ .., second, last] => {
            let first: String = first.iter().map(|word| format!("{word}, ")).collect();
            format!("the target {first}{second} or {last}")
        }
        words => format!("the target {}", words.concat()),
    }
}
