//! Checks of an image, on a real engine: all that they can expect, what each says
//! when it is not so, and that an image which fails is not given out.

use std::fs;

use crate::built::Built;
use crate::engine::{Door, Engine, docker, unique};
use crate::turn::Alone;

/// Everything a check can expect, as it is.
const AS_IT_IS: &str = r#"tests:
  checks:
    program:
      command: [python3, -m, dynamo.frontend, --help]
      stdout:
        contains: --http-port
        matches: ["^usage: ", "--[a-z-]+"]
        does_not_match: "^Traceback"
    refusal:
      command: [ls, /nowhere]
      status: 2
      stderr: {contains: nowhere}
    script:
      command: |
        # MARK
        id -u | tee /tmp/who
        pwd
        test "$HOME" = /home/dynamo
      workdir: /opt/dynamo
      stdout: {matches: ["^1000$", "^/opt/dynamo$"]}
    hostile:
      command: [printf, "%s", "$(touch /tmp/canary); `id`' \\n"]
      stdout: {contains: "$(touch /tmp/canary); `id`' \\n"}
      files:
        /tmp/canary: {exists: false}
    paths:
      files:
        /workspace: {kind: dir, mode: 0775, owner: dynamo, group: 0}
        /opt/dynamo/venv/bin/python: {kind: link}
        /etc/passwd: {kind: file, owner: 0, contains: "dynamo:x:1000:0:", matches: "^root:"}
        /etc/shadow-of-nobody: {exists: false}
    path-through-a-file: {files: {/etc/passwd/x: {exists: false}}}
    of-no-function:
      command: [python, -c, "print('pass')"]
      stdout: {matches: ^pass$}
    of-no-builtin:
      command: [exit, "0"]
      status: 127
    of-root:
      run_as: root
      command: [id, -u]
      stdout: {matches: ^0$}
      files: {/root/.bashrc: {}}
    modules: {imports: [dynamo.runtime, json]}
    libraries: {libraries: [libc.so.6, libstdc++.so.6]}
    variables: {env: {VIRTUAL_ENV: /opt/dynamo/venv, HF_HOME: /models}}
    who: {user: {name: dynamo, uid: 1000, gid: 0, groups: [root]}}
    small: {size: 4GB, layers: 60}
    gpu: {gpu: true, command: [nvidia-smi]}
env: {HF_HOME: /models}
"#;

/// The checks of a spec alone; where their reports go.
fn checked(engine: &Engine, tests: &str, reports: &str) -> Built {
    engine
        .build(engine.spec(tests), Door::SyntaxLine)
        .arg("--target=check-image")
        .arg(&format!("--output=type=local,dest={reports}"))
        .run()
}

#[test]
fn what_holds_passes_and_is_not_run_again() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let tests = AS_IT_IS.replace("MARK", &unique().to_string());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let reports = folder.path().to_string_lossy();
    let first = checked(&engine, &tests, &reports).succeeds();
    assert!(first.reruns("[check-image] script").is_some());
    first
        .shows("19 checks of the image passed")
        .shows("skipped: gpu (this builder gives its steps no GPU)");
    let report = |name: &str| {
        let file = folder.path().join(format!("{name}.txt"));
        fs::read_to_string(&file).unwrap_or_else(|_| panic!("no {}", file.display()))
    };
    assert_eq!(
        report("script"),
        "ok: the script ended with status 0\n\
         ok: a line of standard output matches `^1000$`\n\
         ok: a line of standard output matches `^/opt/dynamo$`\n"
    );
    assert_eq!(
        report("gpu"),
        "skipped: this builder gives its steps no GPU\n"
    );
    assert!(report("dynamo").contains("ok: the Python package `ai-dynamo` is 1.0.0\n"));
    assert!(report("small").starts_with("ok: all files together have "));
    let files = fs::read_dir(folder.path()).expect("a readable folder");
    assert_eq!(files.count(), 20, "one for each check");

    let again = checked(&engine, &tests, &reports).succeeds();
    for (name, end) in again.vertices().values() {
        // Whether there is a GPU is no part of the image.
        let check = name.starts_with("[check-image]") && !name.ends_with(" gpu");
        let report = name.ends_with(" reports");
        assert!(
            !check || report || end == "CACHED",
            "`{name}` ran again:\n{}",
            again.progress
        );
    }
}

