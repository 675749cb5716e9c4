//! The schema against the decoders: what one takes the other takes.

use std::collections::BTreeMap;

use jsonschema::Validator;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use super::document::Schema;
use super::form::{Form, scalar};
use super::{document, schema};
use crate::diagnostic::{Diagnostics, Sources, summary};
use crate::spec::{self, Decode, Field, Input, Keys, Numbers, Scalar, Shape};

fn validator(schema: &Schema) -> Validator {
    let schema = serde_json::to_value(schema).expect("structs of texts are JSON");
    jsonschema::draft7::new(&schema).expect("a schema")
}

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
fn numbers<T: Scalar>(validator: &Validator) {
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
    agree::<Sha256>(Fit::Exact);
    agree::<Prefix>(Fit::Exact);
    agree::<ImageName>(Fit::Loose);
    agree::<Id>(Fit::Loose);
    agree::<Count>(Fit::Loose);
    agree::<Flag>(Fit::Exact);
    agree::<Interval>(Fit::Loose);
    agree::<ArchitectureKey>(Fit::Exact);
}

/// Texts that keys take, and that they do not.
const VALUES: &[&str] = &[
    "",
    "a",
    "1",
    "1.0.0",
    "3.12",
    "12.9",
    "vllm",
    "CPU",
    "None",
    "base",
    "true",
    "context",
    "-x",
    "a b",
    "\0",
    "../x",
    "a/b",
    "https://e.org/a",
    "https://u:p@e.org",
    "git@e.org:a",
    "Ubuntu",
    "ubuntu:24.04",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "0123456789abcdef0123456789abcdef01234567",
    "8000/tcp",
    "SIGTERM",
    "30s",
    "dynamo",
    "curl-",
    "g++",
    "MY_VAR",
    "9.0;10.0",
    "host",
    "key_pair",
    "amd64",
];

/// A value of a shape, or one that it might be mistaken for.
fn values(shape: Shape, numbers: bool) -> BoxedStrategy<Value> {
    let text = || select(VALUES).prop_map(Value::from);
    let number = prop_oneof![
        Just(json!(0)),
        Just(json!(1000)),
        Just(json!(-1)),
        Just(json!(12.9))
    ];
    let number = if numbers {
        number.boxed()
    } else {
        text().boxed()
    };
    let other = prop_oneof![
        4 => text(),
        1 => number,
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!([])),
        1 => Just(json!({})),
        1 => Just(json!({"unknown": "a"})),
    ];
    let own = match shape {
        Shape::Scalar(_) => text().boxed(),
        Shape::Choice(words) => select(words).prop_map(|one| one.word.into()).boxed(),
        Shape::Mapping(fields) => mapping(fields, 0..4, numbers),
        Shape::Table(_, value) => {
            let entries = (select(VALUES), values(value(), numbers));
            let entries = prop::collection::btree_map(entries.0, entries.1, 0..3);
            let object = |entries: BTreeMap<&str, Value>| {
                Value::Object(
                    entries
                        .into_iter()
                        .map(|(key, one)| (key.into(), one))
                        .collect(),
                )
            };
            entries.prop_map(object).boxed()
        }
        Shape::List(item) => prop::collection::vec(values(item(), numbers), 0..3)
            .prop_map(Value::Array)
            .boxed(),
        Shape::Switch(on) => values(on(), numbers),
        Shape::WordOrOneOf(_, fields) => mapping(fields, 0..3, numbers),
    };
    prop_oneof![3 => own, 1 => other].boxed()
}

fn mapping(
    fields: &'static [Field],
    size: std::ops::Range<usize>,
    numbers: bool,
) -> BoxedStrategy<Value> {
    let entry = move |field: Field| {
        (Just(field.name), values((field.shape)(), numbers)).prop_map(|(name, one)| (name, one))
    };
    prop::collection::vec(select(fields).prop_flat_map(entry), size)
        .prop_map(|entries| {
            let entries = entries
                .into_iter()
                .map(|(name, one)| (name.to_owned(), one));
            Value::Object(entries.collect::<Map<String, Value>>())
        })
        .boxed()
}

/// What the decoders find in a spec.
fn found(spec: &Value) -> String {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let text = spec.to_string();
    let input = Input {
        name: "dynamo.yaml",
        bytes: text.as_bytes(),
        build_args: &BTreeMap::new(),
        target: None,
    };
    spec::read(input, &mut sources, &mut found);
    summary(&found.errors(), &sources)
}

