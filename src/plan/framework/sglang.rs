//! `SGLang`, on the image that its project publishes.
//!
//! Everything is already in the Python of the system, so Dynamo is installed there
//! too, as root. What the image brought is not to be moved by what Dynamo requires:
//! every installation names its release of `SGLang`, and knows the versions that are
//! forced (see [`python::install`] and [`python::step`]).
//!
//! The images of February had the wheel of NIXL and, outside of `dev`, nothing of
//! what it loads; these have it.

use super::{above_engine, commit, programs};
use crate::check::{Resolved, Sglang};
use crate::plan::action::{Action, EnvChange};
use crate::plan::builder::Builder;
use crate::plan::component::account::{self, home};
use crate::plan::component::python::{self, values};
use crate::plan::component::{apt, efa, native, uv};
use crate::plan::script::{self, sglang as scripts};
use crate::plan::{Base, Stage, Step, title};

/// The stage `runtime`, on the upstream image.
pub(super) fn runtime(builder: &mut Builder<'_>, sglang: &Sglang) -> Stage {
    let resolved = builder.resolved;
    let mut steps = vec![prepare(resolved, sglang)];
    steps.extend(account::steps(resolved));
    steps.extend(efa::install(resolved));
    steps.extend(forced(resolved, sglang));
    steps.extend(above_engine(builder));
    Stage {
        name: "runtime".to_owned(),
        base: Base::of(&resolved.images.runtime),
        steps,
    }
}

/// The variables of its images. There is no environment, so none is named.
pub(super) fn env(resolved: &Resolved, sglang: &Sglang) -> Vec<(String, EnvChange)> {
    let path: Vec<String> = programs(resolved).collect();
    let mut env = Vec::new();
    if !path.is_empty() {
        env.push(("PATH".to_owned(), EnvChange::Prepend(path)));
    }
    env.push(EnvChange::set("HOME", home(resolved)));
    env.extend(native::env(resolved));
    env.extend(EnvChange::libraries(native::libraries(resolved)));
    env.extend([
        EnvChange::set("SGLANG_VERSION", &sglang.version.value),
        // A worker ends although requests are under way.
        EnvChange::set("SGLANG_FORCE_SHUTDOWN", "1"),
    ]);
    env.extend(commit(resolved));
    env
}

/// Packages of the system, those that conflict with Dynamo taken away, and the
/// folder under which `SGLang`'s people look for Dynamo: one step, as they change
/// together.
fn prepare(resolved: &Resolved, sglang: &Sglang) -> Step {
    let packages = &resolved.packages;
    let python = sglang.python.requirements("conflicting");
    let names = values(&packages.runtime);
    let args = [uv::program(), "/usr/bin/python3".to_owned()];
    let script = scripts::prepare(args.into_iter().chain(names.iter().cloned()));
    let mut run = apt::run(resolved, &resolved.images.runtime, script);
    run.mounts.push(uv::mount(resolved));
    run.env.extend([
        EnvChange::set(
            "CONFLICTING_DEBIAN",
            values(&packages.conflicting).join(" "),
        ),
        EnvChange::set("CONFLICTING_PYTHON", values(python).join(" ")),
        // What it would keep of the system's Python nobody reads again.
        EnvChange::set("UV_NO_CACHE", "1"),
    ]);
    let gone = [values(&packages.conflicting), values(python)].concat();
    Step {
        title: format!(
            "install {}, remove {}",
            title::list(&names),
            title::list(&gone)
        ),
        component: None,
        places: [&packages.runtime, &packages.conflicting, python]
            .into_iter()
            .flatten()
            .map(|package| package.span)
            .chain([resolved.images.runtime.span])
            .collect(),
        action: Action::Run(run),
    }
}

/// NVIDIA's libraries in versions that `PyTorch`'s own requirements would not allow.
/// First, so that a change of Dynamo does not install them again.
fn forced(resolved: &Resolved, sglang: &Sglang) -> Option<Step> {
    let forced = sglang.python.requirements("forced");
    if forced.is_empty() {
        return None;
    }
    let names = values(forced);
    let args = python::command(resolved)
        .into_iter()
        .chain(["--no-deps", "--reinstall"].map(str::to_owned))
        .chain(names.iter().cloned());
    let step = python::step(
        resolved,
        format!("install {}, whatever PyTorch wants", title::list(&names)),
        forced.iter().map(|one| one.span).collect(),
        script::python::install(args),
        None,
    );
    Some(Step {
        component: Some("sglang".to_owned()),
        ..step
    })
}
