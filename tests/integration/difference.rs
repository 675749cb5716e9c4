//! `plan --diff`: what a change of a spec costs, as a person and a pull request
//! read it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::case::{Case, MINIMAL, operations};

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");

/// Runs `plan --diff` on two specs, `old.yaml` and `dynamo.yaml`.
fn difference(old: &str, new: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("old.yaml"), old).expect("a written spec");
    fs::write(folder.path().join("dynamo.yaml"), new).expect("a written spec");
    Command::new(BINARY)
        .args(["plan", "--diff", "old.yaml"])
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .expect("runs")
}

/// What is printed for amd64, with nothing to complain about.
#[track_caller]
fn printed(old: &str, new: &str, arguments: &[&str]) -> String {
    let platform = ["--platform", "linux/amd64"];
    let output = difference(old, new, &[&platform, arguments].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said, "");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn example(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("examples").join(name).join("dynamo.yaml");
    fs::read_to_string(file).expect("an example")
}

#[test]
fn a_new_version_of_a_component_names_the_steps_that_run_again_because_of_it() {
    let old = example("vllm");
    let new = old.replace("ucx: {ref: v1.20.0}", "ucx: {ref: v1.21.0}");
    assert_ne!(old, new);
    insta::assert_snapshot!(printed(&old, &new, &[]));
}

#[test]
fn the_build_context_is_named_where_a_change_begins_to_read_it() {
    let old = example("hello");
    let new = format!("{old}\nextend: {{runtime: [{{copy: {{paths: [a], to: /a}}}}]}}\n");
    let shown = printed(&old, &new, &[]);
    let lines: Vec<&str> = shown.lines().collect();
    assert!(
        lines.contains(&"  + build context: the build's own"),
        "{shown}"
    );
}

#[test]
fn a_pull_request_reads_a_line_first_and_unfolds_what_is_long() {
    let old = example("hello");
    let new = format!(
        "{old}\nimages: {{base: \"ubuntu:24.10\"}}\npackages: {{apt: [htop]}}\n\
         env: {{A_B: \"`x` <b>\"}}\nlabels: {{team: a}}\nuser: {{uid: 1001}}\n"
    );
    insta::assert_snapshot!(printed(&old, &new, &["--format", "markdown"]));
}

#[test]
fn programs_get_every_difference_in_full() {
    let new = MINIMAL.replace("1.0.0", "1.0.1") + "build: {python: {netrc_secret: netrc}}\n";
    let json: Value =
        serde_json::from_str(&printed(MINIMAL, &new, &["--format", "json"])).expect("JSON");
    insta::assert_json_snapshot!(json);
}

#[test]
fn another_step_on_the_build_context_runs_none_of_those_that_read_it_again() {
    let old = example("vllm");
    let new = format!("{old}\npackages: {{requirements: [more.txt]}}\n");
    let text = printed(&old, &new, &[]);
    assert!(text.contains("1 step added\n"), "{text}");
}

#[test]
fn no_difference_says_so() {
    let said = "old.yaml → dynamo.yaml, linux/amd64\n\
                no difference: the same steps, sources, caches, secrets and image config\n";
    assert_eq!(printed(MINIMAL, MINIMAL, &[]), said);
    let commented = format!("{MINIMAL}# a comment\n\n");
    assert_eq!(printed(MINIMAL, &commented, &[]), said);
    assert_eq!(
        printed(MINIMAL, &commented, &["--format", "markdown"]),
        "**no difference: the same steps, sources, caches, secrets and image config**\n\n\
         `old.yaml` → `dynamo.yaml`, linux/amd64\n"
    );
}

#[test]
fn equal_differences_of_platforms_are_told_once_and_others_apart() {
    let both = ["--platform", "linux/amd64,linux/arm64"];
    let labelled = format!("{MINIMAL}labels: {{a: b}}\n");
    let output = difference(MINIMAL, &labelled, &both);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "old.yaml → dynamo.yaml, linux/amd64, linux/arm64\n\
         1 value of the image config changes\n\n\
         image config\n  + label a: b\n"
    );
    // A cache has its platform in its name.
    let newer = format!("{MINIMAL}toolchain: {{python: \"3.11\"}}\nimages: {{uv: \"uv:1\"}}\n");
    let output = difference(MINIMAL, &newer, &both);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text.matches("old.yaml → dynamo.yaml").count(), 2, "{text}");
}

#[test]
fn arguments_hold_for_both_specs() {
    let argument = ["--build-arg", "toolchain.python=3.11"];
    let new = MINIMAL.replace("1.0.0", "1.0.1");
    let text = printed(MINIMAL, &new, &argument);
    assert!(!text.contains("3.12"), "{text}");
    assert!(text.contains("1 step changes"), "{text}");
}

