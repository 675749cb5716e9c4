//! Dynamo built from the build context: real wheels of real crates, out of a
//! stand-in with the layout of the Dynamo repository.

use std::fs;

use crate::engine::{Door, Engine, docker, fixture, unique};
use crate::turn::Alone;

/// The path and text of a source of the Rust wheel that no other build has.
fn own_crate() -> (&'static str, String) {
    let path = "lib/bindings/python/rust/lib.rs";
    let text = fs::read_to_string(fixture("dynamo").join(path)).expect("a source");
    (path, text + &format!("// {}\n", unique()))
}

#[test]
fn wheels_are_compiled_and_exported_without_anything_else() {
    let engine = Engine::of_environment();
    let out = tempfile::tempdir().expect("a temporary folder");
    let output = format!("--output=type=local,dest={}", out.path().display());
    // A crate that no earlier run compiled: the engine does not always show
    // what a result was made with that it has already.
    let (source, changed) = own_crate();
    engine
        .build(engine.spec_of_context("target: wheels\n"), Door::SyntaxLine)
        .workspace()
        .file(source, changed)
        .arg(&output)
        .run()
        .succeeds()
        // Compiled without network, from crates that a step of their own got.
        .shows("compile the Rust wheel")
        .shows("download the crates of Cargo.lock");
    let mut files: Vec<String> = fs::read_dir(out.path())
        .expect("a readable folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    files.sort();
    let [python, rust] = files.as_slice() else {
        panic!("two wheels: {files:?}")
    };
    assert!(
        python.starts_with("ai_dynamo-") && python.ends_with("-py3-none-any.whl"),
        "{python}"
    );
    assert!(
        rust.starts_with("ai_dynamo_runtime-") && rust.contains("abi3-manylinux"),
        "{rust}"
    );
}

#[test]
fn case_75_79_a_changed_source_compiles_and_a_changed_example_runs_nothing() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    // Wheels of its own, so that they are made in the first build.
    let (source, own) = own_crate();
    let module = "components/src/dynamo/frontend/own.py";
    let python = format!("# {}\n", unique());
    let build = |more: &str| {
        engine
            .build(
                engine.spec_of_context("target: runtime\n"),
                Door::SyntaxLine,
            )
            .workspace()
            .file(source, &own)
            .file(module, &python)
            .arg(&format!("--tag=e2e-context{more}"))
            .arg("--load")
    };
    build("").run().succeeds();
    let run = |command: &[&str]| docker(&[&["run", "--rm", "e2e-context"], command].concat());
    assert!(run(&["python", "-m", "dynamo.frontend", "--help"]).contains("--http-port"));
    run(&["python", "-c", "import dynamo._core"]);

    let example = build("-example")
        .file("examples/a.py", format!("print({})\n", unique()))
        .run()
        .succeeds();
    // What reads the context. An engine that has the results need not show what
    // they stand on.
    let own = [
        "compile the Rust wheel",
        "build the Python wheel",
        "install the built wheels",
    ];
    let steps = example.steps();
    for wanted in own {
        let ends: Vec<&str> = steps
            .iter()
            .filter(|(name, _)| name.contains(wanted))
            .map(|(_, end)| end.as_str())
            .collect();
        assert_eq!(ends, ["CACHED"], "{wanted}:\n{}", example.progress);
    }
    let python = build("-python")
        .file(
            "components/src/dynamo/mocker/__init__.py",
            format!("# changed {}\n", unique()),
        )
        .run()
        .succeeds();
    let ran: Vec<String> = python
        .steps()
        .into_iter()
        .filter(|(_, end)| end != "CACHED")
        .map(|(name, _)| name)
        .collect();
    assert!(
        ran.iter()
            .any(|name| name.contains("build the Python wheel")),
        "{ran:?}"
    );
    assert!(
        !ran.iter()
            .any(|name| name.contains("compile the Rust wheel")),
        "{ran:?}"
    );
}

#[test]
fn the_test_image_runs_the_tests() {
    let engine = Engine::of_environment();
    engine
        .build(engine.spec_of_context("target: test\n"), Door::SyntaxLine)
        .workspace()
        .arg("--tag=e2e-context-test")
        .arg("--load")
        .run()
        .succeeds();
    let report = docker(&[
        "run",
        "--rm",
        "e2e-context-test",
        "python",
        "-m",
        "pytest",
        "-q",
        "tests",
    ]);
    assert!(
        report.contains("passed") && !report.contains("failed"),
        "{report}"
    );
}

#[test]
fn a_developer_has_their_own_ids_and_an_editable_workspace() {
    let engine = Engine::of_environment();
    let spec = engine.spec_of_context("target: local-dev\n");
    engine
        .build(&spec, Door::SyntaxLine)
        .workspace()
        .run()
        .fails()
        .shows("user.uid=$(id -u)");
    engine
        .build(&spec, Door::SyntaxLine)
        .workspace()
        .arg("--build-arg=USER_UID=1234")
        .arg("--build-arg=USER_GID=5678")
        .arg("--tag=e2e-local-dev")
        .arg("--load")
        .run()
        .succeeds();
    let run = |command: &[&str]| docker(&[&["run", "--rm", "e2e-local-dev"], command].concat());
    assert_eq!(
        run(&["id"]),
        "uid=1234(dynamo) gid=5678(dynamo) groups=5678(dynamo),0(root)"
    );
    assert_eq!(run(&["sudo", "id", "-u"]), "0");
    assert_eq!(run(&["pwd"]), "/home/dynamo");
    run(&["touch", "/workspace/mine", "/opt/dynamo/venv/mine"]);
    let change = "cd /workspace/components/src/dynamo/mocker && echo 'CHANGED = True' >>__init__.py \
                  && python -c 'import dynamo.mocker as m; print(m.CHANGED)'";
    assert_eq!(
        run(&["bash", "-c", change]),
        "True",
        "the workspace is what is imported"
    );
    assert!(run(&["bash", "-lc", "cargo --version && maturin --version"]).contains("maturin"));
}

#[test]
fn case_49_of_two_thousand_files_only_those_used_are_sent() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let spec = engine.spec(&format!(
        "packages: {{requirements: [a.txt, b.txt]}}\nlabels: {{run: \"{}\"}}\n",
        unique()
    ));
    // What no earlier build installed, so that the first one does.
    let requirements = format!("six==1.16.0 # {}\n", unique());
    let build = |extra: &str| {
        let mut build = engine
            .build(&spec, Door::SyntaxLine)
            .file("a.txt", &requirements)
            .file("b.txt", "# nothing\n");
        for number in 0..2000 {
            build = build.file(&format!("data/{number}.bin"), [b'x'; 4096]);
        }
        build.file("data/0.bin", extra).run().succeeds()
    };
    let first = build("one");
    assert!(first.reruns("install the requirements of").is_some());
    let sent = first.lines_with("transferring context:");
    // Eight megabytes lie there; two files of a few bytes are sent.
    assert!(!sent.is_empty(), "{}", first.progress);
    assert!(
        sent.iter()
            .all(|line| !line.contains("kB") && !line.contains("MB")),
        "{sent:?}"
    );
    let again = build("another");
    assert!(again.reruns("install the requirements of").is_none());
}
