//! `dynamo-frontend devcontainer`: the file, and that it keeps the rules of the
//! published schema. `tests/web` has the program of the specification read it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");
const IDS: &str = "user: {uid: 1234, gid: 5678}\n";

/// A checkout with a spec.
fn checkout(spec: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir_all(folder.path().join(".git")).expect("a folder");
    fs::create_dir_all(folder.path().join("specs")).expect("a folder");
    fs::write(folder.path().join("specs/dynamo.yaml"), spec).expect("a written spec");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(BINARY)
        .arg("devcontainer")
        .args(arguments)
        .current_dir(folder.join("specs"))
        .env_remove("DYNAMO_IMAGE_REPOSITORY")
        .output()
        .expect("runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What is written for a spec, as text.
fn written(spec: &str, arguments: &[&str]) -> String {
    let folder = checkout(spec);
    let output = run(folder.path(), &[arguments, &["-o", "-"]].concat());
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_file_for_vllm_has_what_an_editor_and_a_person_need() {
    insta::assert_snapshot!(written(&format!("framework: vllm\n{IDS}"), &[]));
}

/// What the schema of development containers says of the keys that are used: a
/// container of an image, whose commands are argument vectors side by side. Other
/// keys are none of ours.
fn rules() -> Value {
    let text = json!({"type": "string", "minLength": 1});
    let texts = json!({"type": "array", "items": text});
    let mount = json!({
        "type": "object",
        "properties": {"type": {"enum": ["bind", "volume"]}, "source": text, "target": text},
        "required": ["type", "target"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "required": ["image"],
        "additionalProperties": false,
        "properties": {
            "name": text,
            "image": text,
            "initializeCommand": {"type": "object", "additionalProperties": texts},
            "postCreateCommand": texts,
            "workspaceMount": text,
            "workspaceFolder": text,
            "remoteUser": text,
            "updateRemoteUserUID": {"type": "boolean"},
            "hostRequirements": {
                "type": "object",
                "properties": {"gpu": {"enum": [true, false, "optional"]}},
                "additionalProperties": false,
            },
            "runArgs": texts,
            "mounts": {"type": "array", "items": mount},
            "remoteEnv": {"type": "object", "additionalProperties": text},
            "customizations": {"type": "object"},
        },
    })
}

#[test]
fn every_framework_and_device_keeps_the_rules_of_the_schema() {
    let rules = jsonschema::validator_for(&rules()).expect("rules");
    for (spec, gpu) in [
        ("framework: vllm\n", true),
        ("framework: vllm\nefa: true\n", true),
        ("framework: vllm\ndevice: xpu\n", false),
        ("framework: vllm\ndevice: cpu\n", false),
        ("framework: sglang\n", true),
        ("framework: trtllm\n", true),
        ("framework: dynamo\n", true),
        ("framework: dynamo\ndevice: cpu\n", false),
    ] {
        let text = written(&format!("{spec}{IDS}"), &[]);
        let file: Value = serde_json::from_str(&text).expect("JSON");
        if let Err(error) = rules.validate(&file) {
            panic!("{spec}{error} at {}", error.instance_path());
        }
        assert_eq!(file["hostRequirements"]["gpu"] == "optional", gpu, "{spec}");
        // Whoever opens it may have no GPU: asking for some is the editor's.
        let arguments = file["runArgs"].to_string();
        assert!(!arguments.contains("gpu") && !arguments.contains("nvidia"));
        let intel = arguments.contains("/dev/dri");
        assert_eq!(intel, spec.contains("xpu"), "{spec}");
        assert!(!text.contains("-it") && text.ends_with("}\n"));
    }
}

#[test]
fn the_image_is_built_in_the_checkout_with_the_arguments_given() {
    let spec = format!("framework: sglang\n{IDS}");
    let build = |arguments: &[&str]| {
        let file: Value = serde_json::from_str(&written(&spec, arguments)).expect("JSON");
        (
            file["image"].clone(),
            file["initializeCommand"]["image"].clone(),
        )
    };
    let (image, command) = build(&["--build-arg", "cuda=13.0", "--build-arg", "env.A=a b"]);
    assert_eq!(image, "dynamo:latest-sglang-local-dev-cuda13.0");
    assert_eq!(
        command,
        json!([
            "docker",
            "buildx",
            "build",
            "-f",
            "specs/dynamo.yaml",
            "--target",
            "local-dev",
            "--build-arg",
            "cuda=13.0",
            "--build-arg",
            "env.A=a b",
            "-t",
            "dynamo:latest-sglang-local-dev-cuda13.0",
            "--load",
            "."
        ])
    );
    assert_eq!(build(&["--no-build"]).1, Value::Null);
    assert_eq!(
        build(&["--image", "registry.local/dev:1"]),
        (json!("registry.local/dev:1"), Value::Null)
    );
}

#[test]
fn ids_that_it_gives_itself_are_not_asked_for_beside_another_mistake() {
    let folder = checkout("framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n");
    let output = run(folder.path(), &[]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("error[UnsupportedCombination]"), "{said}");
    assert!(!said.contains("MissingValue"), "{said}");
}

#[test]
fn it_is_written_where_editors_look_and_replaces_nothing_unasked() {
    let folder = checkout("framework: trtllm\n");
    let output = run(folder.path(), &[]);
    assert!(output.status.success(), "{}", said(&output));
    let file = folder.path().join(".devcontainer/trtllm/devcontainer.json");
    let text = fs::read_to_string(&file).expect("a written file");
    // Ids that the spec does not say are those of the folder.
    assert!(text.contains("\"user.uid="), "{text}");
    let next = said(&output);
    assert!(
        next.starts_with("wrote ") && next.contains("\n  devcontainer up --workspace-folder "),
        "{next}"
    );
    let again = run(folder.path(), &[]);
    assert_eq!(again.status.code(), Some(2));
    assert!(said(&again).contains("with `-o FILE`, or replace it with `--force`"));
    assert!(run(folder.path(), &["--force"]).status.success());
    assert_eq!(fs::read_to_string(&file).expect("the file"), text);
}

#[test]
fn a_file_that_no_editor_reads_is_not_said_to_be_opened_by_one() {
    let folder = checkout("framework: vllm\n");
    let said = said(&run(folder.path(), &["-o", "mine.json"]));
    assert!(
        said.ends_with(
            "mine.json\nnote: editors and `devcontainer` read it as `devcontainer.json` alone\n"
        ),
        "{said}"
    );
    let empty = run(folder.path(), &["--image", "", "-o", "-"]);
    assert_eq!(empty.status.code(), Some(2));
}

#[test]
fn another_target_and_a_spec_in_no_file_are_refused() {
    let folder = checkout("framework: vllm\n");
    let other = run(folder.path(), &["--target", "runtime"]);
    assert_eq!(
        (other.status.code(), said(&other)),
        (
            Some(2),
            "error: a Dev Container is of the target `local-dev`, not of `runtime`\n\
             help: leave out `--target`\n"
                .to_owned()
        )
    );
    let wrong = checkout("framework: vlm\n");
    assert_eq!(run(wrong.path(), &[]).status.code(), Some(1));
    let spec = wrong.path().join("specs/dynamo.yaml");
    fs::write(&spec, format!("framework: vllm\n{IDS}")).expect("a written spec");
    let piped = Command::new(BINARY)
        .args(["devcontainer", "-f", "-"])
        .current_dir(folder.path())
        .stdin(fs::File::open(&spec).expect("a spec"))
        .output()
        .expect("runs");
    assert_eq!(
        (piped.status.code(), said(&piped)),
        (
            Some(2),
            "error: the spec is in no file that the Dev Container could be built from\n\
             help: name one with `-f FILE`, or build the image yourself with `--no-build`\n"
                .to_owned()
        )
    );
    assert!(!folder.path().join(".devcontainer").exists());
}

#[test]
fn the_build_is_given_what_it_needs_as_seen_from_the_checkout() {
    let spec = format!(
        "framework: vllm\n{IDS}extend: {{dev: [{{copy: {{from: {{context: models}}, to: /models/}}}}]}}\n"
    );
    let given = [
        "--build-context",
        "models=models",
        "--secret",
        "id=t,src=../t",
    ];
    let named = ["--repository", "team/mine"];
    let file: Value =
        serde_json::from_str(&written(&spec, &[&given[..], &named].concat())).expect("JSON");
    let command = file["initializeCommand"]["image"]
        .as_array()
        .expect("a command");
    let words: Vec<&str> = command.iter().filter_map(Value::as_str).collect();
    assert_eq!(
        words.join(" "),
        "docker buildx build -f specs/dynamo.yaml --target local-dev --build-context \
         models=specs/models --secret id=t,src=t -t team/mine:latest-vllm-local-dev --load ."
    );
    assert_eq!(file["image"], "team/mine:latest-vllm-local-dev");
    let folder = checkout(&spec);
    let warned = said(&run(folder.path(), &["-o", "-"]));
    assert!(
        warned.starts_with("warning: the build needs the named context `models`\n"),
        "{warned}"
    );
}
