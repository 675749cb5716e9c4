//! What the engine remembers of builds.

use std::process::Command;

use crate::engine::{Door, Engine, docker, text, unique};

/// How many of the last failures may be of other tests.
const RECENT: usize = 40;

#[test]
fn case_88_the_history_of_builds_keeps_the_lines_of_a_failure() {
    let engine = Engine::of_environment();
    let package = format!("no-such-package-{:x}", unique());
    let spec = engine.spec(&format!("packages:\n  apt:\n    - {package}\n"));
    let snippet = format!("10 | >>>     - {package}");
    engine
        .build(&spec, Door::BuildArg)
        .run()
        .fails()
        .shows(&snippet);
    let records = docker(&["buildx", "history", "ls", "--format=json"]);
    let record = |line: &str| -> serde_json::Value { serde_json::from_str(line).expect("JSON") };
    let failures = records.lines().map(record);
    let failures = failures.filter(|record| record["status"] == "Error");
    let kept = failures.take(RECENT).any(|record| {
        let reference = record["ref"].as_str().expect("a reference");
        let id = reference.rsplit('/').next().expect("an id");
        // One of another test may be forgotten meanwhile.
        let inspect = ["buildx", "history", "inspect", id];
        let output = Command::new("docker").args(inspect).output();
        text(&output.expect("docker runs")).contains(&snippet)
    });
    assert!(kept, "no record shows `{snippet}`");
}
