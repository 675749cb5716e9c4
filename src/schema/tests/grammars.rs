//! Each grammar against its parser.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::validator;
use crate::schema::form::scalar;
use crate::spec::{self, Numbers, Scalar};

/// Texts that look like something in a spec, and nearly so.
const WORDS: &[&str] = &[
    "",
    "-",
    ".",
    "..",
    "/",
    "//",
    ":",
    "://",
    "@",
    "#",
    "?",
    "+",
    "++",
    "=",
    "_",
    "__",
    " ",
    "\n",
    "\0",
    "\u{85}",
    "\u{a0}",
    "\u{3000}",
    "\u{feff}",
    "é",
    "零",
    "*",
    "[",
    "]",
    "\\",
    ";",
    "~",
    "0",
    "1",
    "9",
    "00",
    "64",
    "255",
    "65535",
    "65536",
    "4294967294",
    "4294967295",
    "a",
    "Z",
    "ssh",
    "sh",
    "h",
    "git",
    "https",
    "http",
    "https://",
    "ssh://git@",
    "me:secret@",
    "host",
    "example.org",
    "localhost",
    "5000",
    "ubuntu",
    "24.04",
    "latest",
    "tcp",
    "UDP",
    "true",
    "SIG",
    "term",
    "RTMIN",
    "RTMAX",
    "+3",
    "-14",
    "ms",
    "s",
    "m",
    "h",
    "30s",
    "v1.0.0",
    "sha256:",
    "amd64",
    "AArch64",
    "PATH",
    "requirements.txt",
    "g",
    "10.0+PTX",
    "0123456789abcdef0123456789abcdef01234567",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
];

fn texts() -> impl Strategy<Value = String> {
    let glued = prop::collection::vec(select(WORDS), 0..6).prop_map(|words| words.concat());
    prop_oneof![glued, "[ -~]{0,12}", ".{0,8}"]
}

/// How well a pattern says what a parser takes.
#[derive(Clone, Copy, PartialEq)]
enum Fit {
    /// Exactly.
    Exact,
    /// It takes more: what is too long, or too large a number in quotes.
    Loose,
}

/// Holds the grammar of a type against its parser.
#[track_caller]
fn agree<T: Scalar>(fit: Fit) {
    let validator = validator(&scalar(T::GRAMMAR));
    let what = T::GRAMMAR.what;
    let body = T::GRAMMAR
        .pattern
        .trim_start_matches('^')
        .trim_end_matches('$');
    let own = string_regex(body).expect("a pattern without anchors inside");
    let mut runner = TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let checked = runner.run(&prop_oneof![texts(), own], |text| {
        let (parsed, valid) = (T::parse(&text).is_ok(), validator.is_valid(&json!(text)));
        prop_assert!(!parsed || valid, "{} is refused by the schema", what);
        prop_assert!(
            !valid || parsed || fit == Fit::Loose,
            "{} is taken by it",
            what
        );
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{what}: {error}"));
    numbers::<T>(&validator);
    for example in T::GRAMMAR.examples {
        assert!(T::parse(example).is_ok(), "{what}: the example `{example}`");
    }
    assert!(!T::GRAMMAR.problem.is_empty(), "{what}");
}

/// Plain numbers: `13.0` and `13` are one to JSON.
#[track_caller]
fn numbers<T: Scalar>(validator: &jsonschema::Validator) {
    for text in [
        "0",
        "1",
        "7",
        "64",
        "65",
        "65535",
        "65536",
        "4294967294",
        "4294967295",
        "-1",
        "0.5",
        "12.9",
        "-12.9",
    ] {
        let number: Value = serde_json::from_str(text).expect("a number");
        let same = format!("{text}.0");
        let parsed = T::parse(text).is_ok() || T::parse(&same).is_ok();
        let valid = validator.is_valid(&number);
        // What is said of them is a sign and a range, and no form.
        let fits = match T::GRAMMAR.numbers {
            Numbers::Unsigned => valid || !parsed,
            _ => valid == parsed,
        };
        assert!(fits, "{}: the number {text}", T::GRAMMAR.what);
    }
}

#[test]
fn every_grammar_says_what_its_parser_takes() {
    use spec::*;
    agree::<Text>(Fit::Exact);
    agree::<Version>(Fit::Exact);
    agree::<PythonVersion>(Fit::Exact);
    agree::<CudaVersion>(Fit::Exact);
    agree::<Commit>(Fit::Exact);
    agree::<Url>(Fit::Exact);
    agree::<GitUrl>(Fit::Exact);
    agree::<ContextName>(Fit::Exact);
    agree::<SecretId>(Fit::Exact);
    agree::<CloudName>(Fit::Exact);
    agree::<Port>(Fit::Exact);
    agree::<Signal>(Fit::Exact);
    agree::<ArchList>(Fit::Exact);
    agree::<Revision>(Fit::Exact);
    agree::<UserName>(Fit::Exact);
    agree::<EnvName>(Fit::Exact);
    agree::<LabelName>(Fit::Exact);
    agree::<AptPackage>(Fit::Exact);
    agree::<Requirement>(Fit::Exact);
    agree::<ContextPath>(Fit::Exact);
    agree::<TreePath>(Fit::Exact);
    agree::<ImagePath>(Fit::Exact);
    agree::<StepName>(Fit::Exact);
    agree::<DnfPackage>(Fit::Exact);
    agree::<CacheId>(Fit::Exact);
    agree::<FileMode>(Fit::Exact);
    agree::<Sha256>(Fit::Exact);
    agree::<Prefix>(Fit::Exact);
    agree::<ImageName>(Fit::Loose);
    agree::<Id>(Fit::Loose);
    agree::<Count>(Fit::Loose);
    agree::<Flag>(Fit::Exact);
    agree::<Interval>(Fit::Loose);
    agree::<ArchitectureKey>(Fit::Exact);
}