#[test]
fn either_spec_may_come_from_standard_input_and_not_both() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("dynamo.yaml"), MINIMAL).expect("a written spec");
    let run = |arguments: &[&str]| {
        let mut child = Command::new(BINARY)
            .arg("plan")
            .args(arguments)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut input = child.stdin.take().expect("piped");
        // A command that is refused reads nothing.
        let _ = input.write_all(MINIMAL.as_bytes());
        drop(input);
        child.wait_with_output().expect("ends")
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let old = run(&["--diff", "-"]);
    assert!(text(&old.stdout).starts_with("standard input → dynamo.yaml, "));
    let new = run(&["--diff", "dynamo.yaml", "-f", "-"]);
    assert!(text(&new.stdout).starts_with("dynamo.yaml → standard input, "));
    let both = run(&["--diff", "-", "-f", "-"]);
    assert_eq!(both.status.code(), Some(2));
    assert_eq!(
        text(&both.stderr),
        "error: standard input can be one spec, and not both\nhelp: name the new one with `-f FILE`\n"
    );
}

#[test]
fn a_spec_with_errors_has_no_difference_and_shows_them() {
    let wrong = MINIMAL.replace("cpu", "cpuu");
    for (old, new, file) in [
        (MINIMAL, &*wrong, "dynamo.yaml"),
        (&*wrong, MINIMAL, "old.yaml"),
    ] {
        let output = difference(old, new, &[]);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("`cpuu`") && said.contains(file), "{said}");
    }
}

/// Every example against every other one of its framework.
#[test]
fn every_step_that_runs_again_says_because_of_what() {
    let names = [
        "vllm", "vllm-efa", "test", "dev", "wheels", "hello", "air-gap", "sglang",
    ];
    let mut seen = BTreeSet::new();
    for old in names {
        for new in names.into_iter().filter(|new| *new != old) {
            let text = printed(&example(old), &example(new), &["--format", "json"]);
            let json: Value = serde_json::from_str(&text).expect("JSON");
            let diff = &json["differences"][0];
            for step in diff["again"].as_array().expect("a list") {
                let reasons = step["because"].as_array().expect("a list");
                assert!(!reasons.is_empty(), "{old} → {new}: {step}");
                seen.insert(step["title"].to_string());
            }
            for stage in diff["stages"].as_array().expect("a list") {
                for step in stage["steps"].as_array().expect("a list") {
                    let changes = step["changes"].as_array().map_or(0, Vec::len);
                    assert_eq!(
                        step["fate"] == "changed",
                        changes > 0,
                        "{old} → {new}: {step}"
                    );
                }
            }
        }
    }
    assert!(seen.len() > 5, "{seen:?}");
}

/// The operations of steps in the graph that the gateway solves: digest and title.
fn solved(spec: &str) -> Vec<(String, String)> {
    let graph = Case::spec(spec).run().graph();
    let step = |digest: String| {
        let name = graph
            .metadata
            .get(&digest)?
            .description
            .get("llb.customname")?;
        // `[runtime 3/6] title`; what has no number is no step.
        let (place, title) = name.split_once("] ")?;
        place
            .contains('/')
            .then(|| (digest.clone(), title.to_owned()))
    };
    let all = operations(&graph).into_iter();
    all.filter_map(|(digest, _)| step(digest)).collect()
}

#[test]
fn what_changes_or_runs_again_is_what_a_daemon_that_built_the_old_spec_does_not_know() {
    for more in [
        "user: {uid: 1001}\n",
        "packages: {apt: [htop]}\n",
        "images: {uv: \"ghcr.io/astral-sh/uv:0.12.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}\n",
        "toolchain: {python: \"3.11\"}\n",
        "env: {A: b}\n",
    ] {
        let new = format!("{MINIMAL}{more}");
        let known: BTreeSet<String> = solved(MINIMAL).into_iter().map(|(key, _)| key).collect();
        let unknown = solved(&new)
            .into_iter()
            .filter(|(key, _)| !known.contains(key));
        let unknown: BTreeSet<String> = unknown.map(|(_, title)| title).collect();
        let text = printed(MINIMAL, &new, &["--format", "json"]);
        let json: Value = serde_json::from_str(&text).expect("JSON");
        let diff = &json["differences"][0];
        let stages = diff["stages"].as_array().expect("a list").iter();
        let steps = stages.flat_map(|stage| stage["steps"].as_array().expect("a list"));
        let steps = steps.filter(|step| step["fate"] != "removed");
        let again = diff["again"].as_array().expect("a list").iter();
        let said = steps.chain(again).filter_map(|step| step["title"].as_str());
        let said: BTreeSet<String> = said.map(str::to_owned).collect();
        // By tag and by digest an image is the same one to a daemon, and two to a plan.
        if more.starts_with("images:") {
            assert!(unknown.is_subset(&said), "{more}: {unknown:?}\n{said:?}");
        } else {
            assert_eq!(unknown, said, "{more}");
        }
    }
}

#[test]
fn a_plan_is_no_markdown() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(BINARY);
    let command = command.args(["plan", "--format", "markdown"]);
    let output = command.current_dir(folder.path()).output().expect("runs");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: a plan is no Markdown\nhelp: add `--diff OTHER`, or draw it with `dynamo-frontend graph`\n"
    );
}
