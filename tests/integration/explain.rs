//! `dynamo-frontend explain`: what is told of keys, rules and steps, whole.

use std::fs;
use std::process::{Command, Output};

use dynamo_frontend::diagnostic::Code;

use crate::case::MINIMAL;

/// Runs it in a folder with this spec, or with none.
fn run(words: &[&str], spec: Option<&str>) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    if let Some(spec) = spec {
        fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
    }
    Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"))
        .args(["explain", "--platform", "linux/amd64"])
        .args(words)
        .current_dir(folder.path())
        .output()
        .expect("runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What is told, of something that is known.
#[track_caller]
fn told(words: &[&str], spec: Option<&str>) -> String {
    let ran = run(words, spec);
    assert_eq!(ran.status.code(), Some(0), "{}", text(&ran.stderr));
    assert_eq!(text(&ran.stderr), "");
    text(&ran.stdout)
}

/// Why nothing is told.
#[track_caller]
fn refused(words: &[&str], spec: Option<&str>) -> String {
    let ran = run(words, spec);
    assert_eq!(ran.status.code(), Some(2), "{}", text(&ran.stdout));
    assert!(ran.stdout.is_empty());
    text(&ran.stderr)
}

#[test]
fn a_key_is_told_of_without_a_spec_and_by_an_older_name_too() {
    let key = told(&["components.nixl.ref"], None);
    insta::assert_snapshot!(key);
    assert_eq!(told(&["nixl_ref"], None), key);
}

#[test]
fn a_section_is_told_with_its_keys() {
    insta::assert_snapshot!(told(&["toolchain"], None));
}

#[test]
fn a_key_with_words_says_what_each_stands_for() {
    insta::assert_snapshot!(told(&["target"], None));
}

#[test]
fn with_a_spec_a_key_has_its_value_its_line_and_the_steps_that_stem_from_it() {
    insta::assert_snapshot!(told(&["dynamo.source.index"], Some(MINIMAL)));
    // Of the catalog, and what stands on an image.
    insta::assert_snapshot!(told(&["images.runtime"], Some(MINIMAL)));
    // Of the command line.
    let set = ["--build-arg", "PYTHON_VERSION=3.11", "toolchain.python"];
    insta::assert_snapshot!(told(&set, Some(MINIMAL)));
}

#[test]
fn a_step_that_copies_says_whose_the_files_are_and_their_mode() {
    let spec = format!(
        "{MINIMAL}extend:\n  runtime:\n    - copy: {{paths: [a], to: /opt/a, owner: dynamo, mode: 0750}}\n"
    );
    let step = told(&["copy a to /opt/a"], Some(&spec));
    assert!(step.contains("/a -> /opt/a, 1000:0 0750"), "{step}");
}

#[test]
fn a_rule_is_its_page_in_any_case() {
    let page = told(&["UnknownCatalog"], None);
    insta::assert_snapshot!(page);
    assert_eq!(told(&["unknowncatalog"], None), page);
    for code in Code::ALL {
        let page = told(&[code.name()], None);
        let words: Vec<&str> = page.split_whitespace().collect();
        let first = format!("{code} {}", code.summary());
        assert!(words.join(" ").starts_with(&first), "{page}");
        assert!(!page.contains("```") && !page.contains("]("), "{page}");
    }
}

#[test]
fn a_step_is_told_by_its_number_or_by_words_of_its_title() {
    let step = told(&["runtime/5"], Some(MINIMAL));
    insta::assert_snapshot!(step);
    for words in [
        &["Runtime", "5"][..],
        &["install", "dynamo"],
        &["runtime:5"],
    ] {
        assert_eq!(told(words, Some(MINIMAL)), step, "{words:?}");
    }
    // Files that are made, and files that are taken over.
    insta::assert_snapshot!(told(&["runtime/3"], Some(MINIMAL)));
    insta::assert_snapshot!(told(&["runtime/6"], Some(MINIMAL)));
}

#[test]
fn a_step_that_compiles_says_what_it_sees_and_what_would_make_it_run_again() {
    let spec = "framework: vllm\ncomponents: {ucx: {ref: v1.19.0}}\n";
    insta::assert_snapshot!(told(&["build", "ucx"], Some(spec)));
    insta::assert_snapshot!(told(&["compile the Rust wheel"], Some(spec)));
}

#[test]
fn a_step_of_two_platforms_is_told_for_each() {
    let both = told(&["--platform", "linux/arm64", "runtime/1"], Some(MINIMAL));
    let heads: Vec<&str> = both
        .lines()
        .filter(|line| line.starts_with("for "))
        .collect();
    assert_eq!(heads, ["for linux/amd64", "for linux/arm64"]);
}

#[test]
fn a_name_that_may_be_several_things_lists_them() {
    insta::assert_snapshot!(refused(&["nixl"], Some("framework: vllm\n")));
    insta::assert_snapshot!(refused(&["runtime"], Some("framework: vllm\n")));
    insta::assert_snapshot!(refused(&["version"], None));
}

#[test]
fn the_end_of_a_key_is_enough_where_it_is_the_only_one() {
    assert_eq!(
        told(&["cargo_jobs"], None),
        told(&["toolchain.cargo_jobs"], None)
    );
}

#[test]
fn a_misspelt_name_is_told_what_it_is_near_to() {
    let near = |name: &str, spec| refused(&[name], spec);
    let missing = "help: steps are those of a spec; name one with `-f`\n";
    assert_eq!(
        near("UnknwonKey", None),
        format!(
            "error: nothing is named `UnknwonKey`\nhelp: did you mean `UnknownKey`?\n{missing}"
        )
    );
    assert_eq!(
        near("toolchain.pyhton", Some(MINIMAL)),
        "error: nothing is named `toolchain.pyhton`\nhelp: did you mean `toolchain.python`?\n"
    );
    assert_eq!(
        near("runtme/1", Some(MINIMAL)),
        "error: nothing is named `runtme/1`\nhelp: did you mean `runtime/1`?\n"
    );
    assert_eq!(
        near("ARCH", None),
        "error: no key of the spec stands for `ARCH`\nhelp: use `--platform`\n"
    );
    let beyond = near("runtime/99", Some(MINIMAL));
    assert!(
        beyond.contains("help: the last step of its stage is `runtime/"),
        "{beyond}"
    );
    assert_eq!(
        near("\u{1b}[31m", Some(MINIMAL)),
        "error: nothing is named `\\u{1b}[31m`\n\
         help: give a key (`user.uid`), a rule (`UnknownKey`) or a step (`runtime/1`)\n"
    );
}

#[test]
fn a_key_may_be_named_with_the_name_that_a_user_chose() {
    assert_eq!(
        told(&["tests.checks.small.size"], None),
        told(&["tests.checks.*.size"], None)
    );
    let entry = told(&["env.DYN_LOG"], None);
    assert_eq!(entry, told(&["env"], None));
    assert!(entry.contains("--build-arg env.NAME=…"), "{entry}");
    assert_eq!(
        told(&["packages.apt.gdb"], None),
        told(&["packages.apt"], None)
    );
    assert_eq!(
        told(&["extend.runtime.run"], None),
        told(&["extend.*[].run"], None)
    );
}

#[test]
fn a_broken_spec_hides_steps_and_no_keys() {
    let broken = Some("framework: dynamo\ndevice: cpuu\n");
    let step = run(&["runtime/1"], broken);
    assert_eq!(step.status.code(), Some(1));
    assert!(text(&step.stderr).contains("`cpuu`"));
    let key = run(&["device"], broken);
    assert_eq!(key.status.code(), Some(0));
    assert_eq!(text(&key.stdout), told(&["device"], None));
    assert_eq!(
        text(&key.stderr),
        "the spec has errors, so its values are not told; see `dynamo-frontend check`\n"
    );
}

#[test]
fn a_spec_that_is_named_must_be_there() {
    let missing = refused(&["-f", "none.yaml", "user.uid"], None);
    assert!(missing.contains("`none.yaml`"), "{missing}");
}

#[test]
fn programs_get_the_same_as_json() {
    let json = |words: &[&str]| {
        let words = [words, &["--format", "json"]].concat();
        serde_json::from_str::<serde_json::Value>(&told(&words, Some(MINIMAL))).expect("JSON")
    };
    let key = json(&["user.uid"]);
    assert_eq!(
        key["key"]["arguments"],
        serde_json::json!(["user.uid", "USER_UID"])
    );
    assert_eq!(key["key"]["defaults"][0]["value"], "1000");
    assert_eq!(key["here"]["value"], "1000");
    assert_eq!(key["here"]["from"]["file"], "specs/2026-02/common.yaml");
    let rule = json(&["unknownkey"]);
    assert_eq!(rule["rule"], "UnknownKey");
    assert_eq!(rule["page"], Code::UnknownKey.page());
    let step = &json(&["runtime/5"])["steps"][0];
    assert_eq!(step["name"], "runtime/5");
    assert_eq!(step["command"]["user"], "1000:0");
    assert_eq!(step["because_of"][0]["line"], 4);
}
