//! Rules that a value alone cannot break.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};

/// `local-dev` without the ids of the person who works in it.
pub(super) fn missing_ids(target: Span, diagnostics: &mut Diagnostics) {
    let message = "`local-dev` needs the uid and gid of the user who works in it";
    diagnostics.push(Diagnostic::error(Code::MissingValue, target, message).help(
        "add `--build-arg user.uid=$(id -u) --build-arg user.gid=$(id -g)`, \
             or set `user.uid` and `user.gid`",
    ));
}
