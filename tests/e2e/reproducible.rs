//! The same image whenever it is built: `SOURCE_DATE_EPOCH`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::engine::{Build, Door, Engine, unique};
use crate::layout::{Layout, text};
use crate::other_engine::{CONTAINERD, OtherEngine};
use crate::turn::Alone;

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

/// The same build twice: where every cache mount is empty, and then where each has
/// what the first one left. The steps run in both.
fn with_empty_and_full_caches<T>(build: impl Fn(&str) -> T) -> [T; 2] {
    let namespace = format!("{:x}", unique());
    [(); 2].map(|()| build(&format!("--build-arg=BUILDKIT_CACHE_MOUNT_NS={namespace}")))
}

#[test]
#[ignore = "needs an engine that keeps images in containerd"]
fn an_image_is_the_same_whatever_a_builder_has_in_its_cache_mounts() {
    let Some([containerd]) = OtherEngine::all([CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let spec = engine.spec("packages: {apt: [tree], pip: [humanize]}\n");
    let [empty, full] = with_empty_and_full_caches(|namespace| {
        let build = build(&engine, &spec, "1700000000").arg("--no-cache");
        let export = containerd.export(build.arg(namespace), ",rewrite-timestamp=true");
        layers(&export.1)
    });
    assert!(empty.len() > 4, "{empty:?}");
    assert_eq!(empty, full, "the layers differ");
}

#[test]
fn wheels_are_the_same_whatever_a_builder_has_in_its_cache_mounts() {
    let engine = Engine::of_environment();
    let spec = engine.spec_of_context("target: wheels\n");
    let [empty, full] = with_empty_and_full_caches(|namespace| {
        let out = tempfile::tempdir().expect("a folder");
        let output = format!("--output=type=local,dest={}", out.path().display());
        build(&engine, &spec, "1700000000")
            .workspace()
            .arg("--no-cache")
            .arg(namespace)
            .arg(&output)
            .run()
            .succeeds()
            .shows("compile the Rust wheel");
        files(out.path())
    });
    assert_eq!(empty.len(), 2);
    assert!(empty.keys().eq(full.keys()), "wheels have other names");
    for (name, bytes) in &empty {
        assert!(*bytes == full[name], "{name:?} has other bytes");
    }
}

/// What is in a folder, by names.
fn files(folder: &Path) -> BTreeMap<OsString, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a folder");
    let entries = entries.map(|entry| entry.expect("an entry"));
    let named = entries.map(|entry| (entry.file_name(), fs::read(entry.path()).expect("a file")));
    named.collect()
}

#[test]
fn another_time_is_another_image_out_of_the_same_steps() {
    let _alone = Alone::wait();
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
