//! A matrix that is built image by image, by the real bake.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::bake::{compile_randomly, compiled};
use crate::cancel::{processes_of, uncached, wait};
use crate::engine::{Engine, copy, docker, fixture, text, unique};
use crate::turn::{Alone, Turn};

fn folder(spec: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
    folder
}

/// Builds a matrix with the frontend under test, and goes on when an image fails.
fn bake(engine: &Engine, folder: &Path, version: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"));
    command
        .args(["bake", "--build", "--keep-going", "--report=out.json"])
        .arg(format!("--tag-version={version}"))
        .arg(format!("--build-arg=BUILDKIT_SYNTAX={}", engine.frontend()))
        .args(arguments)
        .current_dir(folder);
    command
}

fn report(folder: &Path) -> Value {
    let text = fs::read(folder.join("out.json")).expect("a report");
    serde_json::from_slice(&text).expect("JSON")
}

/// The report of one build.
#[track_caller]
fn of<'r>(report: &'r Value, name: &str) -> &'r Value {
    let mut builds = report["builds"].as_array().expect("builds").iter();
    let found = builds.find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {report:#}"))
}

#[test]
fn two_of_three_images_are_built_with_the_step_they_share_and_the_third_is_told_with_its_line() {
    let engine = Engine::of_environment();
    let spec = engine.spec_of_context(&format!(
        "check: {{skip: [WithoutEffect, UnreachableExtend]}}\n\
         extend: {{dev: [{{run: 'echo doomed; exit 7 # {:x}'}}]}}\n",
        unique()
    ));
    let line = spec.lines().position(|line| line.contains("doomed"));
    let line = line.expect("a line") + 1;
    let folder = folder(&spec);
    copy(&fixture("dynamo"), folder.path());
    compile_randomly(folder.path());
    let version = format!("v{:x}", unique());
    let arguments = ["--target=runtime,dev,test", "--no-tag-latest", "--load"];
    let alone = Alone::wait();
    let output = bake(&engine, folder.path(), &version, &arguments).output();
    drop(alone);
    let output = output.expect("runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));

    let report = report(folder.path());
    let failed = of(&report, "dynamo-dev-cpu");
    assert_eq!(failed["state"], "failed", "{report:#}");
    assert_eq!(failed["failure"]["file"], "dynamo.yaml");
    assert_eq!(failed["failure"]["line"], line, "{failed:#}");
    let said = text(&output);
    assert!(said.contains("doomed\n"), "{said}");
    let log = failed["failure"]["log"].as_str().expect("a log");
    let logs = Path::new(log).parent().expect("a folder");
    assert!(fs::read_to_string(log).expect("a log").contains("doomed"));

    let randoms = ["runtime", "test"].map(|target| {
        let built = of(&report, &format!("dynamo-{target}-cpu"));
        assert_eq!(built["state"], "built", "{report:#}");
        let image = built["tags"][0].as_str().expect("a tag");
        assert_eq!(image, format!("dynamo:{version}-dynamo-{target}-cpu"));
        let id = docker(&["image", "inspect", "--format={{.Id}}", image]);
        assert_eq!(built["digest"], id.trim());
        let random = compiled(image);
        docker(&["image", "rm", image]);
        random
    });
    assert_eq!(randoms[0], randoms[1], "{said}");
    fs::remove_dir_all(logs).expect("removed logs");
}

#[test]
fn a_matrix_that_is_given_up_leaves_no_step_running_and_says_so_in_its_report() {
    let engine = Engine::of_environment();
    let (uid, spec) = uncached(
        &engine,
        "extend:\n  runtime:\n    - run: sleep 600\n      user: dynamo\n",
    );
    let folder = folder(&spec);
    let _turn = Turn::wait();
    let child = bake(&engine, folder.path(), "v1", &["--logs=logs"])
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    wait("a step runs", || !processes_of(uid).is_empty());
    let pid = child.id().to_string();
    let kill = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(kill.expect("kill runs").success());
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(143), "{}", text(&output));
    let report = report(folder.path());
    assert_eq!(of(&report, "dynamo-runtime-cpu")["state"], "cancelled");
    wait("no step is left", || processes_of(uid).is_empty());
}
