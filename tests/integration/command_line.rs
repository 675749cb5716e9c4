//! The command line: streams, exit codes, and the graph it shares with the
//! gateway.

use std::fs;
use std::process::{Command, Output, Stdio};

use buildkit_proto::pb;
use prost::Message;

use crate::case::{Case, DIGEST, MINIMAL, Ran};

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");

fn run(arguments: &[&str], spec: &str) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
    Command::new(BINARY)
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .expect("runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn check_exits_by_what_it_found_and_uses_no_colour_in_a_pipe() {
    let clean = run(&["check"], MINIMAL);
    assert_eq!(clean.status.code(), Some(0));
    assert!(clean.stdout.is_empty());
    let found = run(&["check"], "framewrok: dynamo\ndevice: cpuu\n");
    assert_eq!(found.status.code(), Some(1));
    assert!(!text(&found.stdout).contains('\u{1b}'));
    insta::assert_snapshot!(text(&found.stdout));
    let usage = run(&["check", "--platform", "windows/amd64"], MINIMAL);
    assert_eq!(usage.status.code(), Some(2));
    assert_eq!(
        text(&usage.stderr),
        "error: images exist for linux/amd64 and linux/arm64, not for `windows/amd64`\n\
         help: name one of them with `--platform`, as in `--platform linux/amd64`\n"
    );
    let missing = run(&["check", "-f", "none.yaml"], MINIMAL);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("`none.yaml`"));
}

#[test]
fn check_counts_what_it_found_and_a_note_changes_no_exit_code() {
    let counted = |spec: &str| {
        let output = run(&["check"], spec);
        (output.status.code(), text(&output.stderr))
    };
    assert_eq!(counted(MINIMAL), (Some(0), "no findings\n".to_owned()));
    let unused = format!("{MINIMAL}mirrors: {{example.org: example.com}}\n");
    let warned = "\n0 errors, 1 warning\n".to_owned();
    assert_eq!(counted(&unused), (Some(1), warned));
    let unverified =
        "# syntax=x\nframework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n";
    let noted = "\n0 errors, 0 warnings, 1 note\n".to_owned();
    assert_eq!(counted(unverified), (Some(0), noted));
}

#[test]
fn check_says_of_a_spec_that_names_no_frontend_what_docker_takes_it_for() {
    let told = |spec: &str, more: &[&str]| {
        let output = run(&[&["check"], more].concat(), spec);
        assert_eq!(output.status.code(), Some(0));
        text(&output.stderr)
    };
    let help = "help: Docker takes a file for a Dockerfile unless its first line names a \
                frontend: begin with `# syntax=nvidia/dynamo-frontend:1`\n";
    let (_, bare) = MINIMAL.split_once('\n').expect("lines");
    assert_eq!(told(bare, &[]), format!("no findings\n{help}"));
    let late = format!("{bare}# syntax=x\n");
    assert_eq!(told(&late, &[]), format!("no findings\n{help}"));
    assert_eq!(told(MINIMAL, &[]), "no findings\n");
    assert_eq!(told(bare, &["--quiet"]), "");
    assert_eq!(told(bare, &["--format", "json"]), "");
}

#[test]
fn shells_offer_targets_and_platforms_and_no_file_for_them() {
    let script = text(&run(&["completions", "bash"], MINIMAL).stdout);
    assert!(script.contains("runtime dev local-dev"), "{script}");
    assert!(script.contains("linux/amd64 linux/arm64"), "{script}");
}

#[test]
fn check_as_json_has_every_finding_with_its_place() {
    let found = run(
        &["check", "--format", "json"],
        "framewrok: dynamo\ndevice: cpuu\n",
    );
    let json: serde_json::Value = serde_json::from_slice(&found.stdout).expect("JSON");
    assert_eq!(json[0]["code"], "UnknownKey");
    assert_eq!(
        json[1]["primary"]["start"],
        serde_json::json!({"line": 2, "column": 9})
    );
}