/// A check that fails, and what is said of it.
const FAILING: &[(&str, &str)] = &[
    (
        "{command: [\"false\"]}",
        "`false` ended with status 1, not 0\n  standard output is empty",
    ),
    (
        "{command: [no-such-program, a]}",
        "`no-such-program a` ended with status 127, not 0\n  standard error:\n    no-such-program: not found",
    ),
    (
        "{command: \"echo one | grep two\"}",
        "the script ended with status 1, not 0",
    ),
    (
        "{command: [seq, \"3\"], stdout: {contains: four}}",
        "standard output does not contain `four`\n  standard output:\n    1\n    2\n    3",
    ),
    (
        "{command: [seq, \"9\"], stdout: {matches: ^x}}",
        "no line of standard output matches `^x`\n  standard output, the last 6 of 9 lines:\n    4\n",
    ),
    (
        "{command: [seq, \"9\"], stdout: {does_not_match: ^3}}",
        "a line of standard output matches `^3`\n  line 3: 3",
    ),
    (
        "{command: [ls, /nowhere], status: 2, stderr: {contains: denied}}",
        "standard error does not contain `denied`\n  standard error:\n    ls: cannot access '/nowhere': No such file or directory",
    ),
    (
        "{command: [printf, \"a\\nb\"], stdout: {contains: \"b\\nc\"}}",
        "standard output does not contain `b\\nc`\n  standard output:\n    a\n    b",
    ),
    ("{files: {/nowhere: {}}}", "`/nowhere` is not there"),
    (
        "{files: {/root/x: {}}}",
        "`/root/x` cannot be looked at by dynamo: Permission denied",
    ),
    (
        "{files: {/root/x: {exists: false}}}",
        "`/root/x` cannot be looked at by dynamo: Permission denied",
    ),
    (
        "{files: {/etc/passwd: {exists: false}}}",
        "`/etc/passwd` is there, and is not to be",
    ),
    (
        "{files: {/etc: {kind: link}}}",
        "`/etc` is a folder, not a link",
    ),
    (
        "{files: {/workspace: {mode: \"0755\"}}}",
        "`/workspace` has the mode 0775, not 0755",
    ),
    (
        "{files: {/workspace: {owner: root}}}",
        "`/workspace` has the owner dynamo (1000), not root",
    ),
    (
        "{files: {/workspace: {group: 1000}}}",
        "`/workspace` has the group root (0), not 1000",
    ),
    (
        "{files: {/etc/hostname-of-none: {contains: a}}}",
        "`/etc/hostname-of-none` is not there",
    ),
    (
        "{files: {/etc/profile.d/00-umask.sh: {contains: umask 022}}}",
        "`/etc/profile.d/00-umask.sh` does not contain `umask 022`\n  `/etc/profile.d/00-umask.sh`:\n    umask 002",
    ),
    (
        "{imports: [dynamo.nothing]}",
        "`dynamo.nothing` cannot be imported: ModuleNotFoundError: No module named 'dynamo.nothing'",
    ),
    (
        "{libraries: [libnothing.so.1]}",
        "`libnothing.so.1` cannot be loaded: cannot open shared object file",
    ),
    (
        "{env: {VIRTUAL_ENV: /opt/venv}}",
        "VIRTUAL_ENV is `/opt/dynamo/venv`, not `/opt/venv`",
    ),
    (
        "{env: {NOTHING: \"1\"}}",
        "NOTHING is not set, and is to be `1`",
    ),
    (
        "{user: {name: root}}",
        "the name of a process is dynamo, not root",
    ),
    ("{user: {uid: 0}}", "the uid of a process is 1000, not 0"),
    ("{user: {gid: 1000}}", "the gid of a process is 0, not 1000"),
    (
        "{user: {groups: [video]}}",
        "a process is not in the group video: uid=1000(dynamo) gid=0(root) groups=0(root)",
    ),
    ("{size: 1MB}", "all files together have "),
    (
        "{command: [sleep, \"600\"], timeout: 1s}",
        "`sleep 600` did not end within 1s, and was killed\n  it printed nothing",
    ),
    (
        "{command: \"echo begun; sleep 600 & sleep 600\", timeout: 1500ms}",
        "the script did not end within 1s500ms, and was killed\n  standard output:\n    begun",
    ),
    (
        "{command: [\"yes\"], timeout: 10m}",
        "`yes` printed more than 16 MiB\n  the end of standard output:\n    y\n    y\n",
    ),
    (
        "{command: \"kill -SEGV $$\"}",
        "the script ended with status 139 (SIGSEGV), not 0\n  it printed nothing; with `set -x` it says what it runs",
    ),
    (
        "{command: [/etc/passwd]}",
        "`/etc/passwd` ended with status 126, not 0\n  standard error:\n    /etc/passwd: cannot execute: Permission denied\n",
    ),
    (
        "{files: {/etc: {contains: a}}}",
        "`/etc` is a folder, which has no text",
    ),
    (
        "{command: \"cat; kill -STOP $$\", timeout: 2s}",
        "the script did not end within 2s, and was killed",
    ),
    (
        "{command: [head, -c, \"100\", /bin/true], stdout: {contains: nothing}}",
        "standard output does not contain `nothing`\n  standard output:\n    ?ELF????>?",
    ),
    (
        "{command: \"printf 'a\\\\tb\\\\rc'\", stdout: {does_not_match: ^a}}",
        "a line of standard output matches `^a`\n  line 1: a    b?c",
    ),
];

