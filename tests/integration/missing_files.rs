//! Files that the spec names and that are not there: found at the line that names
//! them, by a build that fails and by the request `lint`.

use std::fs;
use std::process::Command;

use buildkit_proto::{pb, rpc};
use dynamo_frontend::gateway::double::{Call, Daemon, Method};
use dynamo_frontend::gateway::errdefs::{self, Detail as _};

use crate::case::{CONFIG, Case, DIGEST, MINIMAL, Ran};

const COPIES: &str = "\
extend:
  runtime:
    - copy:
        paths: [tools/start.sh, tols]
        to: /opt/tools/
";

fn failure(message: &str) -> rpc::Status {
    rpc::Status {
        code: 2,
        message: message.to_owned(),
        details: Vec::new(),
    }
}

/// The image that Dynamo's own wheels are compiled with.
const RUST: &str = "docker.io/library/rust:1.90.0-slim-bookworm";

/// A build whose graph fails, in a client's directory with these files.
fn failing(daemon: Daemon, spec: &str, files: &[&str]) -> Ran {
    let case = Case::on(daemon, format!("{MINIMAL}{spec}"));
    case.script(|double| {
        let failed = failure("failed to calculate checksum: \"/tols\": not found");
        let double = double.fail_nth(Method::Solve, 2, failed);
        files
            .iter()
            .fold(double, |double, path| double.file(path, ""))
    })
    .run()
}

#[test]
fn a_file_that_is_not_there_is_told_at_its_line_with_what_is_spelt_nearly_so() {
    for daemon in [Daemon::head(), Daemon::v0_8()] {
        let ran = failing(daemon, COPIES, &["tools/stop.sh", "tools/start.py"]);
        assert_eq!(ran.places(), ["dynamo.yaml:9-9"]);
        assert_eq!(
            ran.error().message,
            "2 errors in the spec\n\
             dynamo.yaml:9:17: there is no `tools/start.sh` in the build context [MissingFile]\n  \
             help: did you mean `tools/start.py`?\n\
             dynamo.yaml:9:33: there is no `tols` in the build context [MissingFile]\n  \
             help: did you mean `tools`?"
        );
    }
}

#[test]
fn a_build_that_fails_for_another_reason_says_that_one() {
    let ran = failing(Daemon::head(), COPIES, &["tools/start.sh", "tols/a"]);
    assert_eq!(
        ran.error().message,
        "failed to calculate checksum: \"/tols\": not found"
    );
}

#[test]
fn a_build_in_which_another_step_fails_is_not_looked_into() {
    let step = errdefs::Vertex {
        digest: "sha256:another".to_owned(),
    };
    let failed = rpc::Status {
        details: vec![step.to_any()],
        ..failure("process \"make\" did not complete successfully: exit code: 2")
    };
    let ran = Case::spec(format!("{MINIMAL}{COPIES}"))
        .script(|double| double.fail_nth(Method::Solve, 2, failed))
        .run();
    assert_eq!(
        ran.error().message,
        "process \"make\" did not complete successfully: exit code: 2"
    );
    let solves = ran.methods().into_iter();
    assert_eq!(solves.filter(|method| *method == Method::Solve).count(), 3);
}

#[test]
fn a_cancelled_build_is_not_looked_into() {
    let cancelled = rpc::Status {
        code: 1,
        ..failure("context canceled")
    };
    let ran = Case::spec(format!("{MINIMAL}{COPIES}"))
        .script(|double| double.fail_nth(Method::Solve, 2, cancelled))
        .run();
    assert_eq!(ran.error().code, 1);
    let solves = ran.methods().into_iter();
    assert_eq!(solves.filter(|method| *method == Method::Solve).count(), 3);
}

