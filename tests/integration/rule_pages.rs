//! The pages of the rules, `docs/rules/RULE.md`: what a page shows is run, and
//! what is printed stands in it, word for word.
//!
//! `cargo xtask rules` writes the printed parts and the index anew. What a page
//! must have is told to its author at the end of the index.

mod daemon;
mod index;
mod page;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dynamo_frontend::diagnostic::Code;
use page::{Page, SECTIONS};

/// Set by `cargo xtask rules`.
const WRITE: &str = "WRITE_RULES";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules")
}

/// Every rule with its page as it should be.
fn pages() -> impl Iterator<Item = (Code, Page)> {
    Code::ALL.iter().map(|code| {
        let text = fs::read_to_string(folder().join(format!("{code}.md"))).expect("a page");
        (*code, Page::of(*code, &text))
    })
}

/// Compares a file with what it should be, or writes it when asked to.
#[track_caller]
fn compare(file: &str, wanted: &str) {
    let path = folder().join(file);
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, wanted).expect("a written page");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let differs = found.lines().zip(wanted.lines()).find(|(a, b)| a != b);
    assert!(
        found == wanted,
        "docs/rules/{file} is out of date: run `cargo xtask rules`; first difference: {differs:?}"
    );
}

#[test]
fn every_page_says_what_the_program_says() {
    for (code, page) in pages() {
        compare(&format!("{code}.md"), &page.text());
    }
}

#[test]
fn the_index_lists_every_rule() {
    let pages: Vec<(Code, Page)> = pages().collect();
    compare("README.md", &index::text(&pages));
}

#[test]
fn every_page_is_about_a_rule() {
    let rules = Code::ALL.iter().map(|code| format!("{code}.md"));
    let wanted: BTreeSet<String> = rules.chain(["README.md".to_owned()]).collect();
    let entries = fs::read_dir(folder()).expect("a readable folder");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry.expect("an entry").file_name();
        name.into_string().expect("a name in UTF-8")
    };
    let found: BTreeSet<String> = entries.map(name).collect();
    assert_eq!(found, wanted, "files of docs/rules, and rules");
}

#[test]
fn every_page_has_all_sections_in_the_same_order() {
    for (code, page) in pages() {
        assert_eq!(
            page.sections(),
            SECTIONS,
            "sections of docs/rules/{code}.md"
        );
        assert!(page.has_prose(), "docs/rules/{code}.md does not say why");
    }
}

#[test]
fn a_bad_spec_breaks_the_rule_of_its_page_and_no_other() {
    for (code, page) in pages() {
        assert!(
            page.bad().count() > 0,
            "docs/rules/{code}.md shows no bad spec"
        );
        for example in page.bad() {
            let mended: BTreeSet<&str> = example.to_mend().collect();
            let printed = &example.printed;
            let broken = example.rules();
            assert!(broken.contains(code.name()), "{code}: {printed}");
            assert!(
                mended.iter().all(|rule| *rule == code.name()),
                "{code}: {printed}"
            );
        }
    }
}

#[test]
fn a_good_spec_leaves_nothing_to_mend() {
    for (code, page) in pages() {
        assert!(
            page.good().count() > 0,
            "docs/rules/{code}.md shows no good spec"
        );
        for example in page.good() {
            let (printed, broken) = (&example.printed, example.rules());
            assert!(!broken.contains(code.name()), "{code}: {printed}");
            assert_eq!(example.to_mend().count(), 0, "{code}: {printed}");
        }
    }
}

#[test]
fn related_rules_are_rules_and_have_links() {
    for (code, page) in pages() {
        let related = page.related();
        assert!(
            !related.is_empty(),
            "docs/rules/{code}.md names no related rule"
        );
        for rule in related {
            let known = Code::ALL
                .iter()
                .any(|one| one.name() == rule && one != &code);
            assert!(known, "docs/rules/{code}.md: `{rule}` is no other rule");
        }
    }
}
