//! Examples are specs, and every key is told of.

use std::collections::{BTreeMap, BTreeSet};

use super::page::SECTIONS;
use super::{keys, path_of};
use crate::catalog;
use crate::check;
use crate::diagnostic::{Diagnostics, Screen, Sources, to_terminal};
use crate::spec::{self, Architecture, Decode, Input, Keys};

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
    examples.iter().for_each(|text| assert_right(text, false));
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