#[test]
fn plan_is_text_for_people_and_json_for_programs() {
    // Every spelling of a platform, and one platform once.
    let platforms = "linux/arm64/v8,linux/aarch64,";
    let plan = run(&["plan", "--platform", platforms], MINIMAL);
    assert!(plan.status.success());
    let plan = text(&plan.stdout);
    let wish = "dynamo runtime, cpu, Dynamo 1.0.0, catalog 2026-02, linux/";
    assert!(plan.starts_with(&format!("{wish}arm64\n")), "{plan}");
    assert_eq!(plan.matches(wish).count(), 1);
    let json = run(
        &[
            "plan",
            "--format",
            "json",
            "--build-arg",
            "toolchain.python=3.11",
        ],
        MINIMAL,
    );
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json[0]["stages"][0]["name"], "runtime");
    let python = &json[0]["stages"][0]["steps"][3];
    assert_eq!(python["places"][0], "command line:1");
    let failed = run(&["plan"], "device: cpuu\n");
    assert_eq!(failed.status.code(), Some(1));
    assert!(failed.stdout.is_empty() && text(&failed.stderr).contains("`cpuu`"));
}

#[test]
fn graph_draws_for_mermaid_unless_asked_for_another_language() {
    let drawn = run(&["graph"], MINIMAL);
    assert_eq!(drawn.status.code(), Some(0));
    assert!(text(&drawn.stdout).starts_with("flowchart LR\n"));
    let dot = run(&["graph", "--format", "dot"], MINIMAL);
    assert!(text(&dot.stdout).starts_with("digraph {\n"));
    let failed = run(&["graph"], "device: cpuu\n");
    assert_eq!(failed.status.code(), Some(1));
    assert!(failed.stdout.is_empty() && text(&failed.stderr).contains("`cpuu`"));
}

#[test]
fn schema_needs_no_spec() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(BINARY);
    let shown = command.arg("schema").current_dir(folder.path()).output();
    let shown = shown.expect("runs");
    assert_eq!(shown.status.code(), Some(0));
    assert!(shown.stderr.is_empty());
    let schema: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    assert_eq!(schema["title"], "dynamo.yaml");
}

/// The graph of a build, made again from its metadata file.
fn again(ran: &Ran, spec: &str, more: &[&str]) -> pb::Definition {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("metadata.json");
    let key = "frontend.dynamo.resolved";
    let metadata = serde_json::json!({ key: ran.metadata(key).to_string() });
    fs::write(&file, metadata.to_string()).expect("a written file");
    let file = file.to_str().expect("a path in UTF-8");
    let arguments = ["llb", "--platform", "linux/amd64", "--metadata", file];
    let written = run(&[&arguments, more].concat(), spec);
    assert!(written.status.success(), "{}", text(&written.stderr));
    pb::Definition::decode(written.stdout.as_slice()).expect("a definition")
}

#[test]
fn llb_is_the_graph_that_the_gateway_solves_for_the_same_images() {
    let ran = Case::spec(MINIMAL).run();
    assert_eq!(again(&ran, MINIMAL, &[]), ran.graph());
}

#[test]
fn llb_is_that_graph_whatever_the_client_asked_for_and_the_daemon_lacked() {
    // The services are laid over the steps by a merge.
    let spec = MINIMAL.replace("components: {nats: false, etcd: false}\n", "");
    let spec = format!("{spec}packages: {{requirements: [a.txt]}}\n");
    let ran = Case::spec(&spec)
        .option("image-resolve-mode", "local")
        .option("no-cache", "runtime")
        .option("platform", "linux/amd64")
        .option("multi-platform", "1")
        .option("add-hosts", "a=::1")
        .option("ulimit", "nofile=1:2")
        .option("shm-size", "4096")
        .option("cgroup-parent", "p")
        .option("hostname", "h")
        .option("force-network-mode", "host")
        .option("build-arg:BUILDKIT_CACHE_MOUNT_NS", "team")
        .option("build-arg:http_proxy", "http://p")
        .script(|double| {
            double
                .file(".dockerignore", "x")
                .without_cap("mergeop")
                .without_cap("exec.meta.ulimit")
        })
        .run();
    let again = again(&ran, &spec, &["--build-arg", "http_proxy=http://p"]);
    assert_eq!(again, ran.graph());
}

#[test]
fn llb_has_the_same_build_contexts_in_the_same_places() {
    let spec = format!("{MINIMAL}packages: {{requirements: [a.txt]}}\n");
    let image = r#"{"os":"linux","architecture":"amd64","config":{"Env":["A=b"]}}"#;
    let ran = Case::spec(&spec)
        .option("context", "https://example.org/r.git#main")
        .option("contextsubdir", "a")
        .option("context:ubuntu:24.04", "docker-image://debian:12")
        .script(|double| double.image("docker.io/library/debian:12", DIGEST, image))
        .run();
    assert_eq!(again(&ran, &spec, &[]), ran.graph());
}

