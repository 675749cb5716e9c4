//! The same image whenever it is built: `SOURCE_DATE_EPOCH`.

use serde_json::Value;

use crate::engine::{Build, Door, Engine, unique};
use crate::layout::{Layout, text};
use crate::other_engine::{CONTAINERD, OtherEngine};

/// A build with this time.
fn build(engine: &Engine, spec: &str, time: &str) -> Build {
    engine
        .build(spec, Door::SyntaxLine)
        .arg(&format!("--build-arg=SOURCE_DATE_EPOCH={time}"))
        .arg("--provenance=false")
}

/// The digests of the layers.
fn layers(layout: &Layout) -> Vec<String> {
    let manifest = layout.manifest();
    let layers = manifest["layers"].as_array().expect("layers").iter();
    layers.map(|layer| text(&layer["digest"])).collect()
}

#[test]
#[ignore = "needs an engine that keeps images in containerd"]
fn case_43_two_builds_at_different_times_give_one_digest() {
    let Some([containerd]) = OtherEngine::all([CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    // A package with logs of its installation, an account, wheels.
    let spec = engine.spec("packages: {apt: [tree]}\n");
    let export = |time: &str| {
        let build = build(&engine, &spec, time).arg("--no-cache");
        containerd.export(build, ",rewrite-timestamp=true")
    };
    let (_, first) = export("1700000000");
    let (_, second) = export("1700000000");
    assert_eq!(layers(&first), layers(&second), "the layers differ");
    assert_eq!(first.digest, second.digest);
    let config = first.document(&text(&first.manifest()["config"]["digest"]));
    assert_eq!(config["created"], "2023-11-14T22:13:20Z");
    let history = config["history"].as_array().expect("a history").iter();
    let own = history.filter(|entry| entry["comment"] == "dynamo-frontend");
    let times: Vec<&Value> = own.map(|entry| &entry["created"]).collect();
    assert!(times.len() > 4);
    assert!(times.iter().all(|time| **time == "2023-11-14T22:13:20Z"));
}

#[test]
fn another_time_is_another_image_out_of_the_same_steps() {
    let engine = Engine::of_environment();
    let spec = engine.spec(&format!("labels: {{run: \"{}\"}}\n", unique()));
    let build = |time: &str| build(&engine, &spec, time).run().succeeds();
    build("1700000000");
    let again = build("1700000001");
    let steps = again.steps();
    assert!(steps.len() > 4, "steps are shown: {steps:?}");
    for (name, end) in steps {
        assert_eq!(end, "CACHED", "`{name}` ran again:\n{}", again.progress);
    }
}

#[test]
fn case_44_what_is_no_time_fails_the_build_with_the_arguments_name() {
    let engine = Engine::of_environment();
    let failed = build(&engine, &engine.spec(""), "yesterday").run().fails();
    assert!(
        failed.progress.contains("SOURCE_DATE_EPOCH"),
        "{}",
        failed.progress
    );
}
