//! `bake --build`: what is called, what of it reaches whom, and what is reported.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Baked, Folder, VLLM};

/// What every `docker` here begins with: where the metadata goes, and which image is
/// built, which is the last word.
const ARGUMENTS: &str = r#"
while [ $# -gt 1 ]; do
  if [ "$1" = --metadata-file ]; then metadata=$2; fi
  shift
done
name=$1
"#;

/// One that fails at a step of `vllm-dev`, and builds all else.
const FAILS: &str = r#"
echo '#2 [internal] load build definition from dynamo.yaml' >&2
if [ "$name" = vllm-dev ]; then
  cat >&2 <<'END'
------
 > [dev 3/4] run make:
0.1 with ghp_0123456789012345678901234567890123456789
------
dynamo.yaml:2
--------------------
   2 | >>> framework: vllm
--------------------
ERROR: target vllm-dev: failed to solve: exit code: 2
END
  exit 1
fi
printf '{"%s": {"containerimage.digest": "sha256:%s"}}' "$name" "$name" >"$metadata"
"#;

/// A folder with a spec, and a `docker` that answers by a script.
struct Builder {
    folder: Folder,
}

impl Builder {
    fn with(docker: &str) -> Self {
        Self::with_plugins(r#"[{"Name": "buildx"}]"#, docker)
    }

    fn with_plugins(plugins: &str, docker: &str) -> Self {
        let folder = Folder::of(VLLM);
        fs::create_dir(folder.path().join("bin")).expect("a folder");
        let info = format!("if [ \"$1\" = info ]; then echo '{plugins}'; exit; fi");
        let docker = format!("#!/bin/sh\n{info}\n{docker}\n");
        folder.write("bin/docker", &docker);
        let executable = fs::Permissions::from_mode(0o755);
        let program = folder.path().join("bin/docker");
        fs::set_permissions(program, executable).expect("a program");
        Self { folder }
    }

    /// A call for three images.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.folder.command(&[
            "--target=runtime,dev,test",
            "--framework=vllm",
            "--tag-version=v1.0.0",
        ]);
        let system = std::env::var_os("PATH").expect("a path");
        let folders = std::env::split_paths(&system);
        let folders = [self.path("bin")].into_iter().chain(folders);
        command.env("PATH", std::env::join_paths(folders).expect("a path"));
        command.env_remove("USER_UID").env_remove("USER_GID");
        command.env_remove("BUILDKIT_PROGRESS");
        // Logs of images that fail are left behind.
        command.env("TMPDIR", self.folder.path());
        command.args(arguments);
        command
    }

    fn bake(&self, arguments: &[&str]) -> Baked {
        Baked::of(&mut self.command(arguments))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    #[track_caller]
    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    #[track_caller]
    fn report(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).expect("JSON")
    }

    /// What came of each build.
    #[track_caller]
    fn states(&self, name: &str) -> Vec<(String, String)> {
        let report = self.report(name);
        let builds = report["builds"].as_array().expect("builds").iter();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        builds
            .map(|one| (text(&one["name"]), text(&one["state"])))
            .collect()
    }
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let pair = |(name, state): &(&str, &str)| ((*name).to_owned(), (*state).to_owned());
    all.iter().map(pair).collect()
}

#[test]
fn a_client_without_buildx_is_told_to_get_it_however_much_is_built() {
    for arguments in [&["--build"][..], &["--build", "--keep-going"]] {
        let builder = Builder::with_plugins("[]", "exit 125");
        let baked = builder.bake(arguments);
        assert_eq!(baked.code(), Some(2));
        let said = baked.said();
        assert!(
            said.contains("error: this docker has no buildx, which builds images\nhelp: install"),
            "{said}"
        );
    }
}

#[test]
fn the_file_goes_to_one_call_of_bake_whose_exit_status_it_is() {
    let builder = Builder::with(
        "echo \"$*; $BUILDX_BAKE_ENTITLEMENTS_FS; $BUILDKIT_PROGRESS\" >called\ncat >given\nexit 7",
    );
    let baked = builder.bake(&["--build", "--push", "dev", "check", "--", "--set", "a=b c"]);
    assert_eq!(baked.code(), Some(7), "{}", baked.said());
    assert_eq!(
        builder.read("called"),
        "buildx bake -f - --push --set a=b c vllm-runtime-check vllm-dev vllm-dev-check \
         vllm-test-check; 0; \n"
    );
    let given: Value = serde_json::from_str(&builder.read("given")).expect("JSON");
    assert_eq!(given["target"]["vllm-dev"]["target"], "dev");
    assert_eq!(builder.bake(&["--build", "-q"]).code(), Some(7));
    assert!(builder.read("called").ends_with("; 0; quiet\n"));
}