#[test]
fn llb_has_the_time_of_the_build_unless_another_is_given() {
    // Nothing but files, which have the time.
    let spec = format!("{MINIMAL}target: dynamo_base\nimages: {{rust: example.org/rust:1}}\n");
    let build = |time: &str| {
        Case::spec(&spec)
            .script(|double| double.image("example.org/rust:1", DIGEST, crate::case::CONFIG))
            .option("build-arg:SOURCE_DATE_EPOCH", time)
            .run()
    };
    let (first, second) = (build("1700000000"), build("1700000001"));
    assert_ne!(first.graph(), second.graph());
    assert_eq!(again(&first, &spec, &[]), first.graph());
    let given = ["--build-arg", "SOURCE_DATE_EPOCH=1700000001"];
    assert_eq!(again(&first, &spec, &given), second.graph());
    let wrong = run(
        &["llb", "--build-arg", "SOURCE_DATE_EPOCH=context"],
        MINIMAL,
    );
    assert_eq!(wrong.status.code(), Some(2));
    let said = text(&wrong.stderr);
    let wanted = "SOURCE_DATE_EPOCH: `context` is not a number of seconds since 1970";
    assert!(said.contains(wanted), "{said}");
}

#[test]
fn llb_of_a_build_on_another_builds_result_says_that_it_is_not_known() {
    let ran = Case::spec(MINIMAL)
        .option("context:ubuntu:24.04", "input:made")
        .script(|double| double.input("made", Case::spec(MINIMAL).run().graph()))
        .run();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("metadata.json");
    let key = "frontend.dynamo.resolved";
    let metadata = serde_json::json!({ key: ran.metadata(key).to_string() });
    fs::write(&file, metadata.to_string()).expect("a written file");
    let path = file.to_str().expect("a path in UTF-8");
    let refused = run(
        &["llb", "--platform", "linux/amd64", "--metadata", path],
        MINIMAL,
    );
    assert_eq!(refused.status.code(), Some(2));
    let said = text(&refused.stderr);
    assert!(
        said.contains("`ubuntu:24.04::linux/amd64` is what another build makes"),
        "{said}"
    );
}

#[test]
fn a_metadata_file_of_something_else_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("metadata.json");
    let path = file.to_str().expect("a path in UTF-8");
    for (content, wanted) in [
        ("{}", "has no `frontend.dynamo.resolved`"),
        ("[", "is wrong: "),
        (
            r#"{"frontend.dynamo.resolved":"{\"images\":{},\"settings\":{}}"}"#,
            "knows nothing of linux/amd64",
        ),
    ] {
        fs::write(&file, content).expect("a written file");
        let refused = run(
            &["llb", "--platform", "linux/amd64", "--metadata", path],
            MINIMAL,
        );
        assert_eq!(refused.status.code(), Some(2));
        assert!(
            text(&refused.stderr).contains(wanted),
            "{}",
            text(&refused.stderr)
        );
    }
}

/// Runs with a reader of one stream that has gone away.
fn run_unread(arguments: &[&str], spec: &str, output: bool) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = Command::new(BINARY);
    command.args(arguments).current_dir(folder.path());
    if output {
        command.stdout(writer).stderr(Stdio::piped());
    } else {
        command.stderr(writer).stdout(Stdio::piped());
    }
    command
        .spawn()
        .expect("runs")
        .wait_with_output()
        .expect("ends")
}

#[test]
fn a_reader_that_has_gone_away_changes_no_exit_code() {
    for output in [true, false] {
        let code =
            |arguments: &[&str], spec: &str| run_unread(arguments, spec, output).status.code();
        assert_eq!(code(&["check"], MINIMAL), Some(0));
        assert_eq!(code(&["check"], "device: cpuu\n"), Some(1));
        assert_eq!(code(&["plan"], "device: cpuu\n"), Some(1));
        assert_eq!(code(&["plan"], MINIMAL), Some(0));
        assert_eq!(code(&["check", "-f", "none.yaml"], MINIMAL), Some(2));
    }
}