/// A graph of reports that is built as a whole ends with the first check that fails,
/// and nothing is told of the others.
#[test]
fn checks_of_an_image_that_takes_files_are_built_one_by_one() {
    let tests = "tests: {builtin: false, checks: {greets: {command: [echo, hi]}}}\n";
    let alone = || {
        let case = Case::spec(format!("{MINIMAL}{COPIES}{tests}"));
        case.option("target", "check-image")
    };
    let ran = alone().run();
    let evaluated = ran.calls.iter().filter(|call| match call {
        Call::Solve(solve) => solve.evaluate,
        _ => false,
    });
    assert_eq!(evaluated.count(), 0);

    let failed = failure("failed to calculate checksum: \"/tols\": not found");
    let ran = alone()
        .script(|double| double.fail_nth(Method::Evaluate, 0, failed))
        .run();
    let message = &ran.error().message;
    assert!(
        message.contains("there is no `tols` in the build context [MissingFile]"),
        "{message}"
    );
}

#[test]
fn what_the_ignore_file_leaves_out_is_told_with_its_name() {
    let spec = "packages: {requirements: [more.txt]}\n";
    // The ignore file, the context without the file, and the client's directory.
    let ran = Case::spec(format!("{MINIMAL}{spec}"))
        .script(|double| {
            let double = double.fail_nth(Method::Solve, 2, failure("\"/more.txt\": not found"));
            let double = double.file_in("ref-1", ".dockerignore", "*.txt\n");
            double.file_in("ref-4", "more.txt", "")
        })
        .run();
    assert_eq!(
        ran.error().message,
        "dynamo.yaml:6:27: `.dockerignore` leaves `more.txt` out of the build context [MissingFile]\n  \
         help: add the line `!more.txt` at the end of that file"
    );
}

#[test]
fn a_build_context_that_is_no_checkout_of_dynamo_is_told_where_dynamo_is_chosen() {
    let spec = "framework: dynamo\ndevice: cpu\ndynamo: {source: context}\n";
    let ran = Case::spec(spec)
        .script(|double| double.fail_nth(Method::Solve, 2, failure("no")))
        .script(|double| double.image(RUST, DIGEST, CONFIG))
        .run();
    assert_eq!(ran.places(), ["dynamo.yaml:3-3"]);
    let message = &ran.error().message;
    assert!(
        message.contains("the build context is no checkout of Dynamo: it has no `Cargo.toml`"),
        "{message}"
    );
    assert!(
        message.contains("dynamo: {source: {index: 1.0.0}}"),
        "{message}"
    );
}

#[test]
fn lint_looks_for_the_files_without_a_build() {
    let ran = Case::spec(format!("{MINIMAL}{COPIES}"))
        .option("requestid", "frontend.lint")
        .script(|double| double.file("tools/start.sh", ""))
        .run();
    let text = ran.metadata("result.json").to_string();
    assert!(
        text.contains("there is no `tols` in the build context"),
        "{text}"
    );
    assert!(!text.contains("there is no `tools/start.sh`"), "{text}");
    let asked = ran.methods().contains(&Method::ResolveSourceMeta);
    assert!(!asked, "no image is asked for");
}

/// A folder with a spec and these files, and what `check --context .` says there.
fn checked(spec: &str, files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = format!("{MINIMAL}{spec}");
    for (path, text) in files.iter().chain(&[("dynamo.yaml", spec.as_str())]) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let mut program = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"));
    let program = program.args(["check", "--format=json", "--context", "."]);
    let output = program.current_dir(folder.path()).output();
    let output = output.expect("a program");
    let text = String::from_utf8(output.stdout).expect("text");
    text + &String::from_utf8(output.stderr).expect("text")
}

/// What the request `lint` says of such a spec in a client's directory with these
/// files, which are an ignore file, what the client sends, and what else it has.
fn linted(spec: &str, ignore_file: &str, sent: &[&str], all: &[&str]) -> String {
    let ran = Case::spec(format!("{MINIMAL}{spec}"))
        .option("requestid", "frontend.lint")
        .script(|double| {
            let mut double = double.file_in("ref-1", ".dockerignore", ignore_file);
            for path in sent {
                double = double.file_in("ref-2", path, "");
            }
            for path in all {
                double = double.file_in("ref-3", path, "");
            }
            double
        })
        .run();
    ran.metadata("result.json").to_string()
}