#[test]
fn a_file_larger_than_a_pipe_reaches_a_bake_that_reads_it_late() {
    let builder = Builder::with("sleep 0; wc -c >size");
    let long = format!("--build-arg=env.LONG={}", "x".repeat(100_000));
    let written = builder.bake(&[&long]).text();
    assert_eq!(builder.bake(&["--build", &long]).code(), Some(0));
    let size: usize = builder.read("size").trim().parse().expect("a number");
    assert_eq!(size, written.len());
}

#[test]
fn the_commands_are_printed_and_nothing_is_run() {
    let builder = Builder::with("touch called");
    let printed = |arguments: &[&str]| {
        let dry = ["--build", "--dry-run"];
        builder.bake(&[&dry, arguments].concat()).text()
    };
    insta::assert_snapshot!(printed(&["--load", "runtime"]), @"BUILDX_BAKE_ENTITLEMENTS_FS=0 docker buildx bake -f - --load vllm-runtime");
    insta::assert_snapshot!(printed(&["--keep-going", "runtime", "dev", "--", "--set=*.args.a=b c"]), @r"
    BUILDX_BAKE_ENTITLEMENTS_FS=0 docker buildx bake -f - --progress plain '--set=*.args.a=b c' vllm-runtime
    BUILDX_BAKE_ENTITLEMENTS_FS=0 docker buildx bake -f - --progress plain '--set=*.args.a=b c' vllm-dev
    ");
    assert!(!builder.path("called").exists());
}

#[test]
fn an_image_for_developers_is_built_for_whose_folder_it_is() {
    let builder = Builder::with("echo \"$USER_UID:$USER_GID\" >ids");
    let build = |uid: Option<&str>| {
        let mut command = builder.command(&["--build", "--target=local-dev", "local-dev"]);
        command.envs(uid.map(|uid| ("USER_UID", uid)));
        let output = command.output().expect("runs");
        assert!(output.status.success(), "{}", said(&output));
        builder.read("ids")
    };
    let own = build(None);
    let (uid, gid) = own.trim().split_once(':').expect("two ids");
    assert!(
        uid.parse::<u32>().is_ok() && gid.parse::<u32>().is_ok(),
        "{own}"
    );
    assert_eq!(build(Some("4321")), format!("4321:{gid}\n"));
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_image_that_fails_does_not_end_the_others_and_is_reported_with_its_line() {
    let builder = Builder::with(&format!("{ARGUMENTS}{FAILS}"));
    let arguments = [
        "--build",
        "--keep-going",
        "--report=out.json",
        "--report=out.md",
        "--report=out.xml",
        "--logs=logs",
        "default",
        "check",
    ];
    let baked = builder.bake(&arguments);
    assert_eq!(baked.code(), Some(1), "{}", baked.said());
    assert_eq!(baked.0.stdout, b"");
    assert_eq!(
        builder.states("out.json"),
        pairs(&[
            ("vllm-runtime", "built"),
            ("vllm-runtime-check", "built"),
            ("vllm-dev", "failed"),
            ("vllm-dev-check", "skipped"),
            ("vllm-test", "built"),
            ("vllm-test-check", "built"),
        ])
    );
    let report = builder.report("out.json");
    assert_eq!(report["builds"][0]["digest"], "sha256:vllm-runtime");
    let failure = &report["builds"][2]["failure"];
    assert_eq!(failure["file"], "dynamo.yaml");
    assert_eq!(failure["line"], 2);
    assert_eq!(failure["message"], "exit code: 2");
    assert_eq!(failure["log"], "logs/vllm-dev.log");
    let said = baked.said();
    for text in [
        "building vllm-dev\n",
        "error: vllm-dev failed after 0s, see logs/vllm-dev.log\n",
        "   2 | >>> framework: vllm\n",
        "error: 4 built, 1 failed, 1 skipped\nfailed: `vllm-dev`\n",
    ] {
        assert!(said.contains(text), "no `{text}` in:\n{said}");
    }
    // All of it is in the log alone.
    assert!(builder.read("logs/vllm-dev.log").contains("ghp_0"));
    for text in [
        &said,
        &builder.read("out.json"),
        &builder.read("out.md"),
        &builder.read("out.xml"),
    ] {
        assert!(text.contains("0.1 with ***"), "{text}");
        assert!(!text.contains("ghp_0"), "{text}");
    }
}

#[test]
fn a_check_is_built_behind_its_image_and_images_at_most_so_many_at_a_time() {
    let builder = Builder::with(&format!(
        "{ARGUMENTS}echo \"begin $name\" >>order\necho \"end $name\" >>order\n"
    ));
    let arguments = [
        "--build",
        "--keep-going",
        "--jobs=1",
        "runtime",
        "dev",
        "check",
    ];
    let baked = builder.bake(&arguments);
    assert_eq!(baked.code(), Some(0), "{}", baked.said());
    let names = ["runtime", "runtime-check", "dev", "dev-check", "test-check"];
    let order = names.map(|name| format!("begin vllm-{name}\nend vllm-{name}\n"));
    assert_eq!(builder.read("order"), order.concat());
    // Nothing is left of logs that nobody has to read.
    let left = fs::read_dir(builder.folder.path()).expect("a folder");
    let names = left.map(|one| one.expect("an entry").file_name());
    let logs = names.filter(|name| name.to_string_lossy().starts_with("dynamo-bake-"));
    assert_eq!(logs.count(), 0);
}

#[test]
fn what_ends_before_the_builder_begins_ends_for_all_and_is_told_once() {
    let builder = Builder::with(
        "echo called >>calls\necho 'ERROR: Cannot connect to the Docker daemon at unix:///a' >&2\nexit 1",
    );
    let arguments = ["--build", "--keep-going", "--jobs=1", "--report=out.json"];
    let baked = builder.bake(&arguments);
    assert_eq!(baked.code(), Some(1), "{}", baked.said());
    assert_eq!(builder.read("calls"), "called\n");
    let log = builder.report("out.json")["builds"][0]["failure"]["log"].clone();
    let log = log.as_str().expect("a log");
    assert!(
        fs::read_to_string(log)
            .expect("a log")
            .contains("Cannot connect")
    );
    assert_eq!(
        builder.states("out.json"),
        pairs(&[
            ("vllm-runtime", "failed"),
            ("vllm-dev", "cancelled"),
            ("vllm-test", "cancelled"),
        ])
    );
    assert_eq!(baked.said().matches("Cannot connect").count(), 1);
}

#[test]
fn images_that_there_are_already_are_reported_and_not_built() {
    let docker = r#"
if [ "$1" = image ]; then
  case "$3" in *-dev) exit 1 ;; esac
  exit 0
fi
touch "built-$(for last; do :; done; echo "$last")""#;
    let builder = Builder::with(docker);
    let arguments = [
        "--build",
        "--keep-going",
        "--skip-existing",
        "--report=out.json",
    ];
    let baked = builder.bake(&arguments);
    assert_eq!(baked.code(), Some(0), "{}", baked.said());
    assert_eq!(
        builder.states("out.json"),
        pairs(&[
            ("vllm-runtime", "exists"),
            ("vllm-dev", "built"),
            ("vllm-test", "exists"),
        ])
    );
    assert_eq!(
        builder.report("out.json")["builds"][0]["image"],
        "dynamo:v1.0.0-vllm-runtime"
    );
    assert!(builder.path("built-vllm-dev").exists());
    // Nothing is left of this: bake is not called.
    let nothing = builder.bake(&["--build", "--skip-existing", "runtime"]);
    assert_eq!(nothing.code(), Some(0), "{}", nothing.said());
    assert!(nothing.said().contains("nothing is left to build"));
    assert!(!builder.path("built-vllm-runtime").exists());
}

#[test]
fn a_report_that_cannot_be_written_keeps_no_other_from_it() {
    let builder = Builder::with(ARGUMENTS);
    std::os::unix::fs::symlink("/dev/full", builder.path("full.md")).expect("a link");
    let arguments = [
        "--build",
        "--keep-going",
        "--report=full.md",
        "--report=out.json",
    ];
    let baked = builder.bake(&arguments);
    assert_eq!(baked.code(), Some(2), "{}", baked.said());
    assert_eq!(builder.report("out.json")["count"]["built"], 3);
    let said = baked.said();
    for text in ["\n3 built\n", "error: cannot write `full.md`"] {
        assert!(said.contains(text), "no `{text}` in:\n{said}");
    }
}

#[test]
fn what_is_left_out_is_in_the_report_with_its_reason() {
    let builder = Builder::with(ARGUMENTS);
    let arguments = [
        "--build",
        "--keep-going",
        "--device=cuda,xpu",
        "--report=out.json",
    ];
    let baked = builder.bake(&[&arguments[..], &["--framework=sglang"]].concat());
    assert_eq!(baked.code(), Some(0), "{}", baked.said());
    let left_out = &builder.report("out.json")["left_out"];
    let reason = json!("`sglang` cannot be built for the device `xpu`");
    let reasons = left_out.as_array().expect("a list");
    assert!(
        reasons.iter().any(|one| one["reason"] == reason),
        "{left_out:#}"
    );
}

#[test]
fn a_signal_reaches_every_build_and_the_report_says_which_were_given_up() {
    // One image is built at once, the others until they are told to end.
    let docker = format!(
        "{ARGUMENTS}{}",
        r#"
[ "$name" = vllm-runtime ] && exit 0
trap 'echo ended >"ended-$name"; exit 130' INT
echo $$ >"pid-$name.new" && mv "pid-$name.new" "pid-$name"
while :; do sleep 0.1; done"#
    );
    for (signal, status) in [("-TERM", 143), ("-INT", 130)] {
        let builder = Builder::with(&docker);
        let mut child = builder
            .command(&["--build", "--keep-going", "--jobs=2", "--report=out.json"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let running = ["vllm-dev", "vllm-test"];
        wait(&mut child, || {
            running
                .iter()
                .all(|name| builder.path(&format!("pid-{name}")).exists())
        });
        let pid = child.id().to_string();
        let kill = Command::new("kill").args([signal, &pid]).status();
        assert!(kill.expect("kill runs").success());
        let output = child.wait_with_output().expect("ends");
        assert_eq!(output.status.code(), Some(status), "{}", said(&output));
        assert_eq!(
            builder.states("out.json"),
            pairs(&[
                ("vllm-runtime", "built"),
                ("vllm-dev", "cancelled"),
                ("vllm-test", "cancelled"),
            ])
        );
        for name in running {
            assert!(builder.path(&format!("ended-{name}")).exists(), "{name}");
            let pid = builder.read(&format!("pid-{name}"));
            let process = PathBuf::from(format!("/proc/{}", pid.trim()));
            assert!(!process.exists(), "{name} is left running");
        }
        let text = "cancelled: `vllm-dev`, `vllm-test`";
        assert!(said(&output).contains(text), "{}", said(&output));
    }
}

#[test]
fn a_matrix_under_nohup_is_built_when_the_terminal_is_gone() {
    let docker = format!("{ARGUMENTS}touch running\nwhile ! [ -e go ]; do sleep 0.1; done");
    let builder = Builder::with(&docker);
    let bake = builder.command(&["--build", "--keep-going", "--report=out.json", "runtime"]);
    let mut nohup = Command::new("sh");
    nohup.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]);
    nohup.arg(bake.get_program()).args(bake.get_args());
    for (name, value) in bake.get_envs() {
        match value {
            Some(value) => nohup.env(name, value),
            None => nohup.env_remove(name),
        };
    }
    nohup.current_dir(builder.folder.path());
    let mut child = nohup.stderr(Stdio::piped()).spawn().expect("starts");
    wait(&mut child, || builder.path("running").exists());
    let pid = child.id().to_string();
    let kill = Command::new("kill").args(["-HUP", &pid]).status();
    assert!(kill.expect("kill runs").success());
    builder.folder.write("go", "");
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(
        builder.states("out.json"),
        pairs(&[("vllm-runtime", "built")])
    );
}

#[test]
fn a_build_that_does_not_end_when_it_is_told_to_is_ended_by_the_second_signal() {
    let docker = format!(
        "{ARGUMENTS}trap '' INT\necho $$ >pid.new && mv pid.new pid\nwhile :; do sleep 0.1; done"
    );
    let builder = Builder::with(&docker);
    let mut child = builder
        .command(&["--build", "--keep-going", "--report=out.json", "runtime"])
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    wait(&mut child, || builder.path("pid").exists());
    let pid = child.id().to_string();
    // Told again and again, as people do.
    wait_ended(&mut child, || {
        let kill = Command::new("kill").args(["-INT", &pid]).status();
        assert!(kill.is_ok());
    });
    assert_eq!(child.wait().expect("ends").code(), Some(130));
    let process = PathBuf::from(format!("/proc/{}", builder.read("pid").trim()));
    assert!(!process.exists());
    assert_eq!(
        builder.states("out.json"),
        pairs(&[("vllm-runtime", "cancelled")])
    );
}

/// How long a busy machine may take.
const PATIENCE: Duration = Duration::from_mins(1);

#[track_caller]
fn wait(child: &mut Child, reached: impl Fn() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < PATIENCE, "waited in vain");
        let ended = child.try_wait().expect("a child");
        assert!(ended.is_none(), "ended by itself: {ended:?}");
        sleep(Duration::from_millis(20));
    }
}