#[test]
fn a_bare_build_argument_counts_only_if_the_environment_has_it() {
    let found = run(&["check", "--build-arg", "NOT_IN_THE_ENVIRONMENT"], MINIMAL);
    assert_eq!(found.status.code(), Some(0), "{}", text(&found.stdout));
    // `PATH` is in every environment, and is no key.
    let found = run(&["check", "--build-arg", "PATH"], MINIMAL);
    assert_eq!(found.status.code(), Some(1));
}

#[test]
fn a_spec_that_cannot_be_read_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("folder")).expect("a folder");
    let said = |arguments: &[&str]| {
        let mut command = Command::new(BINARY);
        let command = command.args(arguments).current_dir(folder.path());
        let output = command.output().expect("runs");
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        text(&output.stderr)
    };
    assert_eq!(
        said(&["plan"]),
        "error: there is no `dynamo.yaml` here\n\
         help: write one with `dynamo-frontend init`, or name yours with `-f FILE`\n"
    );
    assert_eq!(
        said(&["check", "-f", "none.yaml"]),
        "error: there is no `none.yaml`\n\
         help: give the path of a spec; `-` is standard input\n"
    );
    assert_eq!(
        said(&["check", "-f", "folder/"]),
        "error: `folder/` is a directory\n\
         help: name the spec in it, such as `-f folder/dynamo.yaml`\n"
    );
    let misspelt = said(&["chek"]);
    assert!(misspelt.contains("'check'"), "{misspelt}");
    let bare = said(&["check", "old.yaml"]);
    assert!(
        bare.contains("tip: a spec is named with '-f old.yaml'"),
        "{bare}"
    );
    assert_eq!(
        said(&[]),
        "error: there is no command, and BuildKit did not start this\n\
         help: `dynamo-frontend --help` lists the commands\n"
    );
}

#[test]
fn quiet_leaves_only_errors_beside_the_data() {
    let unused = format!("{MINIMAL}mirrors: {{example.org: example.com}}\n");
    assert!(text(&run(&["plan"], &unused).stderr).contains("UnusedMirror"));
    for arguments in [["plan", "-q"], ["--quiet", "plan"]] {
        let quiet = run(&arguments, &unused);
        assert_eq!(quiet.status.code(), Some(0));
        assert_eq!(text(&quiet.stderr), "");
        assert!(!quiet.stdout.is_empty());
    }
    let clean = run(&["check", "-q"], MINIMAL);
    assert_eq!(
        (clean.status.code(), text(&clean.stderr).as_str()),
        (Some(0), "")
    );
    // Findings are the data of this command.
    let found = run(&["check", "-q"], &unused);
    assert_eq!(
        (found.status.code(), text(&found.stderr).as_str()),
        (Some(1), "")
    );
    assert!(text(&found.stdout).contains("UnusedMirror"));
    let failed = run(&["plan", "-q"], "device: cpuu\n");
    assert_eq!(failed.status.code(), Some(1));
    assert!(text(&failed.stderr).contains("`cpuu`"));
}

#[test]
fn colours_go_into_a_pipe_only_where_they_are_asked_for() {
    let wrong = "device: cpuu\n";
    let coloured = |output: &Output| text(&output.stdout).contains('\u{1b}');
    assert!(!coloured(&run(&["check", "--color", "auto"], wrong)));
    assert!(coloured(&run(&["check", "--color", "always"], wrong)));
    assert!(!coloured(&run(&["--color", "never", "check"], wrong)));
}

#[test]
fn help_keeps_commands_apart_from_what_they_are_good_for() {
    let help = text(&run(&["--help"], MINIMAL).stdout);
    let commands = help
        .lines()
        .filter_map(|line| line.strip_prefix("  dynamo-frontend "));
    let mut columns: Vec<usize> = commands
        .filter_map(|line| line.rfind("  ").map(|gap| gap + 2))
        .collect();
    columns.dedup();
    assert_eq!(columns.len(), 1, "{help}");
}

#[test]
fn help_says_what_exit_codes_mean() {
    let help = text(&run(&["--help"], MINIMAL).stdout);
    let codes = help.split_once("Exit codes:").expect("exit codes").1;
    assert_eq!(
        codes,
        "\n\n  0    all is well\n  1    there are findings, errors in a spec, or an image failed\n  \
         2    the command line is wrong, or a file cannot be read or written\n  \
         125  `run` started no container; otherwise its code is the container's or the build's\n"
    );
}