const MORE: &str = "packages: {requirements: [deps/more.txt]}\n";

#[test]
fn check_says_of_an_ignored_file_what_a_build_says() {
    let files = [("deps/more.txt", ""), (".dockerignore", "**/*.txt\n")];
    let linted = linted(MORE, "**/*.txt\n", &[], &["deps/more.txt"]);
    for found in [checked(MORE, &files), linted] {
        assert!(
            found.contains("`.dockerignore` leaves `deps/more.txt` out of the build context"),
            "{found}"
        );
        assert!(found.contains("add the line `!deps/more.txt`"), "{found}");
    }
}

#[test]
fn the_ignore_file_beside_the_spec_wins_for_check_too() {
    let files = [
        ("deps/more.txt", ""),
        (".dockerignore", "deps\n"),
        ("dynamo.yaml.dockerignore", "*.md\n"),
    ];
    assert!(!checked(MORE, &files).contains("MissingFile"));
    let files = [
        ("deps/more.txt", ""),
        ("dynamo.yaml.dockerignore", "deps\n"),
    ];
    let found = checked(MORE, &files);
    assert!(
        found.contains("`dynamo.yaml.dockerignore` leaves `deps/more.txt` out"),
        "{found}"
    );
}

#[test]
fn a_folder_of_which_a_file_is_taken_back_is_there() {
    let copies = "extend: {runtime: [{copy: {paths: [tools], to: /opt}}]}\n";
    let files = [
        ("tools/bin/start.sh", ""),
        (".dockerignore", "*\n!tools/bin/*.sh\n"),
    ];
    assert!(!checked(copies, &files).contains("MissingFile"));
    let files = [("tools/bin/start.sh", ""), (".dockerignore", "*\n!deps\n")];
    assert!(checked(copies, &files).contains("leaves `tools` out"));
}

