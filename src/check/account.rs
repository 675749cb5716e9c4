//! The account of the image against what the image is for.

use super::effects;
use super::resolved::Resolved;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Sources, Span};
use crate::spec::{Spec, Target};

/// Arguments that carried the ids of a developer.
const OF_A_DEVELOPER: [(&str, &str); 2] = [("user.uid", "USER_UID"), ("user.gid", "USER_GID")];

/// Warns when the ids of whoever builds become those of an image for everybody.
/// The keys themselves are no accident; the old arguments are in many scripts.
pub(super) fn report(
    spec: &Spec,
    resolved: &Resolved,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) {
    let target = resolved.target.value;
    if target == Target::LocalDev || !effects::counts("user", resolved, &spec.given) {
        return;
    }
    let is_argument = |(key, argument): &(&str, &'static str)| {
        let place = spec.given.place(key)?;
        (sources.text(place) == *argument).then_some((*argument, place))
    };
    let given: Vec<(&str, Span)> = OF_A_DEVELOPER.iter().filter_map(is_argument).collect();
    let Some(((argument, place), others)) = given.split_first() else {
        return;
    };
    let message = format!("`{argument}` changes the account of the target `{target}`");
    let mut warning = Diagnostic::warning(Code::UidWithoutLocalDev, *place, message)
        .note("it is meant for `local-dev`");
    for (_, other) in others {
        warning = warning.label(*other, "and so does this");
    }
    diagnostics.push(
        warning
            .help("add `--target local-dev`, or remove it")
            .help("where other ids are wanted, say so by `user.uid` and `user.gid`"),
    );
}
