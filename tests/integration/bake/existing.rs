//! What `--skip-existing` does with what Docker tells of images, or cannot tell.

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

#[test]
fn an_image_that_lacks_a_platform_is_built_and_the_platform_named() {
    // `dev` is an index of two, in a registry, and `runtime` what one machine pushed.
    let answer = r#"
amd64='{"os": "linux", "architecture": "amd64"}'
arm64='{"os": "linux", "architecture": "arm64"}'
unknown='{"os": "unknown", "architecture": "unknown"}'
case "$4 $5 $6" in
  *-dev\ --format\ *Image*) echo "{\"a\": $amd64, \"b\": $arm64, \"c\": $unknown}" ;;
  *-runtime\ --format\ *Image*) echo "$arm64" ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac"#;
    let platforms = "--platform=linux/amd64,linux/arm64";
    let baked = skipping(answer, &["--registry=registry.local", platforms]);
    assert_eq!(
        baked.said(),
        "version v1: as given\n\
         `registry.local/dynamo:v1-vllm-runtime` is not there for `linux/amd64` and is built\n\
         left out vllm-dev: there is `registry.local/dynamo:v1-vllm-dev`\n"
    );
    assert_eq!(baked.images().as_array().map(Vec::len), Some(1));
}

#[test]
fn an_engine_is_asked_for_each_platform_that_it_does_not_show() {
    // It shows one platform of each image, and has another of `dev` beside it.
    let answer = r#"
case "$*" in
  *inspect\ *--format*) echo '{"os": "linux", "architecture": "amd64"}' ;;
  *--platform=linux/arm64*-dev) ;;
  *) exit 1 ;;
esac"#;
    let baked = skipping(answer, &["--platform=linux/amd64,linux/arm64"]);
    assert_eq!(
        baked.said(),
        "version v1: as given\n\
         `dynamo:v1-vllm-runtime` is not there for `linux/arm64` and is built\n\
         left out vllm-dev: there is `dynamo:v1-vllm-dev`\n"
    );
}

#[test]
fn an_image_of_unknown_platforms_is_built_with_a_warning() {
    let baked = skipping("echo null", &["--platform=linux/amd64"]);
    let warning = "warning: `dynamo:v1-vllm-runtime` cannot be looked for and is built: docker \
                   does not say which platforms it is for\n";
    assert!(baked.said().contains(warning), "{}", baked.said());
    assert_eq!(baked.images().as_array().map(Vec::len), Some(2));
    // Where none is wanted in particular, none is asked for.
    let said = skipping("echo null", &[]).said();
    assert_eq!(said.matches("left out").count(), 2, "{said}");
}
