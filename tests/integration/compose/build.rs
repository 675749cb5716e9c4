//! What a deployment has besides the spec: what its build is given, and where its
//! images are.

use std::fs;

use super::{Desk, HELLO, text};

const GIVEN: &str = "extend:\n\
    \x20 runtime:\n\
    \x20   - copy: {from: {context: models}, to: /models/}\n\
    \x20   - run: make-it\n\
    \x20     secrets: [{id: token, env: TOKEN}, {id: other, env: OTHER, required: false}]\n";

#[test]
fn compose_gives_the_build_what_it_was_given_here() {
    let desk = Desk::with(&format!("{HELLO}{GIVEN}"));
    fs::create_dir(desk.path().join("deploy")).expect("a folder");
    fs::write(desk.path().join("netrc"), "").expect("a file");
    let output = desk.compose(
        "--build-context models=m --build-context docs=https://git.example/d.git \
         --secret id=token,src=$HOME/token --secret id=netrc --secret id=key,env=KEY \
         --ssh default --ssh deploy=keys/id -o deploy/compose.yaml",
    );
    assert!(
        text(&output.stderr).starts_with("wrote "),
        "{}",
        text(&output.stderr)
    );
    let file = desk.read("deploy/compose.yaml");
    let build = "    build:\n\
        \x20     context: \"..\"\n\
        \x20     dockerfile: dynamo.yaml\n\
        \x20     additional_contexts:\n\
        \x20       docs: https://git.example/d.git\n\
        \x20       models: ../m\n\
        \x20     secrets:\n\
        \x20       - key\n\
        \x20       - netrc\n\
        \x20       - token\n\
        \x20     ssh:\n\
        \x20       - default\n\
        \x20       - deploy=../keys/id\n";
    assert!(file.contains(build), "{file}");
    let secrets = "\nsecrets:\n\
        \x20 key:\n\
        \x20   environment: KEY\n\
        \x20 netrc:\n\
        \x20   file: ../netrc\n\
        \x20 token:\n\
        \x20   file: ../$$HOME/token\n\
        \nvolumes:\n";
    assert!(file.contains(secrets), "{file}");
}

#[test]
fn a_build_that_lacks_something_is_warned_of_with_the_option_that_gives_it() {
    let desk = Desk::with(&format!("{HELLO}{GIVEN}"));
    let output = desk.compose("");
    assert!(output.status.success());
    assert_eq!(
        text(&output.stderr),
        "warning: the build needs the named context `models`\n\
         help: give it with `--build-context models=PLACE`\n\
         warning: the build needs the secret `token`\n\
         help: give it with `--secret id=token,src=FILE`, or `--secret id=token,env=VARIABLE`\n"
    );
    // Nothing is built of an image that is there, nor by a context in its place.
    for arguments in [
        "--image registry.local/dynamo:1",
        "--build-context runtime=docker-image://x",
    ] {
        let output = desk.compose(arguments);
        assert_eq!(text(&output.stderr), "", "{arguments}");
    }
}

#[test]
fn official_servers_come_from_where_the_mirrors_of_the_spec_say() {
    let mirrors = "mirrors:\n\
        \x20 docker.io/: registry.local/hub/\n\
        \x20 quay.io/: registry.local/quay/\n";
    let desk = Desk::with(&format!("{HELLO}{mirrors}"));
    let images = |arguments: &str| {
        let file = desk.file(&format!("--mode distributed {arguments}"));
        let lines = file
            .lines()
            .filter_map(|line| line.strip_prefix("    image: "));
        let images = lines.filter(|image| !image.starts_with("dynamo:"));
        images.map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        images(""),
        "registry.local/hub/library/nats:2.10.28-alpine registry.local/quay/coreos/etcd:v3.5.21"
    );
    assert_eq!(
        images("--nats-image docker.io/library/nats:2 --etcd-image quay.io/coreos/etcd:v3"),
        "docker.io/library/nats:2 quay.io/coreos/etcd:v3"
    );
}

#[test]
fn two_specs_are_kept_apart_by_their_repositories() {
    let file = Desk::with(HELLO).file("--repository team/mine");
    assert_eq!(
        file.matches("image: team/mine:latest-dynamo-runtime-cpu\n")
            .count(),
        2,
        "{file}"
    );
}
