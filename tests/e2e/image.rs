//! The image as a registry has it.

use crate::engine::{Door, Engine, architecture, docker, unique};
use crate::turn::Alone;

/// What the registry has of an image, as JSON.
fn inspect(reference: &str, template: &str) -> serde_json::Value {
    let arguments = ["buildx", "imagetools", "inspect", reference, "--format"];
    let text = docker(&[&arguments[..], &[template]].concat());
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn case_1_38_a_pushed_image_has_one_manifest_its_platform_and_a_history_of_its_layers() {
    let engine = Engine::of_environment();
    let reference = Engine::pushed("image");
    engine
        .build(engine.spec("labels: {team: inference}\n"), Door::SyntaxLine)
        .arg("--provenance=false")
        .arg(&format!("--tag={reference}"))
        .arg("--push")
        .run()
        .succeeds();
    let manifest = inspect(&reference, "{{json .Manifest}}");
    assert!(manifest["manifests"].is_null(), "no index: {manifest}");
    let image = inspect(&reference, "{{json .Image}}");
    assert_eq!(image["os"], "linux");
    assert_eq!(image["architecture"], architecture());
    assert_eq!(image["config"]["Labels"]["team"], "inference");
    let layers = image["rootfs"]["diff_ids"]
        .as_array()
        .expect("layers")
        .len();
    let history = image["history"].as_array().expect("a history").iter();
    let counted = history.filter(|entry| entry["empty_layer"] != true).count();
    assert_eq!(
        counted, layers,
        "one entry for each layer: {}",
        image["history"]
    );
}

#[test]
fn case_3_a_spec_without_a_directive_is_built_by_the_frontend_of_the_build_argument() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let spec = engine.spec("");
    let (directive, rest) = spec.split_once('\n').expect("lines");
    assert!(directive.starts_with("# syntax="));
    let tags = ["e2e-directive", "e2e-no-directive"];
    for (tag, spec, door) in [
        (tags[0], spec.as_str(), Door::SyntaxLine),
        (tags[1], rest, Door::BuildArg),
    ] {
        engine
            .build(spec, door)
            .arg("--load")
            .arg(&format!("--tag={tag}"))
            .run()
            .succeeds();
    }
    let [with, without] = tags.map(|tag| docker(&["inspect", "--format", "{{.Id}}", tag]));
    assert_eq!(with, without);
}

#[test]
fn case_115_a_tag_that_moves_is_seen_and_a_digest_stays() {
    let engine = Engine::of_environment();
    let reference = Engine::pushed("moving");
    let push = || {
        // A folder, so that no two have the same layers: steps on those may come out of
        // the cache with the other image's name.
        let own = format!("FROM {}\nWORKDIR /run-{}\n", engine.base(), unique());
        Engine::dockerfile(&own)
            .arg("--provenance=false")
            .arg("--push")
            .arg(&format!("--tag={reference}"))
            .run()
            .succeeds();
        // An image that the engine has is not looked up in a registry.
        docker(&["image", "rm", &reference]);
        let digest = inspect(&reference, "{{json .Manifest.Digest}}");
        digest.as_str().expect("a digest").to_owned()
    };
    let build = |base: &str| {
        let spec = engine.spec_on(base, "");
        engine.build(spec, Door::SyntaxLine).run().succeeds()
    };
    let shown = |digest: &str| format!("[internal] image {reference}@{digest}");
    let first = push();
    build(&reference).shows(&shown(&first));
    let second = push();
    build(&reference).shows(&shown(&second)).hides(&first);
    build(&format!("{reference}@{first}"))
        .shows(&shown(&first))
        .hides(&second);
}
