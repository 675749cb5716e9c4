//! What a frontend owes BuildKit and its users, case by case: every case has a
//! test that carries its number, or a reason why it has none, and
//! `docs/conformance.md` says so.
//!
//! `cargo xtask conformance` writes the page anew.

mod cases;
mod page;
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cases::Cases;
use tests::Test;

/// Set by `cargo xtask conformance`.
const WRITE: &str = "WRITE_CONFORMANCE";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The cases and all tests that carry numbers.
fn known() -> (Cases, Vec<Test>) {
    let text = fs::read_to_string(root().join("tests/conformance.yaml")).expect("readable cases");
    (Cases::read(&text), Test::all_below(root()))
}

fn page() -> PathBuf {
    root().join("docs/conformance.md")
}

#[test]
fn the_page_is_what_the_cases_and_the_tests_say() {
    let (cases, tests) = known();
    let wanted = page::page(&cases, &tests);
    if std::env::var_os(WRITE).is_some() {
        fs::write(page(), &wanted).expect("a written page");
    }
    let found = fs::read_to_string(page()).expect("a readable page");
    assert!(
        found == wanted,
        "docs/conformance.md is not what tests and cases say: run `cargo xtask conformance`"
    );
}

#[test]
fn every_case_has_a_test_or_a_reason() {
    let (cases, tests) = known();
    let shown: BTreeSet<u32> = tests.iter().flat_map(|test| test.numbers.clone()).collect();
    let mut missing = Vec::new();
    for case in cases.all() {
        let tested = shown.contains(&case.number);
        assert!(
            !(tested && case.reason.is_some()),
            "case {} has a test and a reason to have none",
            case.number
        );
        if !tested && case.reason.is_none() {
            missing.push(case.number);
        }
    }
    assert!(
        missing.is_empty(),
        "neither a test nor a reason: {missing:?}"
    );
}

#[test]
fn every_number_is_that_of_a_case_and_of_one_only() {
    let (cases, tests) = known();
    let mut numbers = BTreeSet::new();
    for case in cases.all() {
        assert!(
            numbers.insert(case.number),
            "{} is there twice",
            case.number
        );
    }
    for test in tests {
        for number in &test.numbers {
            assert!(
                numbers.contains(number),
                "{}: {} names case {number}, which tests/conformance.yaml does not have",
                test.file,
                test.name
            );
        }
    }
}
