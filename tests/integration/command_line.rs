//! The command line: streams, exit codes, and the graph it shares with the
//! gateway.

use std::fs;
use std::process::{Command, Output};

use buildkit_proto::pb;
use prost::Message;

use crate::case::{Case, MINIMAL};

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");

fn run(arguments: &[&str], spec: &str) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
    Command::new(BINARY).args(arguments).current_dir(folder.path()).output().expect("runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn check_exits_by_what_it_found_and_uses_no_colour_in_a_pipe() {
    let clean = run(&["check"], MINIMAL);
    assert_eq!(clean.status.code(), Some(0));
    assert!(clean.stdout.is_empty());
    let found = run(&["check"], "framewrok: dynamo\ndevice: cpuu\n");
    assert_eq!(found.status.code(), Some(1));
    assert!(!text(&found.stdout).contains('\u{1b}'));
    insta::assert_snapshot!(text(&found.stdout));
    let usage = run(&["check", "--platform", "windows/amd64"], MINIMAL);
    assert_eq!(usage.status.code(), Some(2));
    let missing = run(&["check", "-f", "none.yaml"], MINIMAL);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("`none.yaml`"));
}

#[test]
fn check_as_json_has_every_finding_with_its_place() {
    let found = run(&["check", "--format", "json"], "framewrok: dynamo\ndevice: cpuu\n");
    let json: serde_json::Value = serde_json::from_slice(&found.stdout).expect("JSON");
    assert_eq!(json[0]["code"], "UnknownKey");
    assert_eq!(json[1]["primary"]["start"], serde_json::json!({"line": 2, "column": 9}));
}

#[test]
fn plan_is_text_for_people_and_json_for_programs() {
    let plan = run(&["plan", "--platform", "linux/arm64"], MINIMAL);
    assert!(plan.status.success());
    assert!(text(&plan.stdout).starts_with("catalog 2026-02, linux/arm64\n"));
    let json = run(&["plan", "--format", "json", "--build-arg", "toolchain.python=3.11"], MINIMAL);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json[0]["stages"][1]["name"], "runtime");
    let python = &json[0]["stages"][1]["steps"][0];
    assert_eq!(python["places"][0], "command line:1");
    let failed = run(&["plan"], "device: cpuu\n");
    assert_eq!(failed.status.code(), Some(1));
    assert!(failed.stdout.is_empty() && text(&failed.stderr).contains("`cpuu`"));
}

#[test]
fn llb_is_the_graph_that_the_gateway_solves_for_the_same_images() {
    let ran = Case::spec(MINIMAL).run();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let images = folder.path().join("metadata.json");
    let metadata = serde_json::json!({
        "frontend.dynamo.images": ran.metadata("frontend.dynamo.images").to_string(),
    });
    fs::write(&images, metadata.to_string()).expect("a written file");
    let images = images.to_str().expect("a path in UTF-8");
    let arguments = ["llb", "--platform", "linux/amd64", "--images", images];
    let written = run(&arguments, MINIMAL);
    assert!(written.status.success(), "{}", text(&written.stderr));
    let written = pb::Definition::decode(written.stdout.as_slice()).expect("a definition");
    let solved = ran.graph();
    assert_eq!(written.def, solved.def, "the same operations, and so the same digests");
    assert_eq!(written.metadata, solved.metadata);
    assert_eq!(written.source, solved.source);
}
