//! Specs and options that nobody means well with: names, paths, references and
//! lengths. What is no document at all is tried beside the reader of YAML.

use std::fmt::Write;

use dynamo_frontend::gateway::double::Method;
use dynamo_frontend::spec::MAX_BYTES;

use crate::case::{Case, DIGEST, MINIMAL, Named, Ran, named};

/// The line of what follows the minimal spec.
const NEXT_LINE: &str = "dynamo.yaml:6-6";

/// Fails the test unless the build was refused at one place, in a message that
/// a person reads to its end.
#[track_caller]
fn refused_at(ran: &Ran, place: &str, value: &str) {
    let Some(error) = ran.failure() else {
        panic!("{value:?} was built")
    };
    assert_eq!(ran.places(), [place], "{value:?}: {}", error.message);
    assert!(error.message.len() < 500, "{}", error.message);
}

#[test]
fn case_123_odd_targets_are_refused_where_they_are_written() {
    let long = "x".repeat(300);
    for name in [
        "scratch",
        "context",
        "0",
        "../x",
        "a/b",
        "UPPER",
        "runtime ",
        "rùntime",
        "\u{1b}[31m",
        &long,
    ] {
        let text = serde_json::to_string(name).expect("text");
        let spec = Case::spec(format!("{MINIMAL}target: {text}\n")).run();
        refused_at(&spec, NEXT_LINE, name);
        let option = Case::spec(MINIMAL).option("target", name).run();
        refused_at(&option, "command line:1-1", name);
        assert!(!option.methods().contains(&Method::ResolveSourceMeta));
        for ran in [spec, option] {
            assert!(!ran.error().message.contains('\u{1b}'));
        }
    }
}

#[test]
fn case_123_a_target_is_the_same_in_every_case_of_its_letters() {
    let plain = Case::spec(MINIMAL).run().graph().def;
    // An empty one is none, and the spec's counts.
    for same in ["runtime", "RUNTIME", "Runtime", ""] {
        let ran = Case::spec(MINIMAL).option("target", same).run();
        assert_eq!(ran.graph().def, plain, "{same}");
    }
}

/// A spec that installs what a file of the context says.
fn with_file(path: &str) -> Case {
    let path = serde_json::to_string(path).expect("text");
    Case::spec(format!("{MINIMAL}packages: {{requirements: [{path}]}}\n"))
}

#[test]
fn case_124_paths_that_leave_the_context_or_mean_several_files_are_refused() {
    for path in [
        "",
        ".",
        "..",
        "/etc/passwd",
        "/../../etc/passwd",
        "../secret",
        "a/../../secret",
        "a//b",
        "//",
        "./a",
        "a/",
        "C:\\x",
        "*.txt",
        "a?",
        "[a]",
        "a\0b",
        "a\nb",
    ] {
        refused_at(&with_file(path).run(), NEXT_LINE, path);
    }
}

#[test]
fn case_124_paths_that_a_shell_would_expand_are_names_of_files() {
    for path in [
        "~",
        "~/a",
        "$HOME",
        "${HOME}/a",
        "a b ",
        "-r",
        "a;b",
        "%TEMP%",
    ] {
        let ran = with_file(path).run();
        let all = named(&ran.graph());
        let mut sources = all.values().filter_map(Named::source);
        let context = sources.find(|source| source.identifier == "local://context");
        let followed = &context.expect("a context").attrs["local.followpaths"];
        let followed: Vec<String> = serde_json::from_str(followed).expect("a list");
        assert_eq!(followed, [path]);
        let meta = |one: &Named| one.exec().and_then(|exec| exec.meta.clone());
        let file = format!("/run/requirements/{path}");
        let reads = |arguments: &Vec<String>| arguments.contains(&file);
        let mut programs = all.values().filter_map(meta).map(|meta| meta.args);
        assert!(programs.any(|arguments| reads(&arguments)), "{path:?}");
    }
}

#[test]
fn case_134_odd_ids_of_secrets_are_refused_where_they_are_written() {
    let long = "x".repeat(200);
    for id in ["a/b", "a=b", "a b", "", "-a", "../a", "a,b", &long] {
        let spec = format!("{MINIMAL}build: {{python: {{netrc_secret: \"{id}\"}}}}\n");
        refused_at(&Case::spec(spec).run(), NEXT_LINE, id);
    }
}

fn on_base(reference: &str) -> Case {
    let reference = serde_json::to_string(reference).expect("text");
    Case::spec(format!("{MINIMAL}images: {{base: {reference}}}\n"))
}

#[test]
fn case_126_references_that_are_none_are_refused_at_their_line() {
    let long = "x".repeat(5000);
    let id = "a".repeat(64);
    for reference in [
        "",
        " ",
        "a:b:c",
        "a:",
        "X",
        "a/UPPER",
        "@sha256:short",
        "a@sha256:",
        "http://a",
        "docker-image://a",
        "../a",
        "-a",
        "a b",
        "$(a)",
        "a\nb",
        &long,
        &id,
    ] {
        let ran = on_base(reference).run();
        refused_at(&ran, NEXT_LINE, reference);
        assert!(
            !ran.methods().contains(&Method::ResolveSourceMeta),
            "no registry is asked for {reference:?}"
        );
    }
}

