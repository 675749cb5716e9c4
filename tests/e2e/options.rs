//! What options of the client do on a real engine, and what one that is missing
//! does.

use crate::engine::{Door, Engine, docker};
use crate::turn::Alone;

#[test]
fn case_34_another_proxy_runs_nothing_again_and_is_nowhere_in_the_image() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let spec = engine.spec("");
    let tag = "e2e-proxy";
    engine.build(&spec, Door::SyntaxLine).run().succeeds();
    let proxied = engine
        .build(&spec, Door::SyntaxLine)
        .arg("--build-arg=http_proxy=http://nowhere.example:1")
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds();
    let steps = proxied.steps().into_iter();
    let processes = steps.filter(|(name, _)| name.contains("] install "));
    let again: Vec<_> = processes.filter(|(_, end)| end != "CACHED").collect();
    assert!(again.is_empty(), "{again:?} in\n{}", proxied.progress);
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
