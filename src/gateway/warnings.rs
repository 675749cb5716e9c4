//! Warnings on their way to the user of a build.
//!
//! Owns that only those go out which the user wants to hear of, each once, and
//! that they end the build where the user wants that. What a warning says is
//! `findings`'s, `dropped`'s and `no_cache`'s.

use std::collections::BTreeSet;

use super::bridge::{Bridge, Warning};
use super::error::FrontendError;
use super::findings;
use super::spec_source::LoadedSpec;
use crate::diagnostic::Code;
use crate::pipeline::{LintConfig, Outcome};

/// Shows what was found in the spec, and fails if that is to end the build.
pub(super) async fn show_findings<B: Bridge>(
    bridge: &B,
    outcome: &Outcome,
    loaded: &LoadedSpec,
) -> Result<(), FrontendError> {
    let found = outcome.diagnostics.warnings();
    let warning = |one| findings::warning(one, &outcome.sources, &loaded.digest);
    for warning in found.into_iter().map(warning) {
        show_one(bridge, warning).await;
    }
    findings::violation(outcome).map_or(Ok(()), Err)
}

/// Shows warnings of these rules, and fails if they are to end the build.
pub(super) async fn show<B: Bridge>(
    bridge: &B,
    lint: &LintConfig,
    warnings: impl IntoIterator<Item = (Code, Warning)>,
) -> Result<(), FrontendError> {
    let mut rules = BTreeSet::new();
    for (rule, warning) in warnings {
        if lint.shows(rule) {
            show_one(bridge, warning).await;
            rules.insert(rule);
        }
    }
    let violation = lint.violation(rules).map(FrontendError::new);
    violation.map_or(Ok(()), Err)
}

/// A warning that cannot be shown is no reason to fail.
async fn show_one<B: Bridge>(bridge: &B, warning: Warning) {
    if let Err(error) = bridge.warn(warning).await {
        eprintln!("dynamo-frontend: a warning was not shown: {error}");
    }
}
