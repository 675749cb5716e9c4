//! What is said of a step that could not install Python packages.
//!
//! Owns the words. Which step failed is known before; why it did, only its output says,
//! unless a requirement file takes in another that is not there.

use super::bridge::{Bridge, Ref};
use super::error::FrontendError;
use crate::check::Resolved;
use crate::diagnostic::{Diagnostic, Sources, Span};
use crate::emit::written;
use crate::pipeline::requirements::{LIMIT, not_named};
use crate::plan::{Installs, Plan, public_url};

/// The daemon's failure with where packages come from, and what to do when they do not.
pub(super) fn uninstalled(error: FrontendError, resolved: &Resolved) -> FrontendError {
    let index = &resolved.python_index;
    let url = public_url(&index.url.value);
    let first = match &index.url_secret {
        Some(id) => format!("the index in the secret `{}`", id.value),
        None => format!("`{url}`"),
    };
    let more = index.extra.iter();
    let more = more.map(|url| format!("`{}`", public_url(&url.value)));
    let from: Vec<String> = std::iter::once(first).chain(more).collect();
    let from = from.join(" and ");
    let error = error.help(format_args!(
        "Python packages come from {from}; what the step printed says which it could not get"
    ));
    match (&index.netrc_secret, &index.url_secret) {
        (Some(id), _) => error.help(format_args!(
            "check that address, that the secret `{0}` is given by `--secret id={0},src=FILE`, and that \
             it has a line for the host (401, 403)",
            id.value
        )),
        (None, Some(id)) => error.help(format_args!(
            "check that the secret `{0}` is given by `--secret id={0},env=VARIABLE`, and the address in it",
            id.value
        )),
        (None, None) => error.help(
            "where it cannot be reached, name another by `build.python.index`, or a mirror of it under \
             `mirrors`; where it asks who you are (401, 403), name a secret by `build.python.netrc_secret`",
        ),
    }
}

/// The requirement files of a step that take in others which it does not have.
pub(super) async fn not_taken_in<B: Bridge>(
    bridge: &B,
    tree: &Ref,
    installs: &Installs<'_>,
    plan: &Plan,
    sources: &Sources,
) -> Vec<Diagnostic> {
    let paths: &[(&str, Span)] = installs.files.as_ref().map_or(&[], |files| &files.paths);
    let named: Vec<&str> = paths.iter().map(|(path, _)| *path).collect();
    let mut found = Vec::new();
    for (path, place) in paths {
        let Ok(text) = bridge.read_file(tree, path, LIMIT).await else {
            continue;
        };
        let text = String::from_utf8_lossy(&text);
        found.extend(not_named(
            path,
            &text,
            &named,
            written(*place, plan, sources),
        ));
    }
    found
}
