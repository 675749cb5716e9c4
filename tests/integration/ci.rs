//! The examples for CI: each call of the program in them is made, as their scripts
//! make it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const GITHUB: &str = "ci/github-actions/images.yaml";
const GITLAB: &str = "ci/gitlab-ci/.gitlab-ci.yml";

fn example(path: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("examples").join(path)
}

/// A checkout of a spec with a tag, as CI has it.
fn checkout() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = folder.path().join("dynamo.yaml");
    fs::write(spec, "framework: vllm\n").expect("a spec");
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message=all"],
        &["tag", "v1.4.2"],
    ] {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
        git.args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"]);
        let status = git.args(arguments).current_dir(folder.path()).status();
        assert!(status.expect("git runs").success(), "{arguments:?}");
    }
    folder
}

#[test]
fn a_finding_stands_at_the_file_of_the_repository_whatever_folder_the_job_is_in() {
    let checkout = checkout();
    let (deploy, specs) = (checkout.path().join("deploy"), "deploy/specs/dynamo.yaml");
    fs::create_dir_all(deploy.join("specs")).expect("a folder");
    fs::write(checkout.path().join(specs), "framework: vlm\n").expect("a spec");
    let report = |folder: &Path, format: &str, file: &str| {
        let mut check = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"));
        check.args(["check", "--format", format, "-f", file]);
        let output = check.current_dir(folder).output().expect("runs");
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stdout).expect("text")
    };
    let whole = checkout.path().join(specs);
    let whole = whole.to_str().expect("a path of text");
    for (folder, file) in [
        (checkout.path(), specs),
        (&*deploy, "specs/dynamo.yaml"),
        (&*deploy.join("specs"), "dynamo.yaml"),
        (&*deploy, "../deploy/./specs/dynamo.yaml"),
        (&*deploy, whole),
    ] {
        let github = report(folder, "github", file);
        let at = format!("::error file={specs},line=1,");
        assert!(github.starts_with(&at), "{file}: {github}");
        let gitlab = report(folder, "gitlab", file);
        assert!(gitlab.contains(&format!("\"path\": \"{specs}\"")));
        let sarif = report(folder, "sarif", file);
        assert!(sarif.contains(&format!("\"uri\": \"{specs}\"")), "{sarif}");
        // People and their programs know it as they named it.
        assert!(report(folder, "text", file).contains(&format!("--> {file}:1:12")));
    }
    let alone = tempfile::tempdir().expect("a folder");
    fs::write(alone.path().join("mine.yaml"), "framework: vlm\n").expect("a spec");
    let github = report(alone.path(), "github", "mine.yaml");
    assert!(github.starts_with("::error file=mine.yaml,"), "{github}");
}

/// The calls of a command in a workflow, up to what a shell does with the output.
fn calls(workflow: &str, command: &str) -> Vec<String> {
    let starts = [
        format!("dynamo-frontend {command} "),
        format!("\"$FRONTEND\" {command} "),
    ];
    starts
        .iter()
        .flat_map(|start| begun(workflow, start))
        .collect()
}

/// What follows each of these words of a workflow in its command.
fn begun(workflow: &str, start: &str) -> Vec<String> {
    let text = fs::read_to_string(example(workflow)).expect("a workflow");
    let joined = text.replace("\\\n", " ");
    // A folded text goes on where lines are indented further, a line ends where it ends.
    let is_more = |line: &&str| workflow == GITLAB && line.starts_with("      ");
    let call = |rest: &str| {
        let (first, others) = rest.split_once('\n').unwrap_or((rest, ""));
        let others = others.lines().take_while(is_more);
        let call: Vec<&str> = [first].into_iter().chain(others).collect();
        let call = call.join(" ");
        call.split('>').next().unwrap_or_default().to_owned()
    };
    joined.split(start).skip(1).map(call).collect()
}

/// Makes a call by a shell, with the variables that a workflow sets.
fn made(command: &str, call: &str) -> Output {
    let folder = checkout();
    let mut shell = shell(&format!("\"$PROGRAM\" {command} {call}"));
    shell.current_dir(folder.path());
    shell.output().expect("bash runs")
}

/// A shell that runs this line.
fn shell(line: &str) -> Command {
    let program = env!("CARGO_BIN_EXE_dynamo-frontend");
    let mut shell = Command::new("bash");
    shell.args(["-euc", line]);
    for (name, value) in [
        ("PROGRAM", program),
        ("FRAMEWORK", "sglang"),
        ("FRAMEWORKS", "vllm,sglang"),
        ("TARGET", "dev"),
        ("TARGETS", "runtime,dev"),
        ("REGISTRY", "registry.example.com/team"),
        ("IMAGE", "registry.example.com/team/dynamo"),
        ("arch", "arm64"),
    ] {
        shell.env(name, value);
    }
    shell
}