/// What the ignore file takes back must not be taken away by our own patterns.
#[test]
fn lint_asks_for_a_folder_with_what_the_ignore_file_takes_back() {
    let copies = "extend: {runtime: [{copy: {paths: [tools], to: /opt}}]}\n";
    let ran = Case::spec(format!("{MINIMAL}{copies}"))
        .option("requestid", "frontend.lint")
        .script(|double| double.file_in("ref-1", ".dockerignore", "*\n!tools/a\n"))
        .run();
    let patterns = ran.calls.iter().find_map(|call| match call {
        Call::Solve(solve) => {
            let text = format!("{solve:?}");
            text.contains("tools/*").then_some(text)
        }
        _ => None,
    });
    let patterns = patterns.expect("a look at the directory");
    assert!(
        patterns.contains(r#"[\"tools/*\",\"*\",\"!tools/a\"]"#)
            || patterns.contains(r#"["tools/*","*","!tools/a"]"#),
        "{patterns}"
    );
}

/// A build follows links, and what is found by it must not be missing to who asks before.
#[test]
fn lint_follows_links_as_a_build_does() {
    let copies = "extend: {runtime: [{copy: {paths: [link/a], to: /opt}}]}\n";
    let ran = Case::spec(format!("{MINIMAL}{copies}"))
        .option("requestid", "frontend.lint")
        .run();
    let asked = ran.calls.iter().any(|call| match call {
        Call::Solve(solve) => {
            let text = format!("{solve:?}");
            text.contains("local.followpaths") && text.contains("link/a")
        }
        _ => false,
    });
    assert!(asked);
}

#[test]
fn a_pattern_that_docker_refuses_is_told_with_its_file() {
    let found = checked(MORE, &[("deps/more.txt", ""), (".dockerignore", "a[\n")]);
    assert!(
        found.contains("failed parsing `./.dockerignore`: `a[` is no pattern"),
        "{found}"
    );
}

#[test]
fn a_misspelt_folder_of_a_path_is_found_by_check_and_by_lint() {
    let copies = "extend: {runtime: [{copy: {paths: [componets/src/x.py], to: /opt}}]}\n";
    let files = [("components/src/x.py", "")];
    let linted = linted(copies, "", &[], &["components/src/x.py"]);
    for found in [checked(copies, &files), linted] {
        assert!(
            found.contains("did you mean `components/src/x.py`?"),
            "{found}"
        );
    }
}

/// Only what the spec names is sent, and so nothing that a file names alone.
#[test]
fn a_requirement_file_that_takes_in_another_is_told_by_check_lint_and_a_failing_build() {
    const TEXT: &str = "-r base.txt\n-r named.txt\n-c ../limits.txt\n";
    let spec = "packages: {requirements: [deps/more.txt, deps/named.txt]}\n";
    let files = [
        ("deps/more.txt", TEXT),
        ("deps/named.txt", ""),
        ("deps/base.txt", ""),
        ("limits.txt", ""),
    ];
    let linted = Case::spec(format!("{MINIMAL}{spec}"))
        .option("requestid", "frontend.lint")
        .script(|double| {
            let double = double.file_in("ref-2", "deps/more.txt", TEXT);
            double.file_in("ref-2", "deps/named.txt", "")
        })
        .run();
    let case = || Case::spec(format!("{MINIMAL}{spec}"));
    let graph = case().run().graph();
    let name = |metadata: &pb::OpMetadata| metadata.description.get("llb.customname").cloned();
    let is_step = |name: String| name.contains("install the requirements of");
    let mut all = graph.metadata.into_iter();
    let step = all.find(|(_, metadata)| name(metadata).is_some_and(is_step));
    let (digest, _) = step.expect("the step");
    let failed = rpc::Status {
        details: vec![errdefs::Vertex { digest }.to_any()],
        ..failure("process \"uv\" did not complete successfully: exit code: 2")
    };
    let built = case()
        .script(|double| {
            let double = double.fail_nth(Method::Solve, 2, failed);
            double
                .file("deps/more.txt", TEXT)
                .file("deps/named.txt", "")
        })
        .run();
    for found in [
        checked(spec, &files),
        linted.metadata("result.json").to_string(),
        built.error().message.clone(),
    ] {
        let expected = [
            "`deps/more.txt` takes in `deps/base.txt`, which its step does not have",
            "add `deps/base.txt` to `requirements`",
            "`deps/more.txt` takes in `limits.txt`, which its step does not have",
            "write what is in it into `deps/more.txt`",
        ];
        for text in expected {
            assert!(found.contains(text), "{text}: {found}");
        }
        assert!(!found.contains("takes in `deps/named.txt`"), "{found}");
    }
}

#[test]
fn what_is_no_requirement_file_is_not_read_for_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let large = format!("-r base.txt\n#{}", "x".repeat(1 << 20));
    fs::write(path("large.txt"), large).expect("a file");
    let pipe = Command::new("mkfifo").arg(path("pipe.txt")).status();
    assert!(pipe.expect("mkfifo runs").success());
    let spec = format!("{MINIMAL}packages: {{requirements: [large.txt, pipe.txt]}}\n");
    fs::write(path("dynamo.yaml"), spec).expect("a file");
    let mut program = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"));
    let program = program.args(["check", "--context", "."]);
    let output = program.current_dir(folder.path()).output();
    let output = output.expect("a program");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn check_looks_for_the_files_in_the_folder_that_is_the_context() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = folder.path().join("dynamo.yaml");
    fs::write(&spec, format!("{MINIMAL}{COPIES}")).expect("a file");
    fs::create_dir_all(folder.path().join("tools")).expect("a folder");
    fs::write(folder.path().join("tools/start.sh"), "").expect("a file");
    let check = |more: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"));
        let program = program.args(["check", "--format=github", "-f", "dynamo.yaml"]);
        let output = program.args(more).current_dir(folder.path()).output();
        String::from_utf8(output.expect("a program").stdout).expect("text")
    };
    assert!(!check(&[]).contains("MissingFile"));
    let found = check(&["--context", "."]);
    assert!(
        found.contains("there is no `tols` in the build context"),
        "{found}"
    );
    assert!(found.contains("did you mean `tools`?"), "{found}");
    assert!(!found.contains("start.sh"), "{found}");
}
