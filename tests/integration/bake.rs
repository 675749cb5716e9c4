//! The bake file of a matrix: what is in it, and what is left out of it.

mod build;
mod existing;
mod left_out;
mod version;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");
const VLLM: &str = "# syntax=nvidia/dynamo-frontend:1\nframework: vllm\n";

/// A folder with a spec, which may be a checkout.
struct Folder(TempDir);

impl Folder {
    fn of(spec: &str) -> Self {
        let folder = Self(tempfile::tempdir().expect("a temporary folder"));
        folder.write("dynamo.yaml", spec);
        folder
    }

    /// A checkout whose only commit is the same wherever it is made.
    fn with_commit(spec: &str) -> Self {
        let folder = Self::of(spec);
        folder.git(&["init", "--quiet"]);
        folder.git(&["add", "--all"]);
        folder.git(&["commit", "--quiet", "--message=all"]);
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.path().join(path), text).expect("a written file");
    }

    #[track_caller]
    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"])
            .args(["-c", "core.autocrlf=false"])
            .args(arguments)
            .env("GIT_AUTHOR_DATE", "2026-02-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-02-01T00:00:00Z")
            .current_dir(self.path())
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.arg("bake").args(arguments);
        // What the tests run in is no business of the file.
        command.env_remove("SOURCE_DATE_EPOCH");
        command.env_remove("DYNAMO_IMAGE_REPOSITORY");
        command.current_dir(self.path());
        command
    }

    fn bake(&self, arguments: &[&str]) -> Baked {
        Baked::of(&mut self.command(arguments))
    }
}

/// What came of a call.
struct Baked(Output);

impl Baked {
    fn of(command: &mut Command) -> Self {
        Self(command.output().expect("runs"))
    }

    fn code(&self) -> Option<i32> {
        self.0.status.code()
    }

