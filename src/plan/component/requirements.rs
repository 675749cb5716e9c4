//! What an image with an engine requires besides the engine and Dynamo.

use super::account::owner;
use super::{python, repository};
use crate::check::Resolved;
use crate::plan::action::{Action, ContextTree, Mount, Tree};
use crate::plan::script::python as script;
use crate::plan::{Step, title};

/// Where the package of the benchmarks is bound.
const PACKAGES: &str = "/run/packages";

/// Installs the repository's requirement files, its benchmarks and what the
/// engine's runtime needs, all at once so that none moves what another asked for.
/// Without a repository, the last alone.
pub(in crate::plan) fn install(resolved: &Resolved) -> Option<Step> {
    if !repository::exists(resolved) {
        return of_engine(resolved);
    }
    let benchmarks = &resolved.repository.benchmarks;
    let package = format!("{PACKAGES}/{benchmarks}");
    let files = &resolved.repository.requirements;
    let (mut more, needed) = runtime(resolved);
    more.extend(needed.iter().cloned());
    more.push(package);
    let mut step = python::repository_requirements(resolved, files, &more);
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
    let also = match needed.as_slice() {
        [] => String::new(),
        names => format!(", {}", title::list(names)),
    };
    Some(Step {
        title: format!("{}{also} and {benchmarks}", step.title),
        ..step
    })
}

/// Installs what the engine's runtime needs.
fn of_engine(resolved: &Resolved) -> Option<Step> {
    let needs = resolved.engine.python()?.requirements("runtime");
    let (options, names) = runtime(resolved);
    if names.is_empty() {
        return None;
    }
    let title = format!("install {}", title::list(&names));
    let places = needs.iter().map(|one| one.span).collect();
    let script = script::install(python::install(resolved, [options, names].concat()));
    Some(python::step(resolved, title, places, script, None))
}

/// What the engine's runtime needs, after the options that say where it is.
fn runtime(resolved: &Resolved) -> (Vec<String>, Vec<String>) {
    let Some(python) = resolved.engine.python() else {
        return (Vec::new(), Vec::new());
    };
    let mut options = python::indexes(python.indexes("runtime"));
    if !options.is_empty() {
        options.extend(python::any_index());
    }
    (options, python::values(python.requirements("runtime")))
}
