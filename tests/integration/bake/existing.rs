//! What `--skip-existing` does where nobody can tell what there is.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{Baked, Folder, VLLM};

/// What is made with a `docker` that answers by a script.
fn skipping(docker: &str, arguments: &[&str]) -> Baked {
    let folder = Folder::of(VLLM);
    folder.write("docker", &format!("#!/bin/sh\n{docker}\n"));
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder.path().join("docker"), executable).expect("a program");
    let skip = [
        "--skip-existing",
        "--tag-version=v1",
        "--target=runtime,dev",
    ];
    let mut command = folder.command(&[&skip, arguments].concat());
    Baked::of(command.env("PATH", folder.path()))
}

#[test]
fn images_that_cannot_be_looked_for_are_not_built_again_in_silence() {
    let refused = "echo 'ERROR: failed to authorize: 401 Unauthorized' >&2; exit 1";
    let baked = skipping(refused, &["--registry=registry.local"]);
    assert_eq!(
        baked.said(),
        "version v1: as given\n\
         warning: `registry.local/dynamo:v1-vllm-runtime` cannot be looked for and is built: \
         ERROR: failed to authorize: 401 Unauthorized\n\
         help: what is said of it may hold for others; log in with `docker login` where a \
         registry asks for it\n"
    );
    assert_eq!(baked.images().as_array().map(Vec::len), Some(2));
    let unknown = "echo 'docker: unknown command: docker buildx' >&2; echo >&2; exit 1";
    let said = skipping(unknown, &["--registry=registry.local"]).said();
    assert!(said.contains("is built: docker: unknown command"), "{said}");
}

#[test]
fn an_image_that_is_not_there_is_nothing_to_warn_of() {
    for absent in [
        "Error response from daemon: No such image: dynamo:v1-vllm-dev",
        "ERROR: registry.local/dynamo:v1-vllm-dev: not found",
    ] {
        let baked = skipping(&format!("echo '{absent}' >&2; exit 1"), &[]);
        assert_eq!(baked.said(), "version v1: as given\n");
        assert_eq!(baked.images().as_array().map(Vec::len), Some(2));
    }
}
