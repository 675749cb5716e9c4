//! What a spec says when it is wrong.

use std::collections::BTreeMap;

use super::{Input, Spec, read};
use crate::diagnostic::{Diagnostics, Sources, summary};

fn read_with(text: &[u8], build_args: &[(&str, &str)]) -> (Option<Spec>, String) {
    let build_args: BTreeMap<String, String> = build_args
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let input = Input {
        name: "dynamo.yaml",
        bytes: text,
        build_args: &build_args,
        target: None,
    };
    let spec = read(input, &mut sources, &mut diagnostics);
    (spec, summary(&diagnostics.sorted(), &sources))
}

fn findings(text: &str) -> String {
    read_with(text.as_bytes(), &[]).1
}

#[test]
fn a_good_spec_has_no_findings() {
    let (spec, found) = read_with(
        b"framework: DYNAMO\ndynamo:\n  source: {index: 1.10}\n",
        &[],
    );
    assert_eq!(found, "");
    let keys = spec.expect("no findings").keys;
    assert_eq!(
        keys.framework.expect("given").value,
        super::Framework::Dynamo
    );
    let Some(super::DynamoSource::Index(version)) =
        keys.dynamo.and_then(|d| d.value.source).map(|s| s.value)
    else {
        panic!("an index was given")
    };
    assert_eq!(version.value.as_str(), "1.10", "a scalar is not a number");
}

#[test]
fn every_mistake_is_reported_at_once_in_order() {
    insta::assert_snapshot!(findings(
        "framewrok: dynamo\ntarget: runtme\nuser: {uid: many}\nimages: [a]\nenv: {1A: x, B: [1]}\n"
    ));
}

#[test]
fn case_117_a_duplicate_key_shows_both_places() {
    insta::assert_snapshot!(findings("cmd: [a]\nuser: {uid: 1}\ncmd: [b]\n"));
}

#[test]
fn an_alias_points_at_the_use_and_at_the_anchor() {
    insta::assert_snapshot!(findings("images:\n  base: &b http://x\n  uv: *b\n"));
}

#[test]
fn two_ways_for_dynamo_exclude_each_other() {
    insta::assert_snapshot!(findings(
        "dynamo:\n  source:\n    index: 1.0.0\n    git: {url: x, ref: y}\n"
    ));
}

#[test]
fn case_117_118_119_hostile_and_odd_documents_are_located_errors() {
    let deep = format!("cmd: {}", "[".repeat(100_000));
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n\
                c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n\
                e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n";
    let ten_levels = (1..=10).fold("k0: &k0 x\n".to_owned(), |text, level| {
        let below = vec![format!("*k{}", level - 1); 10].join(",");
        format!("{text}k{level}: &k{level} [{below}]\n")
    });
    let blocks = (0..100_000).fold(String::new(), |text, _| text + "- ");
    let mut report = Vec::new();
    for (name, text) in [
        ("empty", ""),
        ("only comments", "# syntax=x\n\n"),
        ("null", "null\n"),
        ("scalar", "dynamo\n"),
        ("list", "- a\n"),
        ("two documents", "a: 1\n---\nb: 2\n"),
        ("another YAML", "%YAML 9\n---\ntarget: runtime\n"),
        ("YAML of the future", "%YAML 9.0\n---\ntarget: runtime\n"),
        ("directive and no document", "%YAML 1.2\n"),
        ("duplicate key", "target: dev\ntarget: dev\n"),
        ("key is a mapping", "{a: b}: c\n"),
        ("key is nothing", "~: c\n? \n: d\n"),
        ("key is a list", "[a]: b\n"),
        ("tab", "user:\n\tname: x\n"),
        ("unclosed quote", "cmd: [\"a]\n"),
        ("unclosed bracket", "cmd: [a\n"),
        ("tag", "cmd: !!python/object [a]\n"),
        ("unknown alias", "cmd: *x\n"),
        ("self alias", "cmd: &x [*x]\n"),
        ("merge key", "<<: {}\n"),
        ("no value", "target:\n"),
        ("deep", &deep),
        ("deep in one line of blocks", &blocks),
        ("bomb", bomb),
        ("bomb of ten levels", &ten_levels),
    ] {
        report.push(format!(
            "{name}: {}",
            findings(text)
                .lines()
                .take(3)
                .collect::<Vec<_>>()
                .join(" | ")
        ));
    }
    report.push(format!(
        "not utf-8: {}",
        read_with(b"env:\n  A: \xff\n", &[]).1
    ));
    insta::assert_snapshot!(report.join("\n"));
}

