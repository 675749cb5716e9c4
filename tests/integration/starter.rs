//! `init`: a spec to begin with, for everything that the catalog has.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output};

use dynamo_frontend::pipeline::{self, Outcome};
use dynamo_frontend::spec::{Architecture, Device, Framework, Input, Target};
use dynamo_frontend::starter::{Wish, starter};

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");

fn wish(framework: Framework, target: Target, device: Device) -> Wish {
    Wish {
        framework,
        target,
        device,
        account: (1000, 1000),
    }
}

fn planned(text: &str, architecture: Architecture) -> Outcome {
    let input = Input {
        name: "dynamo.yaml",
        bytes: text.as_bytes(),
        build_args: &BTreeMap::new(),
        target: None,
    };
    pipeline::plan(input, &[architecture]).expect("a catalog")
}

/// What a build says of a spec, on the first architecture that has it.
fn said(text: &str) -> Vec<String> {
    let mut outcomes = Architecture::ALL.iter().map(|one| planned(text, *one));
    let first = outcomes.next().expect("an architecture");
    let fits = |outcome: &Outcome| !outcome.plans.is_empty();
    let outcome = if fits(&first) {
        first
    } else {
        outcomes.find(fits).unwrap_or(first)
    };
    let found = outcome.diagnostics.sorted();
    found.iter().map(|one| one.message.clone()).collect()
}

/// The starter with some of its commented keys uncommented.
fn uncommented(text: &str, which: impl Fn(usize) -> bool) -> String {
    let mut line = |(index, line): (usize, &str)| match line.strip_prefix("# ") {
        Some(key) if is_key(line) && which(index) => format!("{key}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().enumerate().map(&mut line).collect()
}

/// Whether the line is a key behind a comment sign, and not prose.
fn is_key(line: &str) -> bool {
    let Some((key, _)) = line
        .strip_prefix("# ")
        .and_then(|line| line.split_once(": "))
    else {
        return false;
    };
    key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// Every starter of the framework is clean, as it is, with each of its lines, and
/// with all of them. Returns how many there are.
#[track_caller]
fn all_are_clean(framework: Framework) -> usize {
    let mut count = 0;
    for device in Device::ALL {
        for target in Target::ALL {
            let wish = wish(framework, *target, *device);
            let Ok(text) = starter(&wish, "docker buildx build .").expect("a catalog") else {
                continue;
            };
            count += 1;
            assert_eq!(said(&text), [""; 0], "{text}");
            let lines = text.lines().enumerate();
            let keys: Vec<usize> = lines
                .filter(|(_, line)| is_key(line))
                .map(|(index, _)| index)
                .collect();
            assert!(keys.len() > 5, "{text}");
            for index in keys {
                let changed = uncommented(&text, |at| at == index);
                assert_eq!(said(&changed), [""; 0], "{changed}");
            }
            // Released packages have less in them that could be configured.
            let all = uncommented(&text, |at| {
                !text
                    .lines()
                    .nth(at)
                    .is_some_and(|line| line.starts_with("# dynamo:"))
            });
            assert_eq!(said(&all), [""; 0], "{all}");
        }
    }
    count
}

#[test]
fn every_starter_of_vllm_is_clean_with_each_of_its_lines() {
    assert!(all_are_clean(Framework::Vllm) > 16);
}

#[test]
fn every_starter_of_sglang_is_clean_with_each_of_its_lines() {
    assert!(all_are_clean(Framework::Sglang) > 5);
}

#[test]
fn every_starter_of_trtllm_is_clean_with_each_of_its_lines() {
    assert!(all_are_clean(Framework::Trtllm) > 5);
}

#[test]
fn every_starter_of_dynamo_is_clean_with_each_of_its_lines() {
    assert!(all_are_clean(Framework::Dynamo) > 14);
}

#[test]
fn a_starter_says_what_each_key_is_for() {
    let vllm = wish(Framework::Vllm, Target::Runtime, Device::Cuda);
    let build = "docker buildx build -f dynamo.yaml -t dynamo:latest-vllm-runtime --load .";
    let text = starter(&vllm, build).expect("a catalog").expect("a build");
    insta::assert_snapshot!(text);
}

/// Runs `init` in an empty folder that keeps `file`, on a machine with Docker or
/// without.
fn init(arguments: &[&str], file: Option<&str>, docker: bool) -> (Output, Option<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bin = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("dynamo.yaml");
    if let Some(content) = file {
        fs::write(&path, content).expect("a written file");
    }
    if docker {
        fs::write(bin.path().join("docker"), "").expect("a written file");
    }
    let output = Command::new(BINARY)
        .arg("init")
        .args(arguments)
        .current_dir(folder.path())
        .env("PATH", bin.path())
        .output()
        .expect("runs");
    (output, fs::read_to_string(path).ok())
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn init_writes_a_file_and_says_what_to_do_next() {
    let (output, file) = init(&[], None, true);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
    assert_eq!(
        stderr(&output),
        "wrote dynamo.yaml\nnext:\n  dynamo-frontend check\n  dynamo-frontend plan\n  \
         docker buildx build -f dynamo.yaml -t dynamo:latest-vllm-runtime --load .\n  dynamo-frontend run -it -- bash\n"
    );
    let file = file.expect("a file");
    assert!(file.contains("\nframework: vllm\n"), "{file}");
}

#[test]
fn init_without_docker_says_what_works_without_it() {
    let (output, _) = init(
        &["--framework", "dynamo", "--target", "wheels"],
        None,
        false,
    );
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(stderr(&output));
}

#[test]
fn init_in_an_image_without_any_program_says_nothing_of_docker() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(BINARY)
        .args(["init", "-f", "dynamo.yaml"])
        .current_dir(folder.path())
        .env("PATH", folder.path().join("none"))
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(0));
    let said = stderr(&output);
    assert!(!said.contains("docker is not on PATH"), "{said}");
}

#[test]
fn init_replaces_no_file_unless_told_to() {
    let (output, file) = init(&[], Some("mine"), true);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        stderr(&output),
        "error: `dynamo.yaml` is there already\n\
         help: write another one with `-f FILE`, or replace it with `--force`\n"
    );
    assert_eq!(file.as_deref(), Some("mine"));
    let (output, file) = init(&["--force"], Some("mine"), true);
    assert_eq!(output.status.code(), Some(0));
    assert!(file.is_some_and(|file| file.starts_with("# syntax=")));
}

#[test]
fn init_prints_the_starter_where_it_is_asked_to() {
    let (output, file) = init(&["-f", "-", "--device", "cpu"], None, true);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty() && file.is_none());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("\ndevice: cpu\n"), "{text}");
}

#[test]
fn init_of_a_build_that_there_is_not_says_which_there_are() {
    let (output, file) = init(&["--framework", "sglang", "--device", "xpu"], None, true);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains("`sglang` cannot be built for the device `xpu`"),
        "{said}"
    );
    assert!(file.is_none());
    let (output, _) = init(&["--framework", "vlm"], None, true);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("'vllm'"), "{}", stderr(&output));
}
