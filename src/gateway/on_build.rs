//! Instructions that an image has for builds on it, `ONBUILD` in a Dockerfile.
//!
//! They are of another language than a spec, so none is run; and being for the next
//! image alone, they are not passed on either. Owns that the user hears of it.

use buildkit_llb::Range;

use super::bridge::Warning;
use super::images::Found;
use super::named_contexts::Named;
use crate::diagnostic::{Code, Span};
use crate::emit::{PLATFORM_MARK, source_file, written};
use crate::image::ImageConfig;
use crate::pipeline::Outcome;
use crate::plan::{Base, Plan};

/// The rule of these warnings.
pub(super) const RULE: Code = Code::IgnoredInstructions;
/// What to do about them.
const HELP: &str =
    "build an image on it that has done what they do, and name that one under `images`";

/// A warning for each image with instructions that a stage stands on, at the line
/// that asks for it. The same image for two platforms is one.
pub(super) fn warnings(
    outcome: &Outcome,
    named: &Named,
    images: &[Found],
    loaded_by: &str,
) -> Vec<Warning> {
    let mut warnings: Vec<Warning> = Vec::new();
    for (plan, found) in outcome.plans.iter().zip(images) {
        for (name, place, config) in bases(plan, named, found) {
            let instructions = &config.config.on_build;
            if instructions.is_empty() {
                continue;
            }
            let place = written(place, plan, &outcome.sources);
            let (first, last) = outcome.sources.lines(place);
            let warning = Warning {
                digest: loaded_by.to_owned(),
                level: 1,
                short: format!(
                    "{RULE}: the instructions that `{name}` has for builds on it are not run \
                     (line {first})"
                ),
                detail: vec![
                    format!("ONBUILD {}", instructions.join("; ")),
                    HELP.to_owned(),
                ],
                url: RULE.url().to_owned(),
                info: Some(source_file(outcome.sources.get(place.source)).to_pb()),
                ranges: vec![Range::lines(first, last).to_pb()],
            };
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
    }
    warnings
}

/// What the stages of a plan stand on, by name, with the place that asks for it.
fn bases<'a>(
    plan: &'a Plan,
    named: &'a Named,
    found: &'a Found,
) -> impl Iterator<Item = (String, Span, &'a ImageConfig)> {
    let platform = plan.architecture.platform();
    plan.stages
        .iter()
        .filter_map(move |stage| match &stage.base {
            Base::Image(image) => {
                let mut known = plan.images().into_iter().zip(found);
                let (_, known) = known.find(|(one, _)| one.reference == image.reference)?;
                Some((image.reference.familiar(), image.place, &known.config))
            }
            Base::NamedContext(context) => {
                let key = format!("{}{PLATFORM_MARK}{platform}", context.name);
                let config = &named.configs.get(&key)?.config;
                Some((context.name.clone(), context.place, config))
            }
            Base::Stage(_) | Base::Scratch => None,
        })
}