#[track_caller]
fn wait_ended(child: &mut Child, again: impl Fn()) {
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        assert!(start.elapsed() < PATIENCE, "waited in vain");
        again();
        sleep(Duration::from_millis(100));
    }
}

#[test]
fn options_that_need_or_exclude_one_another_are_refused_before_anything_is_built() {
    let builder = Builder::with("touch called");
    for (arguments, text) in [
        (&["runtime"] as &[&str], "--build"),
        (&["--", "--push"], "--build"),
        (&["--keep-going"], "--build"),
        (&["--dry-run"], "--build"),
        (&["--build", "--jobs=2"], "--keep-going"),
        (&["--build", "--logs=a"], "--keep-going"),
        (&["--build", "--report=a.md"], "--keep-going"),
        (&["--build", "--push", "--load"], "cannot be used with"),
        (&["--build", "-o", "a.json"], "cannot be used with"),
        (
            &["--build", "--keep-going", "--jobs=0"],
            "'--jobs <NUMBER>'",
        ),
        (
            &["--build", "--keep-going", "--report=a.txt"],
            "the name has to end with .md, .json or .xml",
        ),
        (
            &["--build", "--keep-going", "--report=no/a.md"],
            "cannot write `no/a.md`",
        ),
        (
            &["--build", "--keep-going", "--", "--metadata-file=a"],
            "`--metadata-file=a` does not go with `--keep-going`",
        ),
        (
            &["--build", "vllm-runtme"],
            "nothing of this matrix is called `vllm-runtme`\nhelp: did you mean `vllm-runtime`?",
        ),
    ] {
        let baked = builder.bake(arguments);
        assert_eq!(baked.code(), Some(2), "{arguments:?}: {}", baked.said());
        assert!(
            baked.said().contains(text),
            "{arguments:?}: {}",
            baked.said()
        );
    }
    assert!(!builder.path("called").exists());
}