#[test]
fn each_kind_of_failure_says_what_was_seen_at_its_line() {
    let engine = Engine::of_environment();
    let head = "tests:\n  checks:\n";
    let first = engine.spec(head).lines().count() + 1;
    let check =
        |(number, (check, _)): (usize, &(&str, &str))| format!("    check-{number}: {check}\n");
    let tests: String = FAILING.iter().enumerate().map(check).collect();
    let tests = format!("{head}{tests}");
    let built = checked(&engine, &tests, "reports").fails();
    // What a failed check has left is read.
    assert!(built.lines_with("tell what failed").is_empty());
    let all = FAILING.len() + 5;
    let built = built.shows(&format!(
        "{} of {all} checks of the image failed\n",
        FAILING.len()
    ));
    for (number, (check, said)) in FAILING.iter().enumerate() {
        let line = first + number;
        let shown = built.lines_with(&format!("dynamo.yaml:{line}:"));
        assert!(
            !shown.is_empty(),
            "{check} is not shown:\n{}",
            built.progress
        );
        let text = format!(": check-{number}: {said}");
        assert!(
            built.progress.contains(&text),
            "no `{text}`:\n{}",
            built.progress
        );
        let excerpt = format!("{line} | >>>     check-{number}: {check}");
        assert!(
            built.progress.contains(&excerpt),
            "no `{excerpt}`:\n{}",
            built.progress
        );
    }
}

#[test]
fn all_that_one_check_finds_is_told_at_once_each_at_its_line() {
    let engine = Engine::of_environment();
    let tests = "tests:
  builtin: false
  checks:
    three:
      command: [echo, hi]
      stdout:
        contains:
          - hi
          - there
      files:
        /workspace:
          kind: dir
          mode: 0700
      imports:
        - json
        - nothing
";
    checked(&engine, tests, "reports")
        .fails()
        .shows("1 of 1 checks of the image failed")
        .shows("dynamo.yaml:16:13: three: standard output does not contain `there`")
        .shows("dynamo.yaml:20:17: three: `/workspace` has the mode 0775, not 0700")
        .shows("dynamo.yaml:23:11: three: `nothing` cannot be imported")
        .shows("15 |               - hi")
        .shows("16 | >>>           - there")
        .shows("22 |             - json")
        .shows("23 | >>>         - nothing");
}

#[test]
fn a_gate_keeps_what_fails_and_leaves_no_trace_in_what_passes() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let tag = format!("e2e-gate-{:x}", unique());
    let build = |tests: &str, tag: &str| {
        engine
            .build(engine.spec(tests), Door::SyntaxLine)
            .arg("--load")
            .arg(&format!("--tag={tag}"))
            .run()
    };
    build(
        "tests:\n  gate: true\n  checks:\n    never: {size: 1MB}\n",
        &tag,
    )
    .fails()
    .shows("11 | >>>     never: {size: 1MB}")
    .shows("dynamo.yaml:11:19: never: all files together have ");
    let images = docker(&["images", "--quiet", &tag]);
    assert_eq!(images, "", "nothing was given out");

    build("", "e2e-gate-none").succeeds();
    build("tests: {gate: true}\n", "e2e-gate")
        .succeeds()
        .shows("5 checks of the image passed");
    let id = |tag: &str| docker(&["inspect", "--format", "{{.Id}}", tag]);
    assert_eq!(id("e2e-gate"), id("e2e-gate-none"));
    let left = docker(&["run", "--rm", "e2e-gate", "ls", "-A", "/run"]);
    assert!(!left.contains("dynamo"), "{left}");
}

#[test]
fn layers_are_counted_with_those_of_the_base() {
    let engine = Engine::of_environment();
    docker(&["pull", "--quiet", engine.base()]);
    let layers = ["inspect", "--format", "{{len .RootFS.Layers}}"];
    let base = docker(&[&layers[..], &[engine.base()]].concat());
    let base: usize = base.parse().expect("a number");
    let limit = |most: usize| {
        let tests = format!("tests: {{checks: {{flat: {{layers: {most}}}}}}}\n");
        checked(&engine, &tests, "reports")
    };
    limit(base + 5).fails().shows(&format!(
        "the image gets {} layers, {base} of them from its base, and `flat` allows {}",
        base + 6,
        base + 5
    ));
    limit(base + 6).succeeds();
}

#[test]
fn an_image_without_bash_is_said_to_have_none() {
    let engine = Engine::of_environment();
    let gate = "tests:\n  builtin: false\n  checks: {one: {imports: [os]}, two: {imports: [re]}}\n";
    engine
        .build(engine.spec(gate), Door::SyntaxLine)
        .arg("--target=check-image")
        .arg(&format!(
            "--build-context=runtime=docker-image://{}",
            engine.uv()
        ))
        .run()
        .fails()
        .shows("the image cannot be checked: it has no `/bin/bash`")
        .shows("help: checks need bash, coreutils and grep in the image")
        .shows("10 | >>>   checks: {one: ");
}
