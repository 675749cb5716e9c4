//! A cache in a registry, from one builder to another.

use crate::built::Built;
use crate::engine::{Door, Engine, unique};
use crate::other_engine::{CONTAINERD, OtherEngine};

/// A base that no cache knows anything of.
pub(crate) fn unknown_base(engine: &Engine) -> String {
    let base = Engine::pushed(&format!("base-{}", unique()));
    Engine::dockerfile(&format!("FROM {}\nCOPY once /\n", engine.base()))
        .file("once", unique().to_string())
        .arg("--provenance=false")
        .arg(&format!("--tag={base}"))
        .arg("--push")
        .run()
        .succeeds();
    base
}

#[test]
fn case_31_a_cache_that_is_not_there_is_no_reason_to_fail() {
    let engine = Engine::of_environment();
    let missing = Engine::pushed(&format!("no-cache-{}", unique()));
    engine
        .build(engine.spec(""), Door::SyntaxLine)
        .arg(&format!("--cache-from=type=registry,ref={missing}"))
        .run()
        .succeeds()
        .shows(&format!("importing cache manifest from {missing}"));
}

#[test]
#[ignore = "needs other engines: `cargo xtask e2e --all`"]
fn case_31_a_builder_that_has_nothing_takes_its_steps_from_the_cache_in_a_registry() {
    let Some([containerd]) = OtherEngine::all([CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    // On a base that nothing else stands on no step can be in an older cache.
    let base = unknown_base(&engine);
    let spec = engine.spec_on(&base, "");
    let cache = Engine::pushed("cache");
    // Docker's own image store takes a cache and gives none.
    let built = containerd
        .own(engine.plain_build(&spec))
        .arg(&format!("--cache-to=type=registry,ref={cache},mode=max"))
        .run()
        .succeeds();
    let steps = own_steps(&built);
    assert!(
        steps.iter().all(|(_, end)| end != "CACHED"),
        "{steps:?}\n{}",
        built.progress
    );
    let again = engine
        .plain_build(&spec)
        .arg(&format!("--cache-from=type=registry,ref={cache}"))
        .run()
        .succeeds();
    let cached: Vec<(String, String)> = steps
        .into_iter()
        .map(|(name, _)| (name, "CACHED".to_owned()))
        .collect();
    assert_eq!(own_steps(&again), cached, "{}", again.progress);
}

/// The steps that stand on the base, in order. What is laid over them does not, and
/// is merged by one engine and copied by the other.
fn own_steps(built: &Built) -> Vec<(String, String)> {
    let mut steps = built.steps();
    steps.retain(|(name, _)| !name.contains("] add uv "));
    steps.sort();
    assert!(steps.len() > 4, "{}", built.progress);
    steps
}
