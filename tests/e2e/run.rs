//! `dynamo-frontend run`, on a real engine: what a container gets, how it ends, and
//! what is said where there is none.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

use crate::engine::{Door, Engine, docker, text, unique};
use crate::turn::Turn;

/// Limits that an engine may give which has not all rights itself.
const LIMITS: [&str; 4] = [
    "--ulimit",
    "memlock=4194304",
    "--ulimit",
    "nofile=1024:4096",
];

/// The program under test, in a folder with the spec of an image that is built.
struct Runner {
    folder: TempDir,
}

impl Runner {
    fn new() -> Self {
        let engine = Engine::of_environment();
        let spec = engine.spec("labels: {team: inference}\n");
        let tag = "--tag=dynamo:latest-dynamo-runtime-cpu";
        let build = engine.build(&spec, Door::SyntaxLine).arg("--load").arg(tag);
        build.run().succeeds();
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
        Self { folder }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"));
        command.arg("run").args(LIMITS).args(arguments);
        command.current_dir(self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("runs")
    }

    /// What a script for a shell prints in a container.
    #[track_caller]
    fn says(&self, arguments: &[&str], script: &str) -> String {
        let output = self.run(&[arguments, &["--", "sh", "-c", script]].concat());
        assert!(output.status.success(), "{}", text(&output));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A container that has said that it is ready.
    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("starts");
        let mut line = String::new();
        let output = child.stdout.as_mut().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("a line");
        assert_eq!(line, "ready\n");
        child
    }
}

/// A folder that the engine sees, here and as the engine calls it. An engine in a
/// file system of its own shares the folder of its socket.
struct Shared {
    here: PathBuf,
    there: PathBuf,
}

impl Shared {
    fn new() -> Self {
        let name = format!("e2e-run-{}", unique());
        let own = std::env::temp_dir().join(&name);
        let socket = std::env::var("DOCKER_HOST").unwrap_or_default();
        let socket = Path::new(socket.trim_start_matches("unix://")).parent();
        let outside = socket.filter(|folder| folder.join("dockerd.process").exists());
        let shared = match outside {
            None => Self {
                here: own.clone(),
                there: own,
            },
            Some(folder) => Self {
                here: folder.join(&name),
                there: Path::new("/run/host").join(&name),
            },
        };
        for folder in [&shared.here, &shared.there] {
            fs::create_dir_all(folder).expect("a folder");
        }
        shared
    }

