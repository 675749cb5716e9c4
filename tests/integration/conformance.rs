//! The table of `docs/conformance.md` names tests that are there.

use std::fs;
use std::path::Path;

#[test]
fn every_test_that_the_table_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(root.join("docs/conformance.md")).expect("a readable table");
    let mut named = 0;
    for (file, test) in table
        .split('`')
        .filter_map(|word| word.split_once("::"))
        .filter(|(file, _)| file.contains('/'))
    {
        let text = fs::read_to_string(root.join(file))
            .unwrap_or_else(|error| panic!("{file} is named and cannot be read: {error}"));
        assert!(
            text.contains(&format!("fn {test}(")),
            "{file} has no {test}"
        );
        named += 1;
    }
    assert!(named > 30, "only {named} tests are named");
}
