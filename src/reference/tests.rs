//! Examples are specs, and every key is told of.

use std::collections::{BTreeMap, BTreeSet};

use super::page::SECTIONS;
use super::{Collected, keys, path_of};
use crate::catalog;
use crate::check;
use crate::diagnostic::{Diagnostics, Screen, Sources, to_terminal};
use crate::spec::{self, Architecture, Decode, Field, Input, Keys, Shape, Text};

/// Reads a spec, and checks it too where it is a whole one.
#[track_caller]
fn assert_right(text: &str, whole: bool) {
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let input = Input {
        name: "dynamo.yaml",
        bytes: text.as_bytes(),
        build_args: &BTreeMap::new(),
        target: None,
    };
    let spec = spec::read(input, &mut sources, &mut found);
    if let Some(spec) = spec.filter(|_| whole) {
        check::check(&spec, Architecture::Amd64, &mut sources, &mut found).expect("a catalog");
    }
    let drawn = to_terminal(&found.errors(), &sources, Screen::FILE);
    assert!(drawn.is_empty(), "{text}\n{drawn}");
}

#[test]
fn every_example_is_a_spec() {
    for section in SECTIONS {
        assert_right(section.example, true);
    }
    let examples: Vec<String> = keys()
        .expect("a catalog that reads")
        .into_iter()
        .filter_map(|key| key.example)
        .collect();
    assert!(examples.len() > 90, "{}", examples.len());
    for text in &examples {
        assert_right(text, false);
    }
}

#[test]
fn keys_of_the_items_of_lists_are_told_once_for_equal_lists() {
    const STEP: &[Field] = &[Field::new("run", "", Text::shape)];
    const OTHER: &[Field] = &[Field::new("test", "", Text::shape)];
    let steps = || Shape::List(|| Shape::Mapping(STEP));
    let fields = [
        Field::new("dev", "", steps),
        Field::new("test", "", steps),
        Field::new("checks", "", || Shape::List(|| Shape::Mapping(OTHER))),
        Field::new("ports", "", || Shape::List(Text::shape)),
    ];
    let mut collected = Collected::default();
    collected.below("extend", Shape::Mapping(Box::leak(Box::new(fields))));
    let paths: Vec<&str> = collected.keys.iter().map(|key| key.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "extend.dev",
            "extend.test",
            "extend.checks",
            "extend.ports",
            "extend.*[].run",
            "extend.checks[].test"
        ]
    );
}

#[test]
fn every_key_that_a_build_argument_sets_is_told_of() {
    let told: BTreeSet<String> = keys()
        .expect("a catalog that reads")
        .into_iter()
        .map(|key| key.path)
        .collect();
    for path in Keys::shape().scalar_paths() {
        // Keys of tables are free.
        assert!(path.contains('*') || told.contains(&path), "{path}");
    }
}

#[test]
fn an_entry_of_a_table_is_set_by_the_path_of_the_table_and_its_name() {
    let keys = keys().expect("a catalog that reads");
    let arguments = |path: &str| {
        let key = keys.iter().find(|key| key.path == path).expect("a key");
        key.arguments.join(" ")
    };
    assert_eq!(arguments("env"), "env.NAME");
    assert_eq!(arguments("mirrors"), "mirrors.PREFIX");
    assert_eq!(
        arguments("components.nats.checksum"),
        "components.nats.checksum.ARCHITECTURE"
    );
    // What a check expects stands in the spec.
    assert_eq!(arguments("tests.checks"), "");
    assert_eq!(arguments("tests.checks.*.env"), "");
}

#[test]
fn a_default_says_in_which_builds_it_holds() {
    let keys = keys().expect("a catalog that reads");
    let default = |path: &str| {
        let key = keys.iter().find(|key| key.path == path).expect("a key");
        let told = |one: &super::DefaultValue| format!("{} {:?}", one.value, one.builds);
        key.defaults.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(default("framework"), ["vllm []"]);
    assert_eq!(
        default("catalog"),
        [format!("{} []", catalog::releases().last().expect("one"))]
    );
    insta::assert_debug_snapshot!((
        default("components.nixl.ref"),
        default("cuda"),
        default("images.base")
    ));
}

#[test]
fn an_older_build_argument_stands_for_its_key_in_any_case() {
    assert_eq!(path_of("nixl_ref"), "components.nixl.ref");
    assert_eq!(path_of("Components.NIXL.ref"), "components.nixl.ref");
}
