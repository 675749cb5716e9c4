//! The rule about how many layers an image has.
//!
//! Every layer is a folder that the kernel lays over the others, and every pull
//! asks for each. A pass over plans: only there are layers counted.

use super::Outcome;
use crate::diagnostic::{Code, Diagnostic, SourceKind, Span};
use crate::plan::LayerLimit;

/// The most layers that an image can have where it is unpacked: the depth at
/// which Docker's storage driver `overlay2` stops.
const LIMIT: usize = 128;
/// What is left for the base image. How many it has only a daemon knows: those of
/// NVIDIA's have up to 40, and those with an engine more.
const OF_BASE: usize = 64;
/// What to do about too many.
const HELP: &str = "do in one step what belongs together: each makes a layer";
/// Layers that a build may add before it is told of them.
const BUDGET: usize = LIMIT - OF_BASE;

/// Warns of plans beyond the budget, and refuses those that no base image leaves
/// room for.
pub(super) fn report(outcome: &mut Outcome) {
    let found = outcome.plans.iter().filter_map(|plan| {
        let is_written = |span: &Span| outcome.sources.kind(*span) != SourceKind::Catalog;
        let layers = plan.layers();
        // The first of the step too many that the user can do something about.
        let beyond = layers.iter().skip(BUDGET).flat_map(|step| &step.places);
        let place = beyond.copied().find(is_written).unwrap_or(plan.chosen_at);
        finding(layers.len(), place)
    });
    let limits = outcome.plans.iter().flat_map(|plan| {
        let layers = plan.layers().len();
        let limits = plan.layer_limits.iter();
        limits.filter_map(move |limit| beyond(limit, layers))
    });
    let found: Vec<Diagnostic> = found.chain(limits).collect();
    outcome.diagnostics.extend(found);
}

/// Refuses an image that has too many layers for a check of the spec, whatever its
/// base has. How many that has is compared when a daemon knows.
fn beyond(limit: &LayerLimit, layers: usize) -> Option<Diagnostic> {
    let LayerLimit { check, most, place } = limit;
    let message = format!(
        "the image gets {layers} layers besides those of its base, and `{check}` allows {most} in all"
    );
    let beyond = || Diagnostic::error(Code::LayerBudget, *place, message).help(HELP);
    (layers > *most as usize).then(beyond)
}

fn finding(layers: usize, place: Span) -> Option<Diagnostic> {
    let one = if layers >= LIMIT {
        let message = format!(
            "the image gets {layers} layers besides those of its base, and {LIMIT} is the most there can be"
        );
        Diagnostic::error(Code::LayerBudget, place, message)
    } else if layers > BUDGET {
        let message = format!("the image gets {layers} layers besides those of its base");
        Diagnostic::warning(Code::LayerBudget, place, message).note(format!(
            "{LIMIT} is the most there can be, and {OF_BASE} are left for the base"
        ))
    } else {
        return None;
    };
    Some(one.help(HELP))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Severity, Sources};

    #[test]
    fn the_budget_warns_and_the_limit_refuses() {
        let source = Sources::default().add(SourceKind::Spec, "dynamo.yaml", "");
        let severity = |layers| {
            let found = finding(layers, Span::new(source, 0, 0))?;
            assert_eq!(found.code, Code::LayerBudget);
            Some(found.severity)
        };
        assert_eq!(severity(BUDGET), None);
        assert_eq!(severity(BUDGET + 1), Some(Severity::Warning));
        assert_eq!(severity(LIMIT - 1), Some(Severity::Warning));
        assert_eq!(severity(LIMIT), Some(Severity::Error));
    }
}
