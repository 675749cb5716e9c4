//! The plan as a picture: what `graph` draws of examples, in every language.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::case::{Case, MINIMAL};

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");

fn drawn(example: &str, more: &[&str]) -> String {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let output = Command::new(BINARY)
        .args(["graph", "--platform", "linux/amd64"])
        .args(more)
        .current_dir(examples.join(example))
        .output()
        .expect("runs");
    assert!(output.status.success(), "{example}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_small_image_is_drawn_like_this() {
    insta::assert_snapshot!("hello-mermaid", drawn("hello", &[]));
    insta::assert_snapshot!("hello-dot", drawn("hello", &["--format", "dot"]));
    insta::assert_snapshot!("hello-json", drawn("hello", &["--format", "json"]));
}

#[test]
fn a_large_image_is_drawn_like_this() {
    let context: &[&str] = &["--target", "local-dev", "--build-arg", "USER_UID=1000"];
    let context = [context, &["--build-arg", "USER_GID=1000"]].concat();
    insta::assert_snapshot!("vllm-local-dev-mermaid", drawn("vllm", &context));
    let dot = [context, vec!["--format", "dot"]].concat();
    insta::assert_snapshot!("vllm-local-dev-dot", drawn("vllm", &dot));
}

#[test]
fn every_example_is_drawn_and_in_the_same_way_twice() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for entry in fs::read_dir(folder).expect("examples") {
        let entry = entry.expect("an entry");
        let name = entry.file_name();
        let name = name.to_str().expect("a name in UTF-8");
        if !entry.path().join("dynamo.yaml").exists() {
            continue; // What is around a build.
        }
        for format in ["mermaid", "dot", "html", "json"] {
            let first = drawn(name, &["--format", format]);
            assert_eq!(drawn(name, &["--format", format]), first, "{name}");
        }
    }
}

#[test]
fn each_platform_is_a_document_of_its_own() {
    let platforms = &["--platform", "linux/arm64"];
    let both = drawn("hello", platforms);
    let heads = both.lines().filter(|line| *line == "flowchart LR");
    assert_eq!(heads.count(), 2);
    let json = drawn("hello", &[&["--format", "json"], &platforms[..]].concat());
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[0]["platform"], "linux/amd64");
    assert_eq!(json[1]["platform"], "linux/arm64");
}

#[test]
fn a_page_has_all_platforms() {
    let both = ["--platform", "linux/arm64", "--format", "html"];
    let page = drawn("hello", &both);
    assert_eq!(page.matches("<!DOCTYPE html>").count(), 1);
    assert_eq!(page.matches("<article").count(), 2);
    assert!(page.contains(">linux/amd64</a>") && page.contains(">linux/arm64</a>"));
}

#[test]
fn a_client_gets_the_picture_and_the_data_of_it() {
    let ran = Case::spec(MINIMAL)
        .option("requestid", "frontend.graph")
        .run();
    let text = String::from_utf8(ran.result().metadata["result.txt"].clone()).expect("text");
    assert!(text.starts_with("flowchart LR\n"), "{text}");
    let graph = ran.metadata("result.json");
    assert_eq!(graph[0]["platform"], "linux/amd64");
    assert_eq!(graph[0]["stages"][0]["name"], "runtime");
    assert!(!ran.result().metadata.contains_key("result.statuscode"));
    let failed = Case::spec("framewrok: dynamo\n")
        .option("requestid", "frontend.graph")
        .run();
    assert!(failed.error().message.contains("`framewrok`"));
}