#[test]
fn case_126_references_are_asked_for_by_what_docker_means_by_them() {
    let both = format!("localhost:5000/x:tag@{DIGEST}");
    for (written, meant) in [
        ("UPPER/x", "UPPER/x:latest"),
        ("sha256:abc", "docker.io/library/sha256:abc"),
        (&both, &both),
    ] {
        let ran = on_base(written).run();
        refused_at(&ran, NEXT_LINE, written);
        let message = &ran.error().message;
        assert!(
            message.contains(&format!("{meant}: not found")),
            "{message}"
        );
    }
}

#[test]
fn what_is_meant_by_a_long_value_is_cut_as_the_value_is() {
    let long = "x".repeat(3000);
    for value in [
        format!("extend: {{runtime: [RUN {long}]}}\n"),
        format!("extend: {{runtime: [COPY a /{long}]}}\n"),
        format!("extend: {{runtime: [COPY {long} /a]}}\n"),
        format!("extend: {{runtime: [{{copy: {{paths: [./{long}], to: /a}}}}]}}\n"),
        format!("extend: {{runtime: [{{copy: {{paths: [a], to: /./{long}}}}}]}}\n"),
        format!("packages: {{requirements: [./{long}]}}\n"),
        format!("packages: {{requirements: [{long}/]}}\n"),
    ] {
        let ran = Case::spec(format!("{MINIMAL}{value}")).run();
        refused_at(&ran, NEXT_LINE, &value[..60]);
    }
}

#[test]
fn what_looks_like_a_secret_is_in_no_message_and_in_nothing_that_is_meant() {
    let token = format!("ghp_{}", "0123456789".repeat(4));
    for value in [
        format!("cmd: curl -H {token} x\n"),
        format!("cmd: ['curl {token}']\n"),
        format!("env: [A={token}]\n"),
        format!("env: [{{A: 'x, {token}'}}]\n"),
        format!("framework: {token}\n"),
        format!("expose: ['{token}']\n"),
        format!("extend: {{runtime: [RUN curl {token}]}}\n"),
        format!("extend: {{runtime: [{{run: ['curl {token}', x]}}]}}\n"),
        format!("extend: {{runtime: [{{copy: ./{token}}}]}}\n"),
        format!("packages: {{pip: [-r {token}]}}\n"),
        format!("packages: {{requirements: [./{token}]}}\n"),
    ] {
        let ran = Case::spec(format!("{MINIMAL}{value}")).run();
        let message = &ran.error().message;
        assert!(!message.contains("ghp_"), "{message}");
    }
}

#[test]
fn what_has_the_name_of_a_secret_is_in_no_message_wherever_it_is_written() {
    for value in [
        "env: [MY_TOKEN=hunter2]\n",
        "env: ['MY_TOKEN: hunter2']\n",
        "env:\n- A: 1\n- MY_TOKEN: hunter2\n",
        "env: MY_TOKEN=hunter2\n",
        "labels: ['com.example.password=correct hunter2']\n",
        "build_args:\n- MY_PASSWORD=hunter2\n",
        "build_args: {MY_PASSWORD: hunter2}\n",
        "environment: [{MY_PASSWORD: hunter2}]\n",
        "cmd: serve --api-key=hunter2\n",
        "extend: {runtime: [MY_TOKEN=hunter2]}\n",
        "extend: {runtime: [{run: x, env: [MY_TOKEN=hunter2]}]}\n",
        "packages: {pip: ['--token=hunter2']}\n",
        "env: [MY_TOKEN=hunter2\n",
    ] {
        let ran = Case::spec(format!("{MINIMAL}{value}")).run();
        let status = ran.error();
        // The details have the lines that are shown, and the text they are of.
        let details = status.details.iter().map(|detail| detail.value.as_slice());
        for shown in details.chain([status.message.as_bytes()]) {
            let leaks = shown.windows(7).any(|part| part == b"hunter2");
            assert!(!leaks, "{value} in {}", String::from_utf8_lossy(shown));
        }
    }
}

#[test]
fn case_120_a_spec_of_a_mebibyte_is_built_and_one_byte_more_is_refused() {
    let mut spec = format!("{MINIMAL}labels:\n");
    for number in 0..5000 {
        writeln!(spec, "  label{number}: {}", "x".repeat(190)).expect("a text grows");
    }
    spec.push('#');
    spec.push_str(&"x".repeat(MAX_BYTES - spec.len()));
    let ran = Case::spec(&spec).run();
    let labels = &ran.metadata("containerimage.config")["config"]["Labels"];
    assert_eq!(labels["label4999"].as_str().map(str::len), Some(190));
    let ran = Case::spec(spec + "x").run();
    refused_at(&ran, "dynamo.yaml:1-1", "a byte more");
    let message = &ran.error().message;
    assert!(message.contains("larger than 1 MiB"), "{message}");
}
