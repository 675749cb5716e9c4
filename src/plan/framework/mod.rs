//! One file per framework: its stages `framework` and `runtime`, and what its
//! images set.

mod dynamo;

use super::action::EnvChange;
use super::builder::Builder;
use super::component::{download, native, python, uv, wheels};
use super::{Stage, Step};
use crate::check::{Engine, Resolved};

/// The stage `runtime`.
pub(super) fn runtime(builder: &mut Builder<'_>) -> Stage {
    match builder.resolved.engine {
        Engine::Dynamo | Engine::Vllm(_) | Engine::Sglang(_) | Engine::Trtllm(_) => {
            dynamo::runtime(builder)
        }
    }
}

/// The variables of `runtime`.
pub(super) fn env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let mut env = match resolved.engine {
        Engine::Dynamo | Engine::Vllm(_) | Engine::Sglang(_) | Engine::Trtllm(_) => {
            dynamo::env(resolved)
        }
    };
    let commit = resolved.commit.as_ref();
    env.extend(commit.map(|commit| EnvChange::set("DYNAMO_COMMIT_SHA", &commit.value)));
    env
}

/// Dynamo itself: release wheels of an index, and wheels that were built.
/// `also` are requirements that hold at the same time.
fn dynamo_wheels(builder: &mut Builder<'_>, also: &[String]) -> Vec<Step> {
    let built = wheels::all(builder);
    let resolved = builder.resolved;
    let mut steps = Vec::new();
    steps.extend(python::release(resolved));
    if !built.is_empty() {
        steps.push(python::built(resolved, &built, also));
    }
    steps
}

/// What every runtime ends with, in trees that no step needs and that need no
/// step: a new NATS runs nothing again.
fn trees(builder: &mut Builder<'_>) -> Vec<Step> {
    let mut steps = native::links(builder);
    let resolved = builder.resolved;
    steps.push(uv::link(resolved));
    steps.extend(resolved.downloads.iter().map(download::link));
    steps
}

/// Folders of programs that releases brought, for `PATH`.
fn programs(resolved: &Resolved) -> impl Iterator<Item = String> {
    resolved
        .downloads
        .iter()
        .filter_map(|download| download.path.clone())
}
