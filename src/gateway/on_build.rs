//! Instructions that an image has for builds on it, `ONBUILD` in a Dockerfile.
//!
//! They are of another language than a spec, so none is run; and being for the next
//! image alone, they are not passed on either. Owns that the user hears of it.

use std::sync::Arc;

use buildkit_llb::Range;

use super::bridge::Warning;
use super::resolver::ResolvedImage;
use crate::diagnostic::Sources;
use crate::emit::{source_file, written};
use crate::plan::{Base, Plan};

/// What to do about them.
const HELP: &str =
    "build an image on it that has done what they do, and name that one under `images`";

/// A warning for each image with instructions that a stage stands on, at the line
/// that asks for it.
pub(super) fn warnings(
    plan: &Plan,
    found: &[Arc<ResolvedImage>],
    sources: &Sources,
    loaded_by: &str,
) -> Vec<Warning> {
    let is_base = |reference: &str| {
        plan.stages.iter().any(|stage| {
            matches!(&stage.base, Base::Image(image) if image.reference.to_string() == reference)
        })
    };
    let images = plan.images().into_iter().zip(found);
    let images = images.filter(|(image, found)| {
        !found.config.config.on_build.is_empty() && is_base(&image.reference.to_string())
    });
    let warning = |(image, found): (&crate::plan::ImageSource, &Arc<ResolvedImage>)| {
        let place = written(image.place, plan, sources);
        let (first, last) = sources.lines(place);
        let instructions = found.config.config.on_build.join("; ");
        Warning {
            digest: loaded_by.to_owned(),
            level: 1,
            short: format!(
                "the instructions that the image `{}` has for builds on it are not run (line {first})",
                image.reference.familiar()
            ),
            detail: vec![format!("ONBUILD {instructions}"), HELP.to_owned()],
            url: String::new(),
            info: Some(source_file(sources.get(place.source)).to_pb()),
            ranges: vec![Range::lines(first, last).to_pb()],
        }
    };
    images.map(warning).collect()
}
