//! The one whole path: a spec, a build, an image in which Dynamo starts.

use crate::engine::{Door, Engine, docker};
use crate::turn::Alone;

#[test]
fn case_2_69_dynamo_starts_in_an_image_built_through_the_syntax_line() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let spec = engine.spec("env: {HF_HOME: /models}\nlabels: {team: inference}\n");
    let built = engine
        .build(&spec, Door::SyntaxLine)
        .arg("--load")
        .arg("--tag=e2e-hello")
        .run();
    let loads = built.succeeds();
    assert_eq!(
        loads.count("load build definition from"),
        1,
        "the spec is loaded once:\n{}",
        loads.progress
    );

    let run = |command: &[&str]| docker(&[&["run", "--rm", "e2e-hello"], command].concat());
    assert!(run(&["python", "-m", "dynamo.frontend", "--help"]).contains("--http-port"));
    assert_eq!(run(&["id", "-un"]), "dynamo");
    assert_eq!(run(&["id"]), "uid=1000(dynamo) gid=0(root) groups=0(root)");
    assert_eq!(run(&["pwd"]), "/workspace");
    assert_eq!(
        run(&["stat", "-c", "%a %u:%g", "/workspace", "/opt/dynamo"]),
        "775 1000:0\n775 1000:0"
    );
    assert_eq!(run(&["bash", "-lc", "umask"]), "0002");
    assert_eq!(
        run(&["printenv", "VIRTUAL_ENV", "HOME", "HF_HOME"]),
        "/opt/dynamo/venv\n/home/dynamo\n/models"
    );
    assert!(run(&["uv", "--version"]).starts_with("uv "));
    // Cache mounts and settings of the build leave nothing behind.
    assert_eq!(
        run(&[
            "sh",
            "-c",
            "find /run/uv /home/dynamo/.cache/uv -mindepth 1 2>/dev/null | wc -l"
        ]),
        "0"
    );
    // Files are group-writable, so that an arbitrary uid of group 0 can work.
    assert_eq!(
        run(&[
            "find",
            "/opt/dynamo/venv",
            "-type",
            "d",
            "!",
            "-perm",
            "-g=w"
        ]),
        ""
    );
    let label = docker(&[
        "inspect",
        "--format",
        "{{.Config.Labels.team}}",
        "e2e-hello",
    ]);
    assert_eq!(label, "inference");

    let again = engine
        .build(&spec, Door::SyntaxLine)
        .arg("--load")
        .arg("--tag=e2e-hello-2")
        .run();
    let again = again.succeeds();
    for (name, end) in again.vertices().values() {
        let step = name.contains("[dynamo_base") || name.contains("[runtime");
        let source = name.contains("@sha256:");
        assert!(
            !step || source || end == "CACHED",
            "`{name}` ran again:\n{}",
            again.progress
        );
    }

    engine
        .build(&spec, Door::BuildArg)
        .arg("--load")
        .arg("--tag=e2e-hello-3")
        .run()
        .succeeds();
    let id = |tag: &str| docker(&["inspect", "--format", "{{.Id}}", tag]);
    assert_eq!(
        id("e2e-hello"),
        id("e2e-hello-2"),
        "a second build gives the same image"
    );
    assert_eq!(
        id("e2e-hello"),
        id("e2e-hello-3"),
        "both doors give the same image"
    );
}