/// A `docker` that pushes all it is to build.
const DOCKER: &str = r#"#!/bin/sh
[ "$1" = version ] && exec echo arm64
echo "$*" >>"$CALLS"
[ "$2 $3" = "imagetools inspect" ] && exec echo '"sha256:index"'
[ "$2" = imagetools ] && exit
while [ $# -gt 1 ]; do
  if [ "$1" = --metadata-file ]; then metadata=$2; fi
  shift
done
printf '{"%s": {"containerimage.digest": "sha256:%s"}}' "$1" "$1" >"$metadata"
"#;

#[test]
fn every_image_is_built_tagged_and_reported_as_the_workflows_do() {
    for workflow in [GITHUB, GITLAB] {
        let folder = checkout();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("bin")).expect("a folder");
        fs::write(path("bin/docker"), DOCKER).expect("a script");
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(path("bin/docker"), executable).expect("a program");
        let program = Path::new(env!("CARGO_BIN_EXE_dynamo-frontend"));
        let run = |line: &str| {
            let own = [path("bin"), program.parent().expect("a folder").to_owned()];
            let system = std::env::var_os("PATH").expect("a path");
            let folders = own.into_iter().chain(std::env::split_paths(&system));
            let mut shell = shell(line);
            shell.env("PATH", std::env::join_paths(folders).expect("a path"));
            shell.env("CALLS", path("calls")).current_dir(folder.path());
            let output = shell.output().expect("bash runs");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{workflow}: {line}: {said}");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let script = |name: &str| {
            let calls = begun(workflow, &format!(".ci/{name} "));
            let [call] = calls.as_slice() else {
                panic!("{workflow}: {calls:?}");
            };
            let call = call.split('|').next().unwrap_or_default();
            format!("{} {call}", example(&format!("ci/{name}")).display())
        };
        run(&script("build.sh"));
        let report = fs::read(path("digests/arm64.json")).expect("a report");
        let report: Value = serde_json::from_slice(&report).expect("JSON");
        assert_eq!(report["count"]["built"], 4, "{report:#}");
        assert_eq!(report["builds"][0]["platforms"][0], "linux/arm64");
        for page in ["images.md", "images.xml"] {
            let page = fs::read_to_string(path(page)).expect("a page");
            assert!(page.contains("sglang-dev"), "{page}");
        }
        for call in calls(workflow, "bake") {
            run(&format!("\"$PROGRAM\" bake {call} >bake.json"));
        }
        let told = run(&script("index.sh"));
        let image = "registry.example.com/team/dynamo";
        assert!(
            told.contains(&format!("vllm-runtime {image}@sha256:index")),
            "{told}"
        );
        let called = fs::read_to_string(path("calls")).expect("calls");
        let create = format!(
            "buildx imagetools create --tag={image}:v1.4.2-vllm-runtime \
             --tag={image}:latest-vllm-runtime {image}@sha256:vllm-runtime\n"
        );
        assert!(called.contains(&create), "no `{create}` in:\n{called}");
        let output = format!("--set *.output=type=image,\"name={image}\",push-by-digest=true");
        assert!(called.contains(&output), "no `{output}` in:\n{called}");
    }
}

#[test]
fn a_spec_is_checked_as_the_workflows_do() {
    for (workflow, number) in [(GITHUB, 1), (GITLAB, 1)] {
        let calls = calls(workflow, "check");
        assert_eq!(calls.len(), number, "{workflow}: {calls:?}");
        for call in calls {
            let output = made("check", &call);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{workflow}: {call}: {said}");
        }
    }
}

#[test]
fn a_bake_file_is_written_as_the_workflows_do_and_names_what_they_push() {
    for (workflow, number) in [(GITHUB, 1), (GITLAB, 1)] {
        let calls = calls(workflow, "bake");
        assert_eq!(calls.len(), number, "{workflow}: {calls:?}");
        for call in calls {
            let output = made("bake", &call);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{workflow}: {call}: {said}");
            let file: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            let default = file["group"]["default"]["targets"]
                .as_array()
                .expect("targets");
            assert_eq!(default.len(), 4, "{call}: {file:#}");
            for target in default {
                let name = target.as_str().expect("a name");
                let tag = file["target"][name]["tags"][0].as_str().expect("a tag");
                let own = tag.starts_with("registry.example.com/team/dynamo:v1.4.2-");
                assert!(own, "{tag}");
            }
        }
    }
}
