//! Source policies of the client: what they rewrite is followed, what they deny
//! is shown at its line.

use crate::engine::{Build, Door, Engine};

/// A build under a policy with one rule.
fn under(build: Build, rule: &serde_json::Value) -> Build {
    let policy = serde_json::json!({"rules": [rule]}).to_string();
    let build = build.file("policy.json", policy);
    let file = build.folder().join("policy.json").display().to_string();
    build.variable("EXPERIMENTAL_BUILDKIT_SOURCE_POLICY", &file)
}

#[test]
fn case_109_an_image_that_a_policy_rewrites_is_built_on() {
    let engine = Engine::of_environment();
    let base = engine.base();
    let rule = serde_json::json!({
        "action": "CONVERT",
        "selector": {"identifier": "docker-image://registry.invalid/base:1"},
        "updates": {"identifier": format!("docker-image://{base}")},
    });
    let spec = engine.spec_on("registry.invalid/base:1", "");
    let build = engine.build(spec, Door::SyntaxLine);
    under(build, &rule)
        .run()
        .succeeds()
        .shows(&format!("[internal] image {base}"));
}

#[test]
fn case_109_an_image_that_a_policy_denies_is_shown_at_its_line() {
    let engine = Engine::of_environment();
    let rule = serde_json::json!({
        "action": "DENY",
        "selector": {"identifier": format!("docker-image://{}*", engine.base())},
    });
    let build = engine.build(engine.spec(""), Door::SyntaxLine);
    under(build, &rule)
        .run()
        .fails()
        .shows(">>> images: {base:")
        .shows("denied by policy");
}
