//! The page about every key, `docs/spec.md`: the committed one is that of this
//! program. `cargo xtask schema` writes it anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use dynamo_frontend::reference;

/// Set by `cargo xtask schema`.
const WRITE: &str = "WRITE_REFERENCE";

#[test]
fn the_committed_page_is_that_of_this_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/spec.md");
    let wanted = reference::document().expect("a catalog that reads");
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, &wanted).expect("a written page");
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/spec.md is out of date: run `cargo xtask schema`"
    );
}

#[test]
fn every_key_has_an_anchor_of_its_own() {
    let page = reference::document().expect("a catalog that reads");
    let anchors: Vec<&str> = page
        .split("<a id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let keys = reference::keys().expect("a catalog that reads");
    let keys: BTreeSet<&str> = keys.iter().map(|key| key.path.as_str()).collect();
    assert_eq!(anchors.len(), keys.len());
    assert_eq!(anchors.into_iter().collect::<BTreeSet<_>>(), keys);
}
