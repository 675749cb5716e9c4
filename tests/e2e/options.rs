//! What options of the client do on a real engine: to its cache, and when one is
//! missing.

use crate::engine::{Built, Door, Engine, docker};

/// Whether the processes of the runtime were taken from the cache.
#[track_caller]
fn are_cached(built: &Built) -> bool {
    let steps = built.steps().into_iter();
    let processes = steps.filter(|(name, _)| name.contains("] install "));
    let ends: Vec<bool> = processes.map(|(_, end)| end == "CACHED").collect();
    assert!(ends.len() > 1, "{}", built.progress);
    let all = ends.iter().all(|cached| *cached);
    assert!(all || !ends.contains(&true), "{}", built.progress);
    all
}

#[test]
fn case_23_34_a_stage_named_in_any_case_runs_again_and_one_with_another_proxy_does_not() {
    let engine = Engine::of_environment();
    let spec = engine.spec("");
    let tag = "e2e-options";
    let build = |argument: &str| {
        let build = engine.build(&spec, Door::SyntaxLine).arg(argument);
        build.arg("--load").arg(&format!("--tag={tag}")).run()
    };
    assert!(!are_cached(&build("--no-cache-filter=RUNTIME").succeeds()));
    let others = build("--no-cache-filter=dev,runtme").succeeds();
    assert!(are_cached(&others));
    others.shows("UnknownStage: no stage has the name `runtme`");

    let proxied = build("--build-arg=http_proxy=http://nowhere.example:1");
    assert!(are_cached(&proxied.succeeds()));
    let image = docker(&["image", "inspect", tag]);
    let history = docker(&["history", "--no-trunc", tag]);
    assert!(!image.contains("nowhere") && !history.contains("nowhere"));
}

#[test]
fn case_135_an_agent_that_is_not_given_is_shown_with_the_line_that_needs_it() {
    let engine = Engine::of_environment();
    let source = "dynamo: {source: {git: {url: \"ssh://git@127.0.0.1/a/b.git\", ref: main}}}\n";
    engine
        .build(engine.spec_of_context(source), Door::SyntaxLine)
        .run()
        .fails()
        .shows("> [internal] git ssh://127.0.0.1/a/b.git#main:")
        .shows("7 | >>> dynamo: {source: {git:")
        .shows("unset ssh forward key default");
}
