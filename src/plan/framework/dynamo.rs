//! Dynamo without an engine.
//!
//! Order is by change rate: what the spec adds comes after what the catalog
//! brings, and trees that no step needs are linked last.

use super::{commit, dynamo, extras, programs, trees};
use crate::check::Resolved;
use crate::plan::action::EnvChange;
use crate::plan::builder::Builder;
use crate::plan::component::account::{self, DYNAMO_HOME, home};
use crate::plan::component::python::{self, VENV};
use crate::plan::component::{apt, efa, native};
use crate::plan::{Base, Stage};

/// The stage `runtime`, on the base image.
pub(super) fn runtime(builder: &mut Builder<'_>) -> Stage {
    let resolved = builder.resolved;
    let base = &resolved.images.runtime;
    let mut steps = Vec::new();
    steps.extend(apt::install(
        resolved,
        base,
        "install system packages",
        &resolved.packages.runtime,
    ));
    steps.extend(account::steps(resolved));
    steps.extend(efa::install(resolved));
    steps.push(python::environment(resolved));
    steps.extend(dynamo(builder));
    steps.extend(extras(resolved, base));
    steps.extend(trees(builder));
    Stage {
        name: "runtime".to_owned(),
        base: Base::of(base),
        steps,
    }
}

/// The variables of its images.
pub(super) fn env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let path = [format!("{VENV}/bin")]
        .into_iter()
        .chain(programs(resolved))
        .collect();
    let mut env = vec![
        EnvChange::set("DYNAMO_HOME", DYNAMO_HOME),
        EnvChange::set("VIRTUAL_ENV", VENV),
        ("PATH".to_owned(), EnvChange::Prepend(path)),
        EnvChange::set("PYTHON_VERSION", &resolved.python.value),
        EnvChange::set("HOME", home(resolved)),
    ];
    env.extend(native::env(resolved));
    env.extend(EnvChange::libraries(native::libraries(resolved)));
    env.extend(commit(resolved));
    env
}