#[test]
fn a_name_that_nothing_has_was_answered_with_itself() {
    let builder = Builder::with("exit 1");
    let ask = |name: &str, help: &str| {
        let baked = builder.bake(&["--build", name]);
        let text = format!("nothing of this matrix is called `{name}`\nhelp: {help}\n");
        assert_eq!(baked.code(), Some(2), "{}", baked.said());
        assert!(baked.said().ends_with(&text), "{}", baked.said());
    };
    ask(
        "everything",
        "name an image such as `vllm-runtime`, a group such as `runtime`, or `check`",
    );
    let spec = format!("{VLLM}tests: {{builtin: false}}\n");
    builder.folder.write("dynamo.yaml", &spec);
    ask(
        "check",
        "name an image such as `vllm-runtime`, or a group such as `runtime`",
    );
}

#[test]
fn without_docker_nothing_is_begun() {
    let builder = Builder::with("");
    fs::remove_file(builder.path("bin/docker")).expect("a removed file");
    for more in [&[] as &[&str], &["--keep-going", "--report=out.json"]] {
        let mut command = builder.command(&[&["--build"], more].concat());
        let output = command.env("PATH", builder.path("bin")).output();
        let output = output.expect("runs");
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("docker is not on PATH"));
    }
    assert!(!builder.path("out.json").exists());
}