/// The schema without what the catalog adds: which releases there are is no
/// matter of decoders.
fn of_decoders() -> Validator {
    let form = Form {
        known: Vec::new(),
        defaults: BTreeMap::new(),
    };
    validator(&form.schema("", Keys::shape()))
}

#[test]
fn the_schema_takes_every_spec_that_the_decoders_take() {
    let validator = of_decoders();
    proptest!(ProptestConfig::with_cases(2000), |(spec in mapping_of_keys(true))| {
        if found(&spec).is_empty() {
            let error = validator.validate(&spec).err().map(|error| error.to_string());
            prop_assert_eq!(error, None);
        }
    });
}

#[test]
fn the_schema_refuses_every_spec_that_the_decoders_refuse() {
    let validator = of_decoders();
    proptest!(ProptestConfig::with_cases(2000), |(spec in mapping_of_keys(false))| {
        if validator.is_valid(&spec) {
            prop_assert_eq!(found(&spec), "");
        }
    });
}

fn mapping_of_keys(numbers: bool) -> BoxedStrategy<Value> {
    let Shape::Mapping(fields) = Keys::shape() else {
        panic!("a spec is a mapping")
    };
    mapping(fields, 1..3, numbers)
}

#[test]
fn what_editors_are_offered_is_valid_where_it_is_offered() {
    let schema = serde_json::to_value(schema().expect("a catalog that reads")).expect("JSON");
    let mut offered = 0;
    let mut rest = vec![&schema];
    while let Some(one) = rest.pop() {
        if let Value::Object(keywords) = one {
            // The name of a key may be that of a keyword.
            let values = keywords.get("default").filter(|value| !value.is_object());
            let examples = keywords.get("examples").and_then(Value::as_array);
            let all: Vec<&Value> = values
                .into_iter()
                .chain(examples.into_iter().flatten())
                .collect();
            if !all.is_empty() {
                let validator = jsonschema::draft7::new(one).expect("a schema");
                for value in all {
                    assert!(validator.is_valid(value), "{value} in {one}");
                    offered += 1;
                }
            }
            rest.extend(keywords.values());
        } else if let Value::Array(items) = one {
            rest.extend(items);
        }
    }
    assert!(offered > 100, "{offered}");
}

#[test]
fn a_default_is_what_the_key_is_whatever_is_built() {
    let schema = serde_json::to_value(schema().expect("a catalog that reads")).expect("JSON");
    let default = |path: &str| {
        let pointer = path.split('.').map(|key| format!("/properties/{key}"));
        let key = schema.pointer(&pointer.collect::<String>());
        key.unwrap_or_else(|| panic!("no `{path}`"))
            .get("default")
            .cloned()
    };
    for (path, value) in [
        ("framework", json!("vllm")),
        ("target", json!("runtime")),
        ("device", json!("cuda")),
        ("efa", json!(false)),
        ("catalog", json!("2026-02")),
        ("user.uid", json!(1000)),
        ("toolchain.python", json!("3.12")),
        ("toolchain.cargo_jobs", json!(16)),
        ("components.uv.version", json!("0.12.0")),
        ("images.docs", json!("docker.io/library/ubuntu:24.04")),
    ] {
        assert_eq!(default(path), Some(value), "{path}");
    }
    // These depend on the framework, or on the device.
    for path in ["cuda", "images.base", "features.kvbm", "vllm.ref"] {
        assert_eq!(default(path), None, "{path}");
    }
}

#[test]
fn the_document_is_the_same_every_time() {
    let first = document().expect("a catalog that reads");
    assert_eq!(document().expect("a catalog that reads"), first);
    assert!(first.ends_with("}\n"));
}

#[test]
fn a_number_is_offered_as_text_so_that_no_editor_shortens_it() {
    let schema = serde_json::to_value(schema().expect("a catalog that reads")).expect("JSON");
    let cuda = &schema["properties"]["cuda"];
    let validator = jsonschema::draft7::new(cuda).expect("a schema");
    for valid in [json!("13.0"), json!(13.0), json!(12.9)] {
        assert!(validator.is_valid(&valid), "{valid}");
    }
    for wrong in [json!("11.8"), json!(11.8), json!(true), json!(["13.0"])] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
    let listed = cuda["anyOf"][0]["enum"].as_array().expect("a list");
    assert!(listed.iter().all(Value::is_string), "{listed:?}");
}