#[test]
fn case_118_aliases_add_no_more_than_the_largest_text() {
    let big = "y".repeat(900_000);
    let uses = (0..1000).fold(String::new(), |text, number| {
        format!("{text}  A{number}: *a\n")
    });
    let found = findings(&format!("labels: {{x: &a {big}}}\nenv:\n{uses}"));
    assert!(
        found.contains("aliases stand for more than 1048576 bytes in all"),
        "{found}"
    );
}

#[test]
fn crlf_and_bom_are_fine() {
    assert_eq!(
        findings("\u{feff}framework: dynamo\r\ntarget: runtime\r\n"),
        ""
    );
}

#[test]
fn build_args_set_scalars_and_are_reported_at_their_own_line() {
    let text = b"framework: vllm\ndynamo: {source: context}\n";
    let (spec, found) = read_with(
        text,
        &[
            ("framework", "dynamo"),
            ("dynamo.source.index", "1.0.0"),
            ("PYTHON_VERSION", "3.11"),
            ("components.nats", "false"),
            ("labels.org.opencontainers.image.title", "x"),
            ("USER_UID", ""),
            ("http_proxy", "http://p"),
            ("toolchain.pyhton", "3.9"),
        ],
    );
    let keys = spec.expect("only a warning").keys;
    assert_eq!(
        keys.framework.expect("given").value,
        super::Framework::Dynamo
    );
    assert!(matches!(
        keys.dynamo.and_then(|d| d.value.source).map(|s| s.value),
        Some(super::DynamoSource::Index(_))
    ));
    assert_eq!(
        keys.toolchain
            .and_then(|t| t.value.python)
            .expect("given")
            .value
            .as_str(),
        "3.11"
    );
    assert_eq!(
        keys.labels.expect("given").value.0[0].0.value.as_str(),
        "org.opencontainers.image.title"
    );
    insta::assert_snapshot!(found);
    let (_, found) = read_with(text, &[("target", "runtme")]);
    insta::assert_snapshot!(found);
}

#[test]
fn no_text_is_too_odd_to_be_explained() {
    use proptest::prelude::*;
    let word = prop::sample::select(vec![
        "framework",
        "env",
        ":",
        ": ",
        "- ",
        " ",
        "  ",
        "\n",
        "\n",
        "\r\n",
        "\t",
        "[",
        "]",
        "{",
        "}",
        ",",
        "'",
        "\"",
        "\\",
        "#",
        " # ",
        "&a ",
        "*a",
        "|",
        ">",
        "%",
        "@",
        "!",
        "=",
        "ä",
        "推",
        "\u{1b}",
        "\u{feff}",
        "---",
        "<<<<<<<",
        "x",
    ]);
    let text = prop::collection::vec(word, 0..25).prop_map(|words| words.concat());
    proptest!(ProptestConfig::with_cases(4000), |(text in text)| {
        // Drawing it slices the text at every place that was found.
        let _ = findings(&text);
    });
}

/// What a `help:` proposes to write.
fn proposed(found: &str) -> Option<&str> {
    found.split_once("help: write `")?.1.split('`').next()
}

#[test]
fn what_is_proposed_for_a_source_of_dynamo_can_be_pasted() {
    for (written, meant) in [
        ("pypi", "{index: \"1.0.0\"}"),
        ("wheels", "{index: \"1.0.0\"}"),
        ("v1.0.0", "{index: \"1.0.0\"}"),
        ("ai-dynamo==1.0.0", "{index: \"1.0.0\"}"),
        ("Context", "context"),
        (".", "context"),
        ("main", "context"),
        ("[index, 1.0.0]", "context"),
        (
            "git",
            "{git: {url: \"https://github.com/ai-dynamo/dynamo\", ref: v1.0.0}}",
        ),
        (
            "https://example.com/fork.git",
            "{git: {url: \"https://example.com/fork.git\", ref: v1.0.0}}",
        ),
        (
            "git+https://example.com/fork.git",
            "{git: {url: \"https://example.com/fork.git\", ref: v1.0.0}}",
        ),
        (
            "git@example.com:team/fork.git",
            "{git: {url: \"git@example.com:team/fork.git\", ref: v1.0.0}}",
        ),
    ] {
        let found = findings(&format!("dynamo: {{source: {written}}}\n"));
        assert_eq!(proposed(&found), Some(meant), "{written}: {found}");
        assert_eq!(findings(&format!("dynamo: {{source: {meant}}}\n")), "");
    }
    let found = findings("dynamo: {source: {git: main}}\n");
    let meant = "{url: https://github.com/ai-dynamo/dynamo, ref: main}";
    assert_eq!(proposed(&found), Some(meant), "{found}");
    let pasted = format!("dynamo: {{source: {{git: {meant}}}}}\n");
    assert_eq!(findings(&pasted), "");
    // A word is no version, and names none.
    assert_eq!(proposed(&findings("dynamo: pypi\n")), None);
}