    fn said(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    #[track_caller]
    fn text(&self) -> String {
        assert_eq!(self.code(), Some(0), "{}", self.said());
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    #[track_caller]
    fn file(&self) -> Value {
        serde_json::from_str(&self.text()).expect("JSON")
    }

    /// The names of the images.
    #[track_caller]
    fn images(&self) -> Value {
        self.file()["group"]["default"]["targets"].clone()
    }
}

#[test]
fn a_spec_that_is_gone_once_it_is_read_is_in_no_bake_file() {
    let folder = Folder::of(VLLM);
    for (file, name) in [("-", "standard input"), ("/dev/stdin", "`/dev/stdin`")] {
        let mut command = folder.command(&["-f", file, "--tag-version=v1"]);
        let baked = Baked::of(command.stdin(Stdio::piped()));
        assert_eq!(
            (baked.code(), baked.said()),
            (
                Some(2),
                format!(
                    "error: a bake file names its spec, and {name} is gone once it is read\n\
                     help: write the spec to a file, and name it with `-f FILE`\n"
                )
            )
        );
    }
}

#[test]
fn the_file_of_a_matrix_is_this() {
    let folder = Folder::with_commit(VLLM);
    folder.git(&["tag", "v1.0.0"]);
    folder.git(&[
        "remote",
        "add",
        "origin",
        "https://token@git.example/dynamo.git",
    ]);
    let arguments = [
        "--framework=vllm,trtllm",
        "--target=runtime,local-dev,wheels",
        "--cuda=12.9,13.1",
        "--platform=linux/amd64,linux/arm64",
        "--registry=registry.example.com/team",
        "--registry=registry.example.org",
        "--cache=registry.example.com/cache",
        "--cache-from=type=gha,scope={name}",
        "--build-arg=env.TEXT=${ANY} and %{if}",
        "--build-context=models=../models",
        "--secret=id=token,env=TOKEN",
        "--ssh=default",
        "--no-cache-filter=runtime",
        "--provenance",
        "--sbom",
    ];
    let baked = folder.bake(&arguments);
    insta::assert_snapshot!("matrix", baked.text());
    insta::assert_snapshot!("matrix-said", baked.said());
    assert_eq!(folder.bake(&arguments).text(), baked.text());
}

#[test]
fn what_the_matrix_does_not_choose_stays_as_the_spec_has_it() {
    let folder = Folder::of("# syntax=a\nframework: dynamo\ndevice: cpu\ntarget: dev\n");
    let file = folder.bake(&["--tag-version=v1", "--no-tag-latest"]).file();
    let target = &file["target"]["dynamo-dev-cpu"];
    assert_eq!(target["args"], json!({"dynamo.version": "1"}));
    assert_eq!(target["tags"], json!(["dynamo:v1-dynamo-dev-cpu"]));
    assert_eq!(target["target"], Value::Null);
    assert_eq!(target["platforms"], Value::Null);
    assert_eq!(
        file["group"]["check"]["targets"],
        json!(["dynamo-dev-cpu-check"])
    );
}

#[test]
fn a_combination_without_a_row_is_left_out_and_one_platform_alone_too() {
    let folder = Folder::of(VLLM);
    let baked = folder.bake(&[
        "--framework=vllm,sglang",
        "--device=cuda,xpu",
        "--platform=all",
        "--efa=all",
        "--tag-version=v1",
    ]);
    let names = [
        "vllm-runtime",
        "vllm-runtime-efa",
        "vllm-runtime-xpu",
        "sglang-runtime",
        "sglang-runtime-efa",
    ];
    assert_eq!(baked.images(), json!(names));
    let xpu = &baked.file()["target"]["vllm-runtime-xpu"];
    assert_eq!(xpu["platforms"], json!(["linux/amd64"]));
    let said = baked.said();
    for line in [
        "left out vllm, xpu on linux/arm64: `vllm` for `xpu` with the target `runtime` and Dynamo from `context` does not exist for arm64\n",
        "left out sglang, xpu: `sglang` cannot be built for the device `xpu`\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let quiet = folder.bake(&[
        "--device=cuda,xpu",
        "--framework=sglang",
        "--tag-version=v1",
        "--quiet",
    ]);
    assert_eq!((quiet.code(), quiet.said()), (Some(0), String::new()));
}

#[test]
fn many_that_are_left_out_are_told_by_their_reasons() {
    let folder = Folder::of(VLLM);
    let arguments = [
        "--framework=all",
        "--target=all",
        "--device=all",
        "--tag-version=v1",
    ];
    let said = folder.bake(&arguments).said();
    let line = "left out trtllm, runtime, xpu, and 10 more: `trtllm` cannot be built for the device `xpu`\n";
    assert!(said.contains(line), "{said}");
}

#[test]
fn nothing_left_is_an_error_that_says_what_there_is() {
    let folder = Folder::of(VLLM);
    let baked = folder.bake(&["--framework=sglang", "--device=cpu,xpu"]);
    assert_eq!(baked.code(), Some(1));
    assert!(baked.0.stdout.is_empty());
    assert_eq!(
        baked.said(),
        "left out sglang, cpu: `sglang` cannot be built for the device `cpu`\n\
         left out sglang, xpu: `sglang` cannot be built for the device `xpu`\n\
         error: nothing of the matrix can be built\n\
         help: choose from `cuda`\n"
    );
    // Where the matrix chooses nothing, the spec is what is wrong.
    let alone = Folder::of("framework: sglang\ndevice: cpu\n").bake(&[]);
    assert_eq!(alone.code(), Some(1));
    assert!(
        alone.said().contains("--> dynamo.yaml:2:9"),
        "{}",
        alone.said()
    );
}

#[test]
fn a_mistake_in_the_spec_is_shown_once_and_nothing_is_left_out_for_it() {
    let folder = Folder::of("framewrok: vllm\ndevice: cpu\n");
    let baked = folder.bake(&["--framework=vllm,sglang", "--target=runtime,dev"]);
    assert_eq!(baked.code(), Some(1));
    let said = baked.said();
    assert_eq!(said.matches("unknown key `framewrok`").count(), 1, "{said}");
    assert!(!said.contains("left out"), "{said}");
    let folder = Folder::of("framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n");
    let said = folder.bake(&["--target=frontend", "--device=cuda,cpu", "--tag-version=v1"]);
    let said = said.said();
    assert_eq!(said.matches("needs an image of").count(), 1, "{said}");
}

#[test]
fn what_only_some_images_use_is_no_finding_of_a_matrix() {
    let folder = Folder::of(&format!("{VLLM}vllm: {{ref: v0.15.1}}\n"));
    let say = |framework| folder.bake(&[framework, "--tag-version=v1"]).said();
    assert!(!say("--framework=vllm,sglang").contains("has no effect"));
    assert!(say("--framework=sglang").contains("`vllm` has no effect"));
    // Where warnings end a build, this one would.
    let strict = format!("# syntax=a\n# check=error=true\n{VLLM}vllm: {{ref: v0.15.1}}\n");
    let baked = Folder::of(&strict).bake(&["--framework=vllm,sglang", "--tag-version=v1"]);
    assert_eq!(baked.code(), Some(1));
    assert!(
        baked.said().contains("lint violation found"),
        "{}",
        baked.said()
    );
}

#[test]
fn an_image_that_no_check_is_for_has_no_build_that_checks_it() {
    let tests = "tests: {builtin: false, checks: {a: {targets: [runtime], imports: [os]}}}\n";
    let folder = Folder::of(&format!("{VLLM}{tests}"));
    let checks = |arguments: &[&str]| {
        let file = folder
            .bake(&[arguments, &["--tag-version=v1"]].concat())
            .file();
        file["group"]["check"]["targets"].clone()
    };
    let targets = "--target=runtime,dynamo_base";
    assert_eq!(checks(&[targets]), json!(["vllm-runtime-check"]));
    let all = json!(["vllm-runtime-check", "vllm-dynamo_base-check"]);
    assert_eq!(checks(&[targets, "--build-arg=tests.builtin=true"]), all);
}

#[test]
fn what_is_wrong_with_the_command_line_is_said_with_the_fix() {
    let folder = Folder::of(VLLM);
    for (argument, message) in [
        (
            "--context=https://git.example/a.git",
            "there is no folder `https://git.example/a.git`\nhelp: give the build context",
        ),
        (
            "--framework=vlm",
            "`--framework` does not take `vlm`\nhelp: did you mean `vllm`?",
        ),
        (
            "--framework=vllm,VLLM",
            "`--framework` has `vllm` twice\nhelp: leave one of them out",
        ),
        (
            "--framework=dynamo,none",
            "`--framework` has `dynamo` twice",
        ),
        ("--target=all,dev", "`--target` has `dev` twice"),
        (
            "--target=",
            "`--target` does not take ``\nhelp: choose from `runtime`",
        ),
        (
            "--target=check-image",
            "help: each image has a build that checks it: `docker buildx bake check`",
        ),
        (
            "--device=cdua",
            "`--device` does not take `cdua`\nhelp: did you mean `cuda`?",
        ),
        (
            "--cuda=13",
            "`--cuda` does not take `13`\nhelp: choose from `12.9`, `13.0`, `13.1`, `all`",
        ),
        (
            "--efa=maybe",
            "`--efa` does not take `maybe`\nhelp: choose from `false`, `true`, `all`",
        ),
        (
            "--platform=linux/arm64,linux/aarch64",
            "`--platform` has `linux/arm64` twice",
        ),
        (
            "--platform=linux/riscv64",
            "images exist for linux/amd64 and linux/arm64",
        ),
        (
            "--registry=https://a.b",
            "it must not begin with a URL scheme\nhelp: give a host and folders",
        ),
        (
            "--registry=a.b/c:1",
            "`a.b/c:1` names one image, and a registry holds many\nhelp: give a host and folders",
        ),
        ("--registry=a.b/C", "must be lowercase"),
        (
            "--cache=a.b/c:1",
            "`a.b/c:1` is one cache, and each image needs its own: leave the tag out",
        ),
        (
            "--cache-to=type=gha",
            "put `{name}` where the name of the image belongs",
        ),
        ("--cache-from=ref=a", "`ref=a` has no `type=`"),
        ("--tag-version=a/b", "`a/b` cannot be part of a tag"),
        (
            "--build-context=a",
            "`--build-context a` is no name with a place",
        ),
        ("--build-arg==a", "has no name"),
        ("--file=-", "a bake file names its spec"),
        ("--file=none.yaml", "there is no `none.yaml`"),
    ] {
        let version = Some("--tag-version=v1").filter(|_| !argument.starts_with("--tag-version"));
        let arguments: Vec<&str> = [argument].into_iter().chain(version).collect();
        let baked = folder.bake(&arguments);
        assert_eq!(baked.code(), Some(2), "{argument}: {}", baked.said());
        assert!(
            baked.said().contains(message),
            "{argument}: {}",
            baked.said()
        );
    }
}

#[test]
fn a_file_is_written_where_it_is_wanted_and_replaced_by_force_alone() {
    let folder = Folder::of("framework: vllm\n");
    let write = ["--tag-version=v1.0.0", "-o", "many images.json"];
    let first = folder.bake(&write);
    assert!(first.text().is_empty());
    let next = "wrote many images.json\nnext:\n  docker buildx bake -f 'many images.json'\n";
    assert!(first.said().ends_with(next), "{}", first.said());
    let printed = folder.bake(&write[..1]).text();
    let file = fs::read_to_string(folder.path().join("many images.json"));
    assert_eq!(file.expect("a file"), printed);
    let again = folder.bake(&write);
    assert_eq!(again.code(), Some(2));
    assert!(
        again.said().contains("replace it with `--force`"),
        "{}",
        again.said()
    );
    assert_eq!(
        folder.bake(&[&write[..], &["--force"]].concat()).code(),
        Some(0)
    );
}

#[test]
fn ids_that_are_given_are_not_asked_for() {
    let folder = Folder::of(VLLM);
    let arguments = |more: &[&str]| {
        let file = folder.bake(&[&["--target=local-dev", "--tag-version=v1"], more].concat());
        let file = file.file();
        (
            file["variable"].clone(),
            file["target"]["vllm-local-dev"]["args"].clone(),
        )
    };
    let (variable, asked) = arguments(&[]);
    assert_eq!(
        variable,
        json!({"USER_GID": {"default": null}, "USER_UID": {"default": null}})
    );
    assert_eq!(asked["user.uid"], "${USER_UID}");
    let (variable, asked) = arguments(&["--build-arg=USER_UID=7"]);
    assert_eq!(variable, json!({"USER_GID": {"default": null}}));
    assert_eq!(
        (&asked["USER_UID"], &asked["user.uid"]),
        (&json!("7"), &Value::Null)
    );
    let (variable, _) = arguments(&["--build-arg=user.uid=7", "--build-arg=user.gid=8"]);
    assert_eq!(variable, Value::Null);
}

/// `INSTA_UPDATE=always` writes the file anew.
#[test]
fn the_bake_file_of_the_example_is_what_its_spec_says_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/matrix");
    let spec = fs::read_to_string(root.join("dynamo.yaml")).expect("an example");
    let commands: String = spec
        .lines()
        .filter_map(|line| line.strip_prefix("#     "))
        .collect();
    let command = commands.replace('\\', " ");
    let command = command.split('>').next().expect("a command");
    let words: Vec<&str> = command.split_whitespace().skip(2).collect();
    assert!(words.len() > 10, "{command}");
    let written = Folder::of(&spec).bake(&words).text();
    let path = root.join("docker-bake.json");
    if std::env::var("INSTA_UPDATE").is_ok_and(|value| value == "always") {
        fs::write(&path, &written).expect("a written file");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        kept, written,
        "examples/matrix/docker-bake.json is out of date"
    );
}
