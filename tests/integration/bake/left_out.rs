//! What of all targets a spec cannot have, and what images are called.

use serde_json::json;

use super::Folder;

const RELEASED: &str = "framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n";

#[test]
fn of_all_targets_those_are_left_out_that_the_spec_cannot_have() {
    let folder = Folder::of(RELEASED);
    let all = folder.bake(&["--target=all", "--tag-version=1"]);
    let reason = "left out frontend: `frontend` needs an image of the endpoint picker: \
                  an index has no sources to build it from\n";
    assert!(all.said().contains(reason), "{}", all.said());
    assert_eq!(
        all.images(),
        json!(["dynamo-runtime-cpu", "dynamo-dynamo_base-cpu"])
    );
    // With one it can.
    let picker = format!("{RELEASED}images: {{epp: registry.local/epp:1}}\n");
    let with = Folder::of(&picker).bake(&["--target=all", "--tag-version=1"]);
    assert!(
        with.text().contains("\"dynamo-frontend-cpu\""),
        "{}",
        with.text()
    );
}

#[test]
fn a_target_that_is_named_is_wanted_and_an_error() {
    let folder = Folder::of(RELEASED);
    for target in ["--target=frontend", "--target=runtime,frontend"] {
        let named = folder.bake(&[target, "--tag-version=1"]);
        assert_eq!(named.code(), Some(1), "{target}");
        assert!(
            named
                .said()
                .contains("error[MissingValue]: `frontend` needs an image"),
            "{}",
            named.said()
        );
    }
}

#[test]
fn what_is_wrong_with_the_spec_is_an_error_for_all_targets_too() {
    let folder = Folder::of(&format!("{RELEASED}nonsense: 1\n"));
    let all = folder.bake(&["--target=all", "--tag-version=1"]);
    assert_eq!(all.code(), Some(1));
    assert!(all.said().contains("error[UnknownKey]"), "{}", all.said());
}

#[test]
fn images_are_of_the_repository_in_every_registry() {
    let folder = Folder::of(RELEASED);
    let tags = |arguments: &[&str]| {
        let baked = folder.bake(&[&["--tag-version=v1"], arguments].concat());
        baked.file()["target"]["dynamo-runtime-cpu"]["tags"].clone()
    };
    assert_eq!(
        tags(&["--repository=mine"]),
        json!([
            "mine:v1-dynamo-runtime-cpu",
            "mine:latest-dynamo-runtime-cpu"
        ])
    );
    assert_eq!(
        tags(&[
            "--repository=mine",
            "--registry=a.b/team",
            "--no-tag-latest"
        ]),
        json!(["a.b/team/mine:v1-dynamo-runtime-cpu"])
    );
    let twice = folder.bake(&["--repository=a.b/mine", "--registry=c.d"]);
    assert_eq!(
        twice.said(),
        "error: `a.b/mine` is in a registry already\nhelp: leave out `--registry`\n"
    );
}
