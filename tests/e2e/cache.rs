//! A cache in a registry, from one builder to another.

use crate::engine::{Built, Door, Engine, unique};
use crate::other_engine::{CONTAINERD, OtherEngine};

#[track_caller]
fn assert_cached(built: &Built, but: Option<&str>) {
    let steps = built.steps();
    assert!(!steps.is_empty(), "{}", built.progress);
    for (name, end) in steps {
        let exempt = but.is_some_and(|but| name.contains(but));
        let progress = &built.progress;
        assert!(exempt || end == "CACHED", "`{name}` ran:\n{progress}");
    }
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
fn case_31_a_builder_that_has_nothing_takes_every_step_from_the_cache_of_a_registry() {
    let Some([containerd]) = OtherEngine::all([CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let reference = Engine::pushed("cache");
    // An account that nothing else uses keeps the steps out of older caches.
    let uid = 100_000 + unique() % 1_000_000_000;
    let spec = engine.spec(&format!("user: {{name: cached, uid: {uid}}}\n"));
    let import = format!("--cache-from=type=registry,ref={reference}");
    // Docker's own image store takes a cache and gives none.
    let export = format!("--cache-to=type=registry,ref={reference},mode=max");
    let build = containerd.own(engine.plain_build(&spec));
    build.arg(&export).run().succeeds();
    containerd.docker(&["buildx", "prune", "--all", "--force"]);
    let build = containerd.own(engine.plain_build(&spec));
    assert_cached(&build.arg(&import).run().succeeds(), None);
    // The main engine copies where the other merges.
    let build = engine.plain_build(&spec);
    assert_cached(&build.arg(&import).run().succeeds(), Some("add uv"));
}
