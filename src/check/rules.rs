//! Rules that a value alone cannot break.

use std::collections::{BTreeMap, BTreeSet};

use super::combination::Choice;
use super::inside;
use super::source::Git;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::spec::{Component, Feature, Keys, Target};

/// `local-dev` without the ids of the person who works in it.
pub(super) fn missing_ids(target: Span, diagnostics: &mut Diagnostics) {
    let message = "`local-dev` needs the uid and gid of the user who works in it";
    diagnostics.push(Diagnostic::error(Code::MissingValue, target, message).help(
        "add `--build-arg user.uid=$(id -u) --build-arg user.gid=$(id -g)`, \
             or set `user.uid` and `user.gid`",
    ));
}

/// A healthcheck as Compose has it: its first word says how the others are meant, and
/// in a spec it would be the program.
pub(super) fn healthcheck(keys: &Keys, diagnostics: &mut Diagnostics) {
    let test = inside(&keys.healthcheck, |health| &health.test);
    let Some(first) = test.and_then(|test| test.value.first()) else {
        return;
    };
    let word = first.value.as_str();
    let help = match word {
        "CMD" => "remove it: the program comes first",
        "CMD-SHELL" => "write `sh`, `-c` in its place",
        "NONE" => "remove the key `healthcheck`",
        _ => return,
    };
    let message = format!("`{word}` is a word of Compose, and here it would be the program");
    let wrong = Diagnostic::error(Code::InvalidValue, first.span, message);
    diagnostics.push(wrong.help(help));
}

/// An account that is root by name or by id: images run as another one, and
/// root's own cannot be made anew.
pub(super) fn root_account(choice: &Choice, keys: &Keys, diagnostics: &mut Diagnostics) {
    let name = inside(&keys.user, |user| &user.name).filter(|name| name.value.as_str() == "root");
    let uid = inside(&keys.user, |user| &user.uid).filter(|uid| uid.value.0 == 0);
    let (name, uid) = (name.map(|name| name.span), uid.map(|uid| uid.span));
    let Some(place) = name.or(uid) else { return };
    let message = "the account of the image cannot be root";
    let mut root = Diagnostic::error(Code::RootUser, place, message);
    if let (Some(_), Some(uid)) = (name, uid) {
        root = root.label(uid, "the id of root");
    }
    // The one target that wants ids: they are those of whoever builds it.
    let target = choice.target.as_ref().map(|target| target.value);
    diagnostics.push(root.help(match target {
        Some(Target::LocalDev) => {
            "build the target `dev`, whose user is root, or give the ids of an account that is not root"
        }
        _ => "leave `user` out, and start the container with `docker run --user root`",
    }));
}

/// `frontend` without sources that its endpoint picker could be built from, and
/// without an image that has it.
pub(super) fn endpoint_picker(choice: &Choice, keys: &Keys, diagnostics: &mut Diagnostics) {
    let (Some(target), Some(source)) = (&choice.target, &choice.source) else {
        return;
    };
    let unread = keys.unread.contains(&"images")
        || keys
            .images
            .as_ref()
            .is_some_and(|images| images.value.unread.contains(&"epp"));
    let given = inside(&keys.images, |images| &images.epp).is_some();
    if target.value != Target::Frontend || source.value != "index" || given || unread {
        return;
    }
    let message = "`frontend` needs an image of the endpoint picker: an index has no sources to build it from";
    diagnostics.push(
        Diagnostic::error(Code::MissingValue, target.span, message)
            .help("set `images.epp`, or take Dynamo from `context` or `git`"),
    );
}

/// A feature that needs a component which is left out.
pub(super) fn feature_needs(
    features: &BTreeSet<Feature>,
    components: &BTreeMap<Component, Git>,
    default: Option<Span>,
    chosen_at: Span,
    keys: &Keys,
    diagnostics: &mut Diagnostics,
) {
    // The block manager moves its blocks with NIXL.
    if !features.contains(&Feature::Kvbm) || components.contains_key(&Component::Nixl) {
        return;
    }
    let off = inside(&keys.components, |components| &components.nixl).map(|given| given.span);
    let on = inside(&keys.features, |features| &features.kvbm).map(|given| given.span);
    let mut missing = Diagnostic::error(
        Code::MissingComponent,
        off.or(on).unwrap_or(chosen_at),
        "the feature `kvbm` needs the component `nixl`, which is left out",
    );
    missing = match (off, on, default) {
        (Some(_), Some(on), _) => missing.label(on, "the feature is asked for here"),
        (Some(_), None, Some(default)) => missing.label(default, "the image has it by default"),
        _ => missing,
    };
    diagnostics.push(missing.help(match off {
        Some(_) => {
            "leave the feature out too with `features: {kvbm: false}`, or remove `nixl: false`"
        }
        None => "add `components: {nixl: true}`",
    }));
}
