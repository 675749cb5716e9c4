//! Whole specs: the schema against the decoders.

use std::collections::BTreeMap;

use jsonschema::Validator;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::validator;
use crate::diagnostic::{Diagnostics, Sources, summary};
use crate::schema::form::Form;
use crate::spec::{self, Decode, Field, Input, Keys, Shape};

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
        Shape::ScalarOrList(_, item) => {
            prop_oneof![text(), values(Shape::List(item), numbers)].boxed()
        }
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
