//! One file per framework: its stages `framework` and `runtime`, and what its
//! images set. Here is what several share.

mod dynamo;
mod sglang;
mod trtllm;
mod vllm;

use super::action::EnvChange;
use super::builder::Builder;
use super::component::{
    apt, download, launch_screen, legal, modelexpress, native, python, repository, requirements,
    uv, wheels, workspace,
};
use super::{Stage, Step, extend};
use crate::check::{Engine, Resolved};
use crate::diagnostic::Spanned;
use crate::image::Reference;
use crate::spec::{ExtendedStage, Target};

/// The stage `framework`, of an engine that has one.
pub(super) fn framework(builder: &mut Builder<'_>) -> Stage {
    let resolved = builder.resolved;
    let mut stage = match &resolved.engine {
        Engine::Vllm(engine) => vllm::framework(resolved, engine),
        Engine::Trtllm(engine) => trtllm::framework(builder, engine),
        // The matrix has no row for it.
        Engine::Dynamo | Engine::Sglang(_) => return runtime(builder),
    };
    stage
        .steps
        .extend(extend::steps(builder, ExtendedStage::Framework));
    stage
}

/// The stage `runtime`.
pub(super) fn runtime(builder: &mut Builder<'_>) -> Stage {
    let resolved = builder.resolved;
    let mut stage = match &resolved.engine {
        Engine::Vllm(engine) => vllm::runtime(builder, engine),
        Engine::Sglang(engine) => sglang::runtime(builder, engine),
        Engine::Trtllm(engine) => trtllm::runtime(builder, engine),
        Engine::Dynamo => dynamo::runtime(builder),
    };
    if !goes_on(resolved) {
        let extra = extend::steps(builder, ExtendedStage::Runtime);
        stage.steps.extend(extra);
    }
    stage
}

/// The variables of the image `framework`.
pub(super) fn framework_env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    match resolved.engine {
        Engine::Vllm(_) => vllm::framework_env(resolved),
        Engine::Trtllm(_) => trtllm::framework_env(),
        Engine::Dynamo | Engine::Sglang(_) => Vec::new(),
    }
}

/// The variables of `runtime`.
pub(super) fn env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    match &resolved.engine {
        Engine::Vllm(_) => vllm::env(resolved),
        Engine::Sglang(engine) => sglang::env(resolved, engine),
        Engine::Trtllm(_) => trtllm::env(resolved),
        Engine::Dynamo => dynamo::env(resolved),
    }
}

/// The variable that names the commit, when it is known.
fn commit(resolved: &Resolved) -> Option<(String, EnvChange)> {
    let commit = resolved.commit.as_ref();
    commit.map(|commit| EnvChange::set("DYNAMO_COMMIT_SHA", &commit.value))
}

/// What a runtime has above its engine.
fn above_engine(builder: &mut Builder<'_>) -> Vec<Step> {
    let resolved = builder.resolved;
    let mut steps = shared_python(builder);
    steps.extend(extras(resolved, &resolved.images.runtime));
    steps.extend(trees(builder));
    steps.extend(sources(resolved));
    steps
}

/// The Python packages of every image with an engine: what the repository
/// requires, `ModelExpress`, Dynamo. What changes most often comes last.
fn shared_python(builder: &mut Builder<'_>) -> Vec<Step> {
    let resolved = builder.resolved;
    let mut steps = Vec::new();
    steps.extend(requirements::install(resolved));
    steps.extend(modelexpress::install(resolved));
    steps.extend(dynamo(builder));
    steps
}

/// Dynamo itself, unless the image ends with it.
fn dynamo(builder: &mut Builder<'_>) -> Vec<Step> {
    if goes_on(builder.resolved) {
        return Vec::new();
    }
    all_of_dynamo(builder)
}

/// Dynamo itself: release wheels of an index, and wheels that were built.
pub(super) fn all_of_dynamo(builder: &mut Builder<'_>) -> Vec<Step> {
    let built = wheels::all(builder);
    let resolved = builder.resolved;
    let mut steps = Vec::new();
    steps.extend(python::release(resolved));
    if !built.is_empty() {
        steps.push(python::built(resolved, &built, &[]));
    }
    steps
}

/// What the spec adds to an image that stands on `base`.
pub(super) fn extras(resolved: &Resolved, base: &Spanned<Reference>) -> Vec<Step> {
    let packages = apt::install(resolved, base, "install packages", &resolved.extra_apt);
    packages
        .into_iter()
        .chain(python::extras(resolved))
        .collect()
}

/// Whether other steps come after the runtime's. Dynamo, what the runtime would end
/// with, and what the spec adds to it then come after those ([`ending`]): a step on
/// them would run again whenever a source or an example changes.
fn goes_on(resolved: &Resolved) -> bool {
    matches!(
        resolved.target.value,
        Target::Dev | Target::LocalDev | Target::Test
    )
}

/// What an image that stands on a runtime ends with, instead of the runtime.
pub(super) fn ending(builder: &mut Builder<'_>) -> Vec<Step> {
    let mut steps = all_of_dynamo(builder);
    steps.extend(all_trees(builder));
    let resolved = builder.resolved;
    if !matches!(resolved.engine, Engine::Dynamo) {
        steps.extend(all_sources(resolved));
    }
    steps
}

/// What every runtime ends with, in trees that no step needs and that need no
/// step: a new NATS runs nothing again.
fn trees(builder: &mut Builder<'_>) -> Vec<Step> {
    if goes_on(builder.resolved) {
        return Vec::new();
    }
    all_trees(builder)
}

/// The same for an image that ends with sources of its own.
pub(super) fn all_trees(builder: &mut Builder<'_>) -> Vec<Step> {
    let mut steps = native::links(builder);
    let resolved = builder.resolved;
    steps.push(uv::link(resolved));
    steps.extend(resolved.downloads.iter().map(download::link));
    steps
}

/// What an image with an engine has of the Dynamo repository, in trees likewise.
fn sources(resolved: &Resolved) -> Vec<Step> {
    if goes_on(resolved) {
        return Vec::new();
    }
    all_sources(resolved)
}

fn all_sources(resolved: &Resolved) -> Vec<Step> {
    if !repository::exists(resolved) {
        return Vec::new();
    }
    let paths = &resolved.repository.runtime_workspace;
    vec![
        launch_screen::link(resolved, "runtime.txt"),
        legal::link(resolved),
        workspace::link(resolved, "add the workspace", paths),
    ]
}

/// Folders of programs that releases brought, for `PATH`.
fn programs(resolved: &Resolved) -> impl Iterator<Item = String> {
    resolved
        .downloads
        .iter()
        .filter_map(|download| download.path.clone())
}
