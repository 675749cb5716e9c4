//! What is said of a repository or file that the daemon could not fetch.
//!
//! Owns the words. What was fetched and which operation failed is known before.

use super::error::FrontendError;
use super::findings;
use crate::check::can_be_left_out;
use crate::emit::{Fetched, written};
use crate::pipeline::Outcome;
use crate::plan::Plan;

/// The daemon's failure with what was wanted, and what to do about it.
pub(super) fn unfetched(
    error: FrontendError,
    fetched: &Fetched,
    plan: &Plan,
    outcome: &Outcome,
) -> FrontendError {
    let Fetched { address, key, .. } = fetched;
    let error = if key.is_empty() {
        error.context(format_args!("failed to fetch `{address}`"))
    } else {
        error.context(format_args!("failed to fetch `{key}` from `{address}`"))
    };
    let cause = if fetched.of_catalog {
        "the catalog names it"
    } else {
        "check its version and address"
    };
    let error = match host(address) {
        Some(host) => error.help(format_args!(
            "{cause}; if the daemon cannot reach `{host}`, name a mirror of it under `mirrors`"
        )),
        None => error.help(format_args!("{cause}, and that the daemon may reach it")),
    };
    let resolved = outcome.resolved.as_ref();
    let error = match key.split_once('.') {
        Some((section, name)) if resolved.is_some_and(|all| can_be_left_out(key, all)) => error
            .help(format_args!(
                "or leave it out with `{section}: {{{name}: false}}`"
            )),
        _ => error,
    };
    let place = written(fetched.place, plan, &outcome.sources);
    findings::located(error, Some(place), &outcome.sources)
}

/// The scheme and host of an address, as a mirror can stand in for them.
fn host(address: &str) -> Option<&str> {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))?;
    let path = rest.find('/').map_or(0, |at| rest.len() - at);
    Some(&address[..address.len() - path])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_stands_in_for_the_host_of_a_web_address() {
        for (address, known) in [
            ("https://github.com/a/b#v1.0", Some("https://github.com")),
            (
                "http://files.local:8080/x.tar.gz",
                Some("http://files.local:8080"),
            ),
            ("https://files.local", Some("https://files.local")),
            ("git@github.com:a/b.git#v1.0", None),
        ] {
            assert_eq!(host(address), known, "{address}");
        }
    }
}