    fn write(&self, name: &str, content: &str) {
        for folder in [&self.here, &self.there] {
            fs::write(folder.join(name), content).expect("a written file");
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        for folder in [&self.here, &self.there] {
            let _ = fs::remove_dir_all(folder);
        }
        if self.here != self.there {
            // Gone with the last test that has made something in it.
            let _ = fs::remove_dir("/run/host");
        }
    }
}

#[test]
fn a_container_has_the_user_limits_variables_and_capability_it_should() {
    let runner = Runner::new();
    assert_eq!(
        runner.says(&[], "id; pwd; ulimit -n; ulimit -Hn; ulimit -s; ulimit -l"),
        "uid=1000(dynamo) gid=0(root) groups=0(root)\n/workspace\n1024\n4096\n65536\n4096"
    );
    let mut command = runner.command(&["-e", "A=b c=d", "-e", "INHERITED", "--", "printenv"]);
    command
        .args(["A", "INHERITED"])
        .env("INHERITED", "from here");
    let output = command.output().expect("runs");
    assert_eq!(text(&output), "b c=d\nfrom here\n");
    let bounding = runner.says(&[], "grep CapBnd /proc/self/status | cut -f2");
    let bounding = u64::from_str_radix(&bounding, 16).expect("a number");
    assert_ne!(bounding & (1 << 19), 0, "it may trace");
    // What is shared with the machine has the machine's size; its own has ours.
    let shared = "df --output=size -BG /dev/shm | tail -n 1";
    assert_eq!(runner.says(&["--docker-arg=--ipc=private"], shared), "10G");
    assert_eq!(runner.says(&["-w", "/opt/dynamo"], "pwd"), "/opt/dynamo");
    assert_eq!(
        runner.says(&["--network", "none"], "ls /sys/class/net"),
        "lo"
    );
}

#[test]
fn another_user_is_in_the_group_that_may_write() {
    let runner = Runner::new();
    assert_eq!(
        runner.says(
            &["--user", "4321:4321"],
            "id; touch /workspace/made && echo made"
        ),
        "uid=4321 gid=4321 groups=4321,0(root)\nmade"
    );
    assert_eq!(runner.says(&["--user", "root"], "id -u"), "0");
}

#[test]
fn a_workspace_a_cache_and_a_volume_are_where_programs_look_for_them() {
    let runner = Runner::new();
    let shared = Shared::new();
    let spec = fs::read_to_string(runner.folder.path().join("dynamo.yaml")).expect("a spec");
    shared.write("dynamo.yaml", &spec);
    shared.write("source.py", "print('mine')\n");
    let models = shared.there.join("models");
    // Made by the program here; by us where the engine looks, if that is elsewhere.
    let elsewhere = shared.here.join("models");
    if shared.here != shared.there {
        fs::create_dir(&elsewhere).expect("a folder");
    }
    let volume = format!("e2e-run-{}", unique());
    let spec = shared.there.join("dynamo.yaml");
    let said = runner.says(
        &[
            "-f",
            spec.to_str().expect("text"),
            "--mount-workspace",
            "--hf-cache",
            models.to_str().expect("text"),
            "-v",
            &format!("{volume}:/data"),
            "--user",
            "root",
        ],
        "cat source.py; touch $HF_HOME/model; echo $HF_HOME; test -d /data && test -d /mnt && echo there",
    );
    docker(&["volume", "rm", &volume]);
    assert_eq!(said, "print('mine')\n/root/.cache/huggingface\nthere");
    assert!(models.is_dir(), "the folder is made before it is mounted");
    assert!(elsewhere.join("model").exists());
}

#[test]
fn the_exit_status_is_that_of_the_program_and_nothing_is_left() {
    let runner = Runner::new();
    let name = format!("e2e-run-{}", unique());
    for code in [0, 1, 7] {
        let script = format!("exit {code}");
        let output = runner.run(&["--name", &name, "--", "sh", "-c", &script]);
        assert_eq!(output.status.code(), Some(code), "{}", text(&output));
    }
    let unknown = runner.run(&["--name", &name, "--", "no-such-program"]);
    assert_eq!(unknown.status.code(), Some(127), "{}", text(&unknown));
    let filter = format!("name={name}");
    assert_eq!(docker(&["ps", "--all", "--quiet", "--filter", &filter]), "");
    let kept = runner.run(&["--name", &name, "--rm", "FALSE", "--", "true"]);
    assert!(kept.status.success(), "{}", text(&kept));
    docker(&["rm", &name]);
}

#[test]
fn signals_reach_the_program_in_the_container() {
    const WAITS: &str =
        "trap 'exit 42' TERM; trap 'exit 43' INT; echo ready; sleep infinity & wait";
    let runner = Runner::new();
    for (signal, status) in [("TERM", 42), ("INT", 43)] {
        let mut child = runner.start(&["--", "sh", "-c", WAITS]);
        let pid = child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.expect("runs").success());
        let ended = child.wait().expect("an end");
        assert_eq!(ended.code(), Some(status), "{signal}");
    }
    let name = format!("e2e-run-{}", unique());
    let mut child = runner.start(&["--name", &name, "--", "sh", "-c", WAITS]);
    docker(&["kill", &name]);
    assert_eq!(child.wait().expect("an end").code(), Some(128 + 9));
}

#[test]
fn what_is_typed_reaches_a_program_that_is_interactive() {
    let runner = Runner::new();
    let mut command = runner.command(&["-i", "--", "cat"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"typed").expect("written");
    drop(input);
    let output = child.wait_with_output().expect("an end");
    assert_eq!(text(&output), "typed");
}

#[test]
fn dry_run_prints_the_command_that_starts_the_same_container() {
    let runner = Runner::new();
    let arguments = ["-e", "A=it's $HOME", "--", "printenv", "A"];
    let dry = runner.run(&[&["--dry-run"], &arguments[..]].concat());
    let line = String::from_utf8(dry.stdout).expect("text");
    assert_eq!(line.lines().count(), 1, "{line}");
    let pasted = Command::new("sh").args(["-c", &line]).output();
    let pasted = text(&pasted.expect("runs"));
    assert_eq!(pasted, text(&runner.run(&arguments)));
    assert_eq!(pasted, "it's $HOME\n");
}

#[test]
fn an_image_by_its_name_needs_no_spec_and_a_missing_one_is_one_to_build() {
    let runner = Runner::new();
    let image = "dynamo:latest-dynamo-runtime-cpu";
    fs::remove_file(runner.folder.path().join("dynamo.yaml")).expect("a file");
    assert_eq!(
        runner.says(&["--image", image, "--gpus", "none"], "id -un"),
        "dynamo"
    );
    let missing = runner.run(&["--framework", "trtllm", "--target", "framework"]);
    assert_eq!(missing.status.code(), Some(125));
    let said = text(&missing);
    assert!(
        said.starts_with("error: there is no image `dynamo:latest-trtllm-framework` here\n")
            && said.contains("-t dynamo:latest-trtllm-framework --load ."),
        "{said}"
    );
    let missing = Engine::pushed("no-such-image");
    let gone = runner.run(&["--image", &missing, "--gpus", "none", "--", "true"]);
    assert_eq!(gone.status.code(), Some(125));
    assert!(
        text(&gone).contains("help: log in to its registry"),
        "{}",
        text(&gone)
    );
    let runtimes = docker(&[
        "info",
        "--format",
        "{{json .Runtimes}} {{json .DiscoveredDevices}}",
    ]);
    if !runtimes.contains("nvidia") {
        // This one asks for none of itself.
        assert_eq!(runner.says(&["--image", image], "id -un"), "dynamo");
        let without = runner.run(&["--image", image, "--device", "cuda", "--", "true"]);
        assert_eq!(without.status.code(), Some(125));
        let said = text(&without);
        assert!(
            said.contains("has no way to the GPUs of `--gpus all`"),
            "{said}"
        );
    }
}

#[test]
fn an_image_is_built_and_run_by_one_command_or_neither() {
    let engine = Engine::of_environment();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let repository = format!("e2e-run-{}", unique());
    let frontend = format!(
        "nvidia/dynamo-frontend:1=docker-image://{}",
        engine.frontend()
    );
    let run = |spec: &str, script: &str| {
        fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
        let _turn = Turn::wait();
        Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"))
            .args(["run", "--build", "--build-context", &frontend])
            .args(["--repository", &repository])
            .args(LIMITS)
            .args(["--", "sh", "-c", script])
            .current_dir(folder.path())
            .output()
            .expect("runs")
    };
    let spec = |value: &str| engine.spec(&format!("env: {{MINE: {value}}}\n"));
    let script = "echo $MINE; exit 7";
    for value in ["first", "second"] {
        let output = run(&spec(value), script);
        assert_eq!(output.status.code(), Some(7), "{}", text(&output));
        assert_eq!(output.stdout, format!("{value}\n").into_bytes());
    }
    // The image of before is there, and not started.
    let failing = "extend: {runtime: [{run: [\"false\"]}]}\n";
    let output = run(&engine.spec(failing), script);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(output.stdout.is_empty());
    assert!(text(&output).contains("dynamo.yaml:"), "{}", text(&output));
    let image = format!("{repository}:latest-dynamo-runtime-cpu");
    docker(&["image", "rm", "--force", &image]);
}
