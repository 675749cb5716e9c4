//! What git says of a matrix, and what the images are recorded as.

use serde_json::{Value, json};

use super::{Baked, Folder, VLLM};

#[test]
fn without_git_the_version_is_given() {
    let folder = Folder::of(VLLM);
    let nowhere = folder.bake(&[]);
    assert_eq!(nowhere.code(), Some(2));
    let said = nowhere.said();
    assert!(
        said.contains("git knows no repository at `.`: fatal: not a git repository"),
        "{said}"
    );
    assert!(
        said.contains("help: say which version the tags are of with `--tag-version`"),
        "{said}"
    );
    folder.git(&["init", "--quiet"]);
    let empty = folder.bake(&[]).said();
    assert!(
        empty.contains("the repository at `.` has no commit yet"),
        "{empty}"
    );

    let without = |arguments: &[&str]| Baked::of(folder.command(arguments).env("PATH", ""));
    let missing = without(&[]);
    assert_eq!(missing.code(), Some(2));
    assert!(
        missing.said().contains("git is not on PATH"),
        "{}",
        missing.said()
    );
    let given = without(&["--tag-version=v1.2.3"]).file();
    let target = &given["target"]["vllm-runtime"];
    let tags = ["dynamo:v1.2.3-vllm-runtime", "dynamo:latest-vllm-runtime"];
    assert_eq!(target["tags"], json!(tags));
    assert_eq!(target["args"], json!({"dynamo.version": "1.2.3"}));
    assert_eq!(target["labels"], Value::Null);
}

#[test]
fn git_says_which_version_it_is_and_what_is_to_know_of_it() {
    let folder = Folder::with_commit(VLLM);
    let version = |folder: &Folder| {
        let baked = folder.bake(&["--no-tag-latest"]);
        let tag = baked.file()["target"]["vllm-runtime"]["tags"][0].clone();
        let tag = tag.as_str().expect("a tag").to_owned();
        (tag, baked.said())
    };
    let (tag, said) = version(&folder);
    let (before, after) = ("dynamo:v0.0.1.dev.", "-vllm-runtime");
    assert!(tag.starts_with(before) && tag.ends_with(after), "{tag}");
    assert!(
        said.ends_with(": no release was ever made here\n"),
        "{said}"
    );
    let commit = &tag[before.len()..tag.len() - after.len()];
    for (name, tag) in [
        ("refs/tags/v0.9.0", "v0.9.0"),
        ("refs/tags/v0.10.0-test-rc1", "v0.10.0-test-rc1"),
    ] {
        // Tags of another commit: that of an empty tree.
        folder.git(&["update-ref", name, "HEAD"]);
        assert_eq!(
            version(&folder).0,
            format!("dynamo:{tag}{after}").replace("v0.10.0-test-rc1", "v0.9.0")
        );
    }
    folder.git(&["commit", "--quiet", "--allow-empty", "--message=more"]);
    let (tag, said) = version(&folder);
    assert!(tag.starts_with("dynamo:v0.9.0.dev."), "{tag}");
    assert!(!tag.contains(commit), "{tag}");
    assert!(said.contains("after the tag `v0.9.0`"), "{said}");
    folder.git(&["update-ref", "refs/remotes/origin/release/0.8.0", "HEAD"]);
    let (tag, said) = version(&folder);
    assert!(tag.starts_with("dynamo:v0.8.0.dev."), "{tag}");
    assert!(
        said.contains("after the release branch `origin/release/0.8.0`"),
        "{said}"
    );

    // A commit without a branch is one like any other.
    folder.git(&["checkout", "--quiet", "--detach", "v0.9.0"]);
    assert_eq!(version(&folder).0, format!("dynamo:v0.9.0{after}"));

    assert!(!said.contains("warning"), "{said}");
    folder.write("new.txt", "");
    assert!(!version(&folder).1.contains("warning"));
    folder.write("dynamo.yaml", &format!("{VLLM}efa: true\n"));
    let said = folder.bake(&[]).said();
    assert!(
        said.contains("warning: files differ from the commit") && said.contains("`--tag-version`"),
        "{said}"
    );
    let said = folder.bake(&["--tag-version=mine"]).said();
    assert!(
        said.contains("warning: files differ from the commit") && !said.contains("`--tag-version`"),
        "what is given already is no advice: {said}"
    );
}

#[test]
fn a_shallow_clone_may_lack_the_tags_that_make_a_version() {
    let folder = Folder::with_commit(VLLM);
    folder.git(&["tag", "v0.9.0"]);
    folder.git(&["commit", "--quiet", "--allow-empty", "--message=more"]);
    let clone = Folder::of("");
    let from = format!("file://{}", folder.path().display());
    clone.git(&["clone", "--quiet", "--depth=1", "--no-tags", &from, "clone"]);
    let clone = |more: &[&str]| {
        clone.bake(&[&["--context=clone", "--file=clone/dynamo.yaml"], more].concat())
    };
    let baked = clone(&[]);
    let target = &baked.file()["target"]["vllm-runtime"];
    assert_eq!(target["context"], "clone");
    assert_eq!(target["dockerfile"], "dynamo.yaml");
    let said = baked.said();
    assert!(said.contains("warning: this clone is shallow"), "{said}");
    assert!(said.contains("`git fetch --tags --unshallow`"), "{said}");
    assert!(!clone(&["--tag-version=v1"]).said().contains("shallow"));
}

#[test]
fn what_the_spec_says_of_itself_is_not_said_again() {
    let spec = format!(
        "{VLLM}dynamo: {{version: 7.0.0, commit: abc}}\n\
         labels: {{org.opencontainers.image.created: never}}\n"
    );
    let folder = Folder::with_commit(&spec);
    folder.git(&["tag", "v1.0.0"]);
    let file = folder.bake(&[]).file();
    let target = &file["target"]["vllm-runtime"];
    assert_eq!(
        (&target["args"], &target["labels"]),
        (&Value::Null, &Value::Null)
    );
    // Another source of Dynamo has a version of its own.
    let other = Folder::with_commit(&format!("{VLLM}dynamo: {{source: {{index: 1.0.0}}}}\n"));
    let target = &other.bake(&[]).file()["target"]["vllm-runtime"];
    assert_eq!(target["args"], Value::Null);
    let time = "org.opencontainers.image.created";
    assert_eq!(target["labels"][time], "2026-02-01T00:00:00Z");
    let mut command = other.command(&[]);
    let given = Baked::of(command.env("SOURCE_DATE_EPOCH", "0")).file();
    assert_eq!(
        given["target"]["vllm-runtime"]["labels"][time],
        "1970-01-01T00:00:00Z"
    );
    let wrong = Baked::of(other.command(&[]).env("SOURCE_DATE_EPOCH", "now"));
    assert_eq!(wrong.code(), Some(2));
}
