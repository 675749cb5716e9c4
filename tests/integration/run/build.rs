//! `run --build`: the image first, and a container only of one that was built.

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use super::machine::{Machine, said};
use super::{BINARY, WITH_GPUS};

/// An engine that has what it has built, and says what it is called for.
const BUILDS: &str = r#"
case "$1" in
info) echo '{"ServerVersion": "28", "Runtimes": {"nvidia": {}}}' ;;
buildx) echo "built by: $*"; >built ;;
image) [ -e built ] && echo '{}' ;;
run) echo "started" ;;
esac"#;

#[test]
fn the_image_is_built_first_and_only_the_container_writes_to_standard_output() {
    let machine = Machine::with(BUILDS);
    assert!(
        machine
            .refused(&[])
            .contains("build it first with `--build`")
    );
    let output = machine.run(&["--build"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(output.stdout, b"started\n");
    assert_eq!(
        said(&output),
        "built by: buildx build -f dynamo.yaml -t dynamo:latest-vllm-runtime --load .\n"
    );
}

#[test]
fn a_quiet_run_builds_quietly() {
    let docker = BUILDS.replace(
        "echo \"built by: $*\"",
        "echo \"progress: $BUILDKIT_PROGRESS\"",
    );
    let machine = Machine::with(&docker);
    assert_eq!(said(&machine.run(&["--build"])), "progress: \n");
    assert_eq!(said(&machine.run(&["--build", "-q"])), "progress: quiet\n");
}

#[test]
fn a_build_that_fails_ends_with_its_status_and_starts_nothing() {
    for code in [1, 3, 130] {
        let docker = BUILDS.replace(">built", &format!("exit {code}"));
        let output = Machine::with(&docker).run(&["--build"]);
        assert_eq!(output.status.code(), Some(code));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn what_is_told_to_end_while_it_builds_starts_nothing_more() {
    // The build has done all it had to, and says so by its own status.
    for (signal, status) in [("TERM", 143), ("INT", 130)] {
        let kill = format!(">built; kill -{signal} $PPID; exit 0");
        let docker = BUILDS.replace(">built", &kill);
        let docker = docker.replace("image)", "image) echo looked >&2;");
        let output = Machine::with(&docker).run(&["--build"]);
        assert_eq!(output.status.code(), Some(status), "{}", said(&output));
        assert!(output.stdout.is_empty());
        assert!(!said(&output).contains("looked"), "{}", said(&output));
    }
}

#[test]
fn what_is_told_to_end_after_the_build_ends_before_the_container() {
    let docker = BUILDS.replace("[ -e built ] &&", "kill -TERM $PPID;");
    let output = Machine::with(&docker).run(&["--build"]);
    assert_eq!(output.status.signal(), Some(15), "{}", said(&output));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_client_without_buildx_is_told_to_get_it_and_not_which_option_it_does_not_know() {
    const FAILS: &str = "echo \"unknown shorthand flag: 'f' in -f\" >&2; exit 125";
    let with_plugins = |plugins: &str| {
        let asked = "info) echo";
        let info = format!("info) [ \"$3\" = '{{{{json .}}}}' ] || {{ {plugins}; exit; }}; echo");
        let docker = BUILDS.replace(asked, &info);
        let failing = docker.replace("echo \"built by: $*\"; >built", FAILS);
        let output = Machine::with(&failing).run(&["--build"]);
        assert_eq!(output.status.code(), Some(125));
        said(&output)
    };
    for none in ["echo []", "echo null", "echo '[{\"Name\": \"compose\"}]'"] {
        let said = with_plugins(none);
        assert!(
            said.contains("error: this docker has no buildx, which builds images\nhelp: install"),
            "{none}: {said}"
        );
    }
    // One that has it, and one that does not say, failed for another reason.
    for other in ["echo '[{\"Name\": \"buildx\"}]'", "exit 1"] {
        let said = with_plugins(other);
        assert!(!said.contains("error: "), "{other}: {said}");
    }
}

#[test]
fn both_commands_are_one_line_that_a_shell_takes() {
    let machine = Machine::with(BUILDS);
    let arguments = [
        "--build",
        "--build-context",
        "models=a b",
        "--secret",
        "src=t,id=token",
        "--ssh",
        "default",
        "--target",
        "dev",
        "--gpus",
        "none",
    ];
    let line = machine.line(&arguments);
    let and = line
        .iter()
        .position(|word| word == "&&")
        .expect("two commands");
    let (build, run) = line.split_at(and);
    assert_eq!(
        build.join("|"),
        "docker|buildx|build|-f|dynamo.yaml|--target|dev|--build-context|models=a b|--secret|\
         id=token,src=t|--ssh|default|-t|dynamo:latest-vllm-dev|--load|."
    );
    assert_eq!(run[..3].join(" "), "&& docker run");
    assert!(!machine.checkout().join("built").exists());
    // Without it the same is said of an image that is not there.
    let missing = machine.refused(&arguments[1..]);
    let shown = missing.lines().find(|line| line.starts_with("  docker "));
    let shown = shlex::split(shown.expect("a command")).expect("words");
    assert_eq!(shown, build);
}

#[test]
fn what_is_piped_is_the_container_s() {
    let docker = BUILDS
        .replace(">built", "cat; >built")
        .replace("echo \"started\"", "cat");
    let machine = Machine::with(&docker);
    // The script wants `cat`.
    let mut path = machine.path.clone();
    path.push(":");
    path.push(std::env::var_os("PATH").expect("a path"));
    let mut child = Command::new(BINARY)
        .args(["run", "-i", "--build"])
        .current_dir(machine.checkout())
        .env("PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"for the container\n").expect("a reader");
    drop(input);
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.stdout, b"for the container\n", "{}", said(&output));
}

#[test]
fn nothing_is_built_for_a_container_that_cannot_be_started() {
    let docker = BUILDS.replace("\"nvidia\": {}", "");
    let machine = Machine::with(&docker);
    assert!(
        machine
            .refused(&["--build"])
            .contains("has no way to the GPUs")
    );
    assert!(!machine.checkout().join("built").exists());
}

#[test]
fn a_build_is_of_a_spec_in_a_file() {
    let machine = Machine::with(BUILDS);
    assert_eq!(
        machine.refused(&["--build", "-f", "-"]),
        "error: standard input can be read once, and a build reads the spec again\n\
         help: write it to a file, and name that with `-f FILE`\n"
    );
    let other = machine.run(&["--build", "--image", "x"]);
    assert_eq!(other.status.code(), Some(2));
    fs::remove_file(machine.checkout().join("dynamo.yaml")).expect("a spec");
    let none = machine.refused(&["--build", "--framework", "vllm"]);
    assert!(
        none.contains("there is no `dynamo.yaml` here\nhelp: write one"),
        "{none}"
    );
}

#[test]
fn what_no_build_can_be_given_is_refused_with_how_it_is_written() {
    let machine = Machine::with(BUILDS);
    assert_eq!(
        machine.refused(&["--build-context", "models"]),
        "error: `--build-context models` is no name with a place\n\
         help: write `--build-context NAME=PLACE`\n"
    );
    assert_eq!(
        machine.refused(&["--secret", "token=x"]),
        "error: `--secret token=…` is no secret\n\
         help: write `--secret id=NAME,src=FILE`, or `--secret id=NAME,env=VARIABLE`\n"
    );
}

#[test]
fn images_are_named_by_the_repository_of_the_option_or_the_environment() {
    let machine = Machine::with(WITH_GPUS);
    let image = |arguments: &[&str], variable: &str| {
        let output = Command::new(BINARY)
            .args(["run", "--dry-run"])
            .args(arguments)
            .current_dir(machine.checkout())
            .env("PATH", &machine.path)
            .env("DYNAMO_IMAGE_REPOSITORY", variable)
            .output()
            .expect("runs");
        let line = String::from_utf8_lossy(&output.stdout).into_owned();
        let last = line.split_whitespace().last().map(str::to_owned);
        last.unwrap_or_else(|| said(&output))
    };
    assert_eq!(image(&[], ""), "dynamo:latest-vllm-runtime");
    assert_eq!(image(&[], "team/a"), "team/a:latest-vllm-runtime");
    let both = image(&["--repository", "r.local:5000/b"], "team/a");
    assert_eq!(both, "r.local:5000/b:latest-vllm-runtime");
    assert_eq!(
        image(&[], "team/a:1"),
        "error: `team/a:1` names one image, and a repository holds many\n\
         help: give `DYNAMO_IMAGE_REPOSITORY` a name without a tag, such as `team/dynamo`\n"
    );
}

#[test]
fn an_image_that_asks_for_no_gpus_gets_none() {
    let line = |env: &str, arguments: &[&str]| {
        let docker = format!(
            "case $1 in info) echo '{{\"ServerVersion\": \"28\", \"Runtimes\": {{\"nvidia\": {{}}}}}}' ;; \
             image) echo '{{\"Env\": [{env}]}}' ;; esac"
        );
        let named = [&["--image", "registry.local/dynamo:1"], arguments].concat();
        Machine::with(&docker).line(&named).join(" ")
    };
    let gpus = "--runtime nvidia --gpus all";
    for env in [
        r#""NVIDIA_VISIBLE_DEVICES=all""#,
        r#""CUDA_VERSION=12.9.1""#,
    ] {
        assert!(line(env, &[]).contains(gpus), "{env}");
        assert!(!line(env, &["--device", "cpu"]).contains("gpus"), "{env}");
    }
    for env in [
        r#""PATH=/bin""#,
        r#""CUDA_VERSION=12.9.1", "NVIDIA_VISIBLE_DEVICES=void""#,
    ] {
        assert!(!line(env, &[]).contains("gpus"), "{env}");
        assert!(line(env, &["--device", "cuda"]).contains(gpus), "{env}");
        assert!(line(env, &["--gpus", "all"]).contains(gpus), "{env}");
    }
}
