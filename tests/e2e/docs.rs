//! The image that documentation is built in.

use crate::engine::{Door, Engine, docker};

#[test]
fn documentation_has_its_packages_its_sources_and_a_version() {
    let engine = Engine::of_environment();
    let tag = "e2e-docs";
    let spec = engine.spec_of_context("target: docs\ndynamo: {version: 1.2.3}\n");
    engine
        .build(&spec, Door::SyntaxLine)
        .workspace()
        .arg(&format!("--build-arg=images.docs={}", engine.base()))
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds()
        .shows("install the dependency group docs")
        // Neither Dynamo nor what it requires is of use here.
        .hides("compile the Rust wheel");
    let run = |script: &str| docker(&["run", "--rm", tag, "bash", "-c", script]);
    assert_eq!(
        run("python -c 'import markdown; print(markdown.__version__)'"),
        "3.8.2"
    );
    assert_eq!(
        run("echo $DYNAMO_DOCS_VERSION; pwd; id -un; ls; python -m markdown docs/index.md"),
        "1.2.3\n/workspace\ndynamo\nREADME.md\ndocs\npyproject.toml\n\
         <h1>Documentation of the stand-in</h1>"
    );
    assert_eq!(
        run(
            "stat -c '%U:%g %a' . docs docs/index.md && touch docs/made && uv --version | cut -c1-2"
        ),
        "dynamo:0 775\ndynamo:0 775\ndynamo:0 775\nuv"
    );
}

#[test]
fn a_project_without_the_group_fails_at_where_its_sources_are_said() {
    let engine = Engine::of_environment();
    let spec = engine.spec_of_context("target: docs\ndynamo: {source: context}\n");
    engine
        .build(&spec, Door::SyntaxLine)
        .file("pyproject.toml", "[project]\nname = 'a'\nversion = '1'\n")
        .arg(&format!("--build-arg=images.docs={}", engine.base()))
        .run()
        .fails()
        .shows("docs")
        .shows("7 | >>> target: docs")
        .shows("8 | >>> dynamo: {source: context}");
}
