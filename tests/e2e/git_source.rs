//! Dynamo built from a git repository, with nothing in the build context.

use std::collections::BTreeMap;
use std::fs;

use crate::engine::{Door, Engine, copy, docker, fixture, unique};
use crate::git_mirror::Repository;
use crate::mirror::Mirror;

/// A module that the repository of each test has for itself.
const OWN: &str = "components/src/dynamo/frontend/own.py";

/// The stand-in of the Dynamo repository at a tag, and the name of its commit, which
/// is one that no earlier build has seen.
fn mirror() -> (Mirror, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&fixture("dynamo"), folder.path());
    let own = folder.path().join(OWN);
    fs::write(own, format!("NUMBER = {}\n", unique())).expect("a written file");
    let repository = Repository::of_folder(folder.path(), "v1.2.3");
    let commit = repository.commit();
    let repositories = BTreeMap::from([("/ai-dynamo/dynamo".to_owned(), repository)]);
    (Mirror::with(BTreeMap::new(), repositories), commit)
}

/// A spec of it; the address is the public one.
fn spec(engine: &Engine, mirror: &Mirror, commit: &str) -> String {
    engine.spec_of_context(&format!(
        "target: runtime\n\
         mirrors: {{https://github.com/: {}/}}\n\
         dynamo:\n\
         \x20 source:\n\
         \x20   git:\n\
         \x20     url: https://github.com/ai-dynamo/dynamo.git\n\
         \x20     ref: v1.2.3\n\
         \x20     commit: {commit}\n",
        mirror.url()
    ))
}

#[test]
fn wheels_are_compiled_from_a_tag_and_the_workspace_is_of_it() {
    let engine = Engine::of_environment();
    let (mirror, commit) = mirror();
    let tag = "e2e-git-source";
    engine
        .build(spec(&engine, &mirror, &commit), Door::SyntaxLine)
        // Nothing of the context may be taken for the repository's.
        .file(
            "components/src/dynamo/frontend/__init__.py",
            "raise SystemExit",
        )
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds()
        .shows("build the Python wheel");
    let run = |script: &str| docker(&["run", "--rm", tag, "bash", "-c", script]);
    assert_eq!(
        run(
            "python -c 'import dynamo._core, dynamo.frontend.own, importlib.metadata as m; \
             print(m.version(\"ai-dynamo\"))'"
        ),
        "1.2.3+standin"
    );
    assert!(run("python -m dynamo.frontend --help").contains("--http-port"));

    // The tests are of the tag too, and run.
    engine
        .build(spec(&engine, &mirror, &commit), Door::SyntaxLine)
        .arg("--target=test")
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds();
    assert_eq!(
        run("ls -A | tr '\\n' ' ' && stat -c '%U:%g %a' . tests pyproject.toml"),
        "pyproject.toml tests dynamo:0 775\ndynamo:0 775\ndynamo:0 775"
    );
    let report = run("python -m pytest -q tests");
    assert!(
        report.contains("passed") && !report.contains("failed"),
        "{report}"
    );
}

#[test]
fn case_83_a_tag_that_is_at_another_commit_fails_at_its_line() {
    let engine = Engine::of_environment();
    let (mirror, commit) = mirror();
    let other = commit.chars().rev().collect::<String>();
    engine
        .build(spec(&engine, &mirror, &other), Door::SyntaxLine)
        .run()
        .fails()
        .shows(&commit)
        .shows("dynamo.yaml:13")
        .shows("ref: v1.2.3");
}

#[test]
fn case_83_a_tag_that_is_not_there_fails_at_its_line() {
    let engine = Engine::of_environment();
    let (mirror, commit) = mirror();
    // Without the commit, by which the engine would know the sources.
    let spec = spec(&engine, &mirror, &commit)
        .replace("ref: v1.2.3", "ref: v9")
        .replace(&format!("      commit: {commit}\n"), "");
    engine
        .build(spec, Door::SyntaxLine)
        .run()
        .fails()
        .shows("failed to fetch `dynamo.source` from `http")
        .shows("v9")
        .shows("dynamo.yaml:13");
}

#[test]
fn case_135_a_repository_over_ssh_without_an_agent_fails_at_its_line() {
    let engine = Engine::of_environment();
    let source = "dynamo: {source: {git: {url: \"git@127.0.0.1:a/b.git\", ref: main}}}\n";
    engine
        .build(engine.spec_of_context(source), Door::SyntaxLine)
        .run()
        .fails()
        .shows("ssh")
        .shows("7 | >>> dynamo: {source: {git: {url: \"git@127.0.0.1:a/b.git\"");
}
