//! The examples for CI: each call of the program in them is made, as their scripts
//! make it.

use std::fs;
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
    let text = fs::read_to_string(example(workflow)).expect("a workflow");
    let joined = text.replace("\\\n", " ");
    let starts = [
        format!("dynamo-frontend {command} "),
        format!("\"$FRONTEND\" {command} "),
    ];
    let found = starts.iter().flat_map(|start| joined.split(start).skip(1));
    // A folded text ends where the next item begins, a line where it ends.
    let ends = |rest: &str| {
        let folded = workflow == GITLAB;
        let end = if folded {
            rest.find("\n    - ")
        } else {
            rest.find('\n')
        };
        let call = &rest[..end.unwrap_or(rest.len())];
        call.split('>')
            .next()
            .unwrap_or_default()
            .replace('\n', " ")
    };
    found.map(ends).collect()
}

/// Makes a call by a shell, with the variables that a workflow sets.
fn made(command: &str, call: &str) -> Output {
    let folder = checkout();
    let program = env!("CARGO_BIN_EXE_dynamo-frontend");
    let mut shell = Command::new("bash");
    shell.args(["-euc", &format!("\"$PROGRAM\" {command} {call}")]);
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
        .current_dir(folder.path())
        .output()
        .expect("bash runs")
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
    for (workflow, number) in [(GITHUB, 2), (GITLAB, 2)] {
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
