//! The endpoint picker: Go with Dynamo's C bindings, alone in its image.

use crate::built::Built;
use crate::engine::{Build, Door, Engine, docker, unique};
use crate::go;
use crate::turn::Alone;

/// A build of the endpoint picker from the build context.
fn build(engine: &Engine) -> Build {
    build_of(
        engine,
        "target: epp\ndynamo: {version: 1.2.3, commit: 0123abc}\n",
    )
}

/// A build from the build context with what compiles the endpoint picker.
pub(crate) fn build_of(engine: &Engine, more: &str) -> Build {
    let spec = engine.spec_of_context(more);
    engine
        .build(&spec, Door::SyntaxLine)
        .workspace()
        .arg(&format!("--build-arg=images.go={}", go::toolchain(engine)))
        .arg(&format!(
            "--build-arg=images.epp_base={}",
            go::system(engine)
        ))
}

/// The steps that ran, a line each.
fn ran(built: &Built) -> String {
    let steps = built.steps().into_iter();
    let ran = steps.filter(|(_, end)| end != "CACHED");
    ran.map(|(name, _)| name + "\n").collect()
}

#[test]
fn the_endpoint_picker_is_alone_in_its_image_and_says_what_it_is() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let tag = "e2e-epp";
    // What compiles runs in the first build too. An engine that is short of
    // space may have forgotten what that takes, crates and modules, and still
    // know what came of it last time.
    let (go_note, rust_note) = (
        "deploy/inference-gateway/epp/cmd/epp/note.go",
        "lib/bindings/c/src/note.rs",
    );
    let go_source = || format!("package main\n\n// {}\n", unique());
    let rust_source = || format!("// {}\n", unique());
    let (go, rust) = (go_source(), rust_source());
    let load = |go: &str, rust: &str| {
        build(&engine)
            .file(go_note, go)
            .file(rust_note, rust)
            .arg("--load")
            .arg(&format!("--tag={tag}"))
            .run()
    };
    load(&go, &rust)
        .succeeds()
        .shows("compile the library of the C bindings")
        .shows("download the Go modules of go.mod")
        .shows("compile the endpoint picker");
    assert_eq!(
        docker(&["run", "--rm", tag, "a.b.c", "a"]),
        "epp 1.2.3 0123abc\na.b.c true\na false"
    );
    let inspect = |what: &str| docker(&["image", "inspect", "--format", what, tag]);
    assert_eq!(
        inspect("{{.Config.User}} {{.Config.Entrypoint}} {{.Config.WorkingDir}}"),
        "65532:65534 [/epp] /"
    );
    let look = "stat -c '%n %a %u:%g' / /epp; ls -d /opt/* /usr/local/go /workspace 2>/dev/null; \
                command -v gcc; id -u";
    assert_eq!(
        docker(&["run", "--rm", "--entrypoint=sh", tag, "-c", look]),
        "/ 755 0:0\n/epp 755 0:0\n/opt/go-proxy\n65532"
    );
    let size = |image: &str| {
        let size = docker(&["image", "inspect", "--format", "{{.Size}}", image]);
        size.parse::<u64>().expect("a size")
    };
    docker(&["pull", "--quiet", &go::system(&engine)]);
    let added = size(tag) - size(&go::system(&engine));
    assert!(added < 60 << 20, "{added} bytes more than the base");

    // What is written in Go waits for no Rust, and the other way round.
    let changed = load(&go_source(), &rust).succeeds();
    assert_eq!(
        ran(&changed),
        "[epp_program 1/1] compile the endpoint picker\n[epp 2/2] add the endpoint picker\n"
    );
    let changed = load(&go, &rust_source()).succeeds();
    let names = ran(&changed);
    assert!(names.contains("library of the C bindings"), "{names}");
    assert!(
        !names.contains("modules") && !names.contains("crates"),
        "{names}"
    );
}

#[test]
fn go_that_does_not_compile_is_shown_with_what_go_says() {
    let engine = Engine::of_environment();
    let path = "deploy/inference-gateway/epp/cmd/epp/main.go";
    build(&engine)
        .file(path, "package main\n\nfunc main() { missing() }\n")
        .run()
        .fails()
        .shows("undefined: missing")
        .shows(">>> target: epp");
}

#[test]
fn an_image_that_is_not_gos_is_shown_where_it_is_given() {
    let engine = Engine::of_environment();
    let spec = engine.spec_of_context("target: epp\n");
    engine
        .build(&spec, Door::SyntaxLine)
        .workspace()
        .arg(&format!("--build-arg=images.epp_base={}", engine.base()))
        .arg(&format!("--build-arg=images.go={}", engine.base()))
        .run()
        .fails()
        .shows("/usr/local/go")
        .shows(">>> --build-arg images.go=");
}
