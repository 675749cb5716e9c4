//! What the Dynamo repository requires of an image with an engine.

use super::account::owner;
use super::{python, repository};
use crate::check::Resolved;
use crate::plan::Step;
use crate::plan::action::{Action, ContextTree, Mount, Tree};

/// Where the package of the benchmarks is bound.
const PACKAGES: &str = "/run/packages";

/// Installs the repository's requirement files and its benchmarks, all at once so
/// that none moves what another asked for. Nothing without a repository.
pub(in crate::plan) fn install(resolved: &Resolved) -> Option<Step> {
    if !repository::exists(resolved) {
        return None;
    }
    let benchmarks = &resolved.repository.benchmarks;
    let package = format!("{PACKAGES}/{benchmarks}");
    let files = &resolved.repository.requirements;
    let mut step = python::repository_requirements(resolved, files, &[package]);
    let sources = ContextTree {
        owner: Some(owner(resolved)),
        ..repository::paths(resolved, std::slice::from_ref(benchmarks))
    };
    if let Action::Run(run) = &mut step.action {
        run.mounts.push(Mount::Bind {
            tree: Tree::Context(sources),
            source: "/".to_owned(),
            target: PACKAGES.to_owned(),
            // Builds write beside the sources.
            scratch: true,
        });
    }
    Some(Step {
        title: format!("{} and {benchmarks}", step.title),
        ..step
    })
}
