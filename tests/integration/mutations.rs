//! Specs whose bytes were changed at random. What a run tries is its own; a
//! failure shows the bytes, cut down to the fewest changes that still fail.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::case::{Case, MINIMAL};

/// A change at a place.
#[derive(Clone, Debug)]
enum Change {
    Replace(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    /// What stands between the two is there twice.
    Repeat(Index, Index),
    Cut(Index),
}

impl Change {
    fn any() -> impl Strategy<Value = Self> {
        // Any byte, and those that mean something to YAML more often.
        let byte = prop_oneof![any::<u8>(), select(b"\n \t:-#&*!|>'\"%@`{}[],?\0".to_vec())];
        let at = || any::<Index>();
        prop_oneof![
            (at(), byte.clone()).prop_map(|(at, byte)| Self::Replace(at, byte)),
            (at(), byte).prop_map(|(at, byte)| Self::Insert(at, byte)),
            at().prop_map(Self::Remove),
            (at(), at()).prop_map(|(from, to)| Self::Repeat(from, to)),
            at().prop_map(Self::Cut),
        ]
    }

    fn apply(&self, bytes: &mut Vec<u8>) {
        let place = |index: &Index, bytes: &[u8]| index.index(bytes.len() + 1);
        match self {
            Self::Replace(at, byte) => {
                let at = place(at, bytes);
                bytes.splice(at..bytes.len().min(at + 1), [*byte]);
            }
            Self::Insert(at, byte) => bytes.insert(place(at, bytes), *byte),
            Self::Remove(at) => {
                let at = place(at, bytes);
                bytes.drain(at..bytes.len().min(at + 1));
            }
            Self::Repeat(one, other) => {
                let (one, other) = (place(one, bytes), place(other, bytes));
                let part = bytes[one.min(other)..one.max(other)].to_vec();
                bytes.splice(one..one, part);
            }
            Self::Cut(at) => bytes.truncate(place(at, bytes)),
        }
    }
}

/// Specs that can be built: the examples and the minimal one.
fn valid() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let folders = fs::read_dir(folder).expect("a readable folder");
    let spec = |entry: std::io::Result<fs::DirEntry>| {
        fs::read(entry.expect("an entry").path().join("dynamo.yaml")).ok()
    };
    let mut specs: Vec<Vec<u8>> = folders.filter_map(spec).collect();
    specs.push(MINIMAL.as_bytes().to_vec());
    specs.sort();
    specs
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec(Change::any(), 1..5);
    (select(valid()), changes).prop_map(|(mut bytes, changes)| {
        for change in &changes {
            change.apply(&mut bytes);
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn case_136_a_mutated_spec_is_built_or_refused_with_a_place(spec in mutated()) {
        let ran = Case::spec(&spec).run();
        if let Some(error) = ran.failure() {
            let text = String::from_utf8_lossy(&spec);
            prop_assert!(!error.message.contains("bug in dynamo-frontend"), "{}\n{text}", error.message);
            prop_assert!(!ran.places().is_empty(), "{}\n{text}", error.message);
        }
    }
}
