//! `docker compose build` with a spec as the service's Dockerfile.

use std::fs;
use std::io::Write;
use std::process::Command;

use crate::engine::{Engine, docker, text};

#[test]
fn compose_builds_a_service_whose_dockerfile_is_a_spec() {
    let version = Command::new("docker").args(["compose", "version"]).output();
    if !version.expect("docker runs").status.success() {
        writeln!(std::io::stderr(), "skipped, this client has no Compose").expect("standard error");
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
        let built = Command::new("docker")
            .args(["compose", "--progress=plain", "build"])
            .env("COMPOSE_BAKE", bake)
            .current_dir(folder.path())
            .output()
            .expect("docker runs");
        assert!(built.status.success(), "{}", text(&built));
        let what = "{{.Config.User}} {{.Config.Labels.team}}";
        let image = docker(&["image", "inspect", "--format", what, tag]);
        assert_eq!(image, "composer inference");
        assert_eq!(docker(&["run", "--rm", tag, "id", "-un"]), "composer");
        docker(&["image", "rm", "--force", tag]);
    }
}
