//! The build that checks an image of a matrix, and leaves none.

use std::collections::BTreeMap;

use serde::Serialize;

use super::entry::Entry;
use crate::spec::CHECK_IMAGE;

/// What becomes of it.
const NOTHING: &str = "type=cacheonly";

/// A build like that of the image, which it shares every step with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Check {
    inherits: [String; 1],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    args: BTreeMap<&'static str, &'static str>,
    target: &'static str,
    /// Empty, as those of the image would be inherited.
    tags: [String; 0],
    /// Empty: a cache that two builds write to has the steps of the last.
    cache_to: [String; 0],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attest: Vec<String>,
    output: [&'static str; 1],
}

impl Check {
    /// The checks of an entry, if there are some.
    pub(super) fn of(entry: &Entry, attestations: &[String]) -> Option<Self> {
        let target = entry.combination.target;
        let off = |attestation: &String| {
            let kind = attestation.split(',').next().unwrap_or_default();
            format!("{kind},disabled=true")
        };
        entry.is_checked.then(|| Self {
            inherits: [entry.name()],
            // What is built is an argument here: the target is the checks.
            args: target
                .map(|one| ("target", one.word()))
                .into_iter()
                .collect(),
            target: CHECK_IMAGE,
            tags: [],
            cache_to: [],
            attest: attestations.iter().map(off).collect(),
            output: [NOTHING],
        })
    }
}
