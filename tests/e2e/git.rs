//! Repositories of the mirror, fetched by git and by the engine.

use std::collections::BTreeMap;
use std::process::Command;

use crate::engine::{Engine, unique};
use crate::git_mirror::Repository;
use crate::mirror::Mirror;
use crate::releases::Release;

/// A repository with a file that it ignores.
fn repository(content: &str) -> Repository {
    let files = [
        ("a.txt", content),
        ("folder/b.txt", "b\n"),
        (".gitignore", "a.txt\n"),
    ];
    Repository::of_files(&files, "v1")
}

/// A mirror with one repository, and the name of its commit.
fn mirror(content: &str) -> (Mirror, String) {
    let repository = repository(content);
    let commit = repository.commit();
    let repositories = BTreeMap::from([("/owner/name".to_owned(), repository)]);
    (Mirror::with(BTreeMap::new(), repositories), commit)
}

#[test]
fn a_shallow_clone_has_the_one_commit_of_the_tag() {
    let (mirror, commit) = mirror("a\n");
    let again = repository("a\n").commit();
    assert_eq!(again, commit, "the same files are the same commit");
    for url in [".git", ""].map(|end| format!("{}/owner/name{end}", mirror.url())) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clone = ["clone", "--quiet", "--depth=1", "--branch=v1", &url, "."];
        for arguments in [
            &clone[..],
            &["fetch", "--quiet", "--depth=1", "origin", &commit],
        ] {
            let git = Command::new("git")
                .args(arguments)
                .current_dir(folder.path())
                .output()
                .expect("git runs");
            let said = String::from_utf8_lossy(&git.stderr);
            assert!(git.status.success(), "{url}: {said}");
        }
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name));
        assert_eq!(read("a.txt").expect("a file that is ignored"), "a\n");
        assert_eq!(read("folder/b.txt").expect("a file"), "b\n");
        let shallow = read(".git/shallow").expect("a shallow clone");
        assert_eq!(shallow.trim(), commit);
    }
}

#[test]
fn the_engine_fetches_a_tag_and_a_commit_of_the_mirror() {
    let content = format!("{}\n", unique());
    let (mirror, commit) = mirror(&content);
    let url = format!("{}/owner/name.git", mirror.url());
    let out = tempfile::tempdir().expect("a temporary folder");
    Engine::dockerfile(&format!(
        "FROM scratch\nADD {url}#v1 /tag\nADD {url}#{commit}:folder /commit\n"
    ))
    .arg(&format!("--output={}", out.path().display()))
    .run()
    .succeeds();
    let read = |name: &str| std::fs::read_to_string(out.path().join(name)).expect("a file");
    assert_eq!(read("tag/a.txt"), content);
    assert_eq!(read("commit/b.txt"), "b\n");
}

#[test]
#[ignore = "needs releases: `cargo xtask e2e --all`"]
fn sources_of_a_component_come_out_of_the_mirror_ready_to_build() {
    let engine = Engine::of_environment();
    let ucx = Release::of("ucx");
    let tag = format!("v{}", ucx.version);
    let repositories = BTreeMap::from([("/openucx/ucx".to_owned(), ucx.repository())]);
    let mirror = Mirror::with(BTreeMap::new(), repositories);
    let out = tempfile::tempdir().expect("a temporary folder");
    Engine::dockerfile(&format!(
        "FROM {} AS build\n\
         RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes \
         --no-install-recommends autoconf automake libtool make gcc g++ libc6-dev\n\
         ADD {}/openucx/ucx.git#{tag} /ucx\n\
         RUN cd /ucx && ./autogen.sh && ./configure --version > /version\n\
         FROM scratch\n\
         COPY --from=build /version /\n",
        engine.base(),
        mirror.url()
    ))
    .arg(&format!("--output={}", out.path().display()))
    .run()
    .succeeds();
    let version = std::fs::read_to_string(out.path().join("version")).expect("a file");
    let first = format!(
        "ucx configure {}",
        &ucx.version[..ucx.version.rfind('.').expect("a dot")]
    );
    assert!(version.starts_with(&first), "{version}");
}
