//! `docker compose build` with a spec as the service's Dockerfile: by hand, and as
//! `dynamo-frontend compose` writes it.

use std::fs;
use std::io::Write;
use std::process::Command;

use crate::engine::{Engine, docker, text, unique};
use crate::turn::Turn;

/// Whether there is no Compose, which is said.
fn is_missing() -> bool {
    let version = Command::new("docker").args(["compose", "version"]).output();
    let missing = !version.expect("docker runs").status.success();
    if missing {
        writeln!(std::io::stderr(), "skipped, this client has no Compose").expect("standard error");
    }
    missing
}

#[test]
fn compose_builds_a_service_whose_dockerfile_is_a_spec() {
    if is_missing() {
        return;
    }
    let engine = Engine::of_environment();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tag = "e2e-compose";
    let project = format!(
        "name: e2e\n\
         services:\n\
         \x20 dynamo:\n\
         \x20   image: {tag}\n\
         \x20   build:\n\
         \x20     context: .\n\
         \x20     dockerfile: dynamo.yaml\n\
         \x20     args: {{user.name: composer}}\n\
         \x20     labels: {{team: inference}}\n\
         \x20     additional_contexts:\n\
         \x20       nvidia/dynamo-frontend:1: docker-image://{}\n",
        engine.frontend()
    );
    fs::write(folder.path().join("compose.yaml"), project).expect("a written file");
    fs::write(folder.path().join("dynamo.yaml"), engine.spec("")).expect("a written file");
    // Compose builds by bake, and by itself where the user wants that.
    for bake in ["true", "false"] {
        let turn = Turn::wait();
        let built = Command::new("docker")
            .args(["compose", "--progress=plain", "build"])
            .env("COMPOSE_BAKE", bake)
            .current_dir(folder.path())
            .output()
            .expect("docker runs");
        drop(turn);
        assert!(built.status.success(), "{}", text(&built));
        let what = "{{.Config.User}} {{.Config.Labels.team}}";
        let image = docker(&["image", "inspect", "--format", what, tag]);
        assert_eq!(image, "composer inference");
        assert_eq!(docker(&["run", "--rm", tag, "id", "-un"]), "composer");
        docker(&["image", "rm", "--force", tag]);
    }
}

#[test]
fn compose_builds_with_the_contexts_and_secrets_that_were_given() {
    if is_missing() {
        return;
    }
    let engine = Engine::of_environment();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("models")).expect("a folder");
    fs::create_dir(path("deploy")).expect("a folder");
    let (model, token) = (unique().to_string(), unique().to_string());
    fs::write(path("models/name"), &model).expect("a written file");
    fs::write(path("token"), &token).expect("a written file");
    let spec = engine.spec(
        "extend:\n\
         \x20 runtime:\n\
         \x20   - copy: {from: {context: models}, to: /models/}\n\
         \x20   - run: sha256sum < /run/token > /models/sum\n\
         \x20     user: root\n\
         \x20     secrets: [{id: token, target: /run/token}]\n",
    );
    fs::write(path("dynamo.yaml"), spec).expect("a written file");
    let repository = format!("e2e-compose-{}", unique());
    let frontend = format!(
        "nvidia/dynamo-frontend:1=docker-image://{}",
        engine.frontend()
    );
    let written = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"))
        .args(["compose", "--output=deploy/compose.yaml", "--repository"])
        .args([&repository, "--build-context", &frontend])
        .args(["--build-context=models=models"])
        .args(["--secret=id=token,src=token"])
        .current_dir(folder.path())
        .output()
        .expect("runs");
    assert!(written.status.success(), "{}", text(&written));
    let turn = Turn::wait();
    let built = Command::new("docker")
        .args(["compose", "--progress=plain", "build"])
        .current_dir(path("deploy"))
        .output()
        .expect("docker runs");
    drop(turn);
    assert!(built.status.success(), "{}", text(&built));
    assert!(!text(&built).contains(&token));
    let image = format!("{repository}:latest-dynamo-runtime-cpu");
    let run = ["run", "--rm", &image, "cat", "/models/name", "/models/sum"];
    let sum = docker(&[
        "run",
        "--rm",
        &image,
        "sh",
        "-c",
        &format!("printf %s {token} | sha256sum"),
    ]);
    assert_eq!(docker(&run), format!("{model}{sum}"));
    docker(&["image", "rm", "--force", &image]);
}
