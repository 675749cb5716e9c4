//! The differences of all platforms, those that are equal told once.

use serde::Serialize;

use super::Diff;
use crate::spec::Architecture;

/// Two specs, compared for every platform that was asked for.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The name of the old spec.
    pub old: String,
    /// The name of the new spec.
    pub new: String,
    /// The differences, in the order of their first platform.
    pub differences: Vec<Difference>,
}

/// The same difference of some platforms.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// The platforms.
    pub platforms: Vec<String>,
    /// What is different.
    #[serde(flatten)]
    pub diff: Diff,
}

impl Comparison {
    /// What is different between the specs of these names.
    pub fn new(
        old: impl Into<String>,
        new: impl Into<String>,
        diffs: impl IntoIterator<Item = (Architecture, Diff)>,
    ) -> Self {
        let mut differences: Vec<Difference> = Vec::new();
        for (architecture, diff) in diffs {
            let platform = format!("linux/{architecture}");
            match differences.iter_mut().find(|known| known.diff == diff) {
                Some(known) => known.platforms.push(platform),
                None => differences.push(Difference {
                    platforms: vec![platform],
                    diff,
                }),
            }
        }
        Self {
            old: old.into(),
            new: new.into(),
            differences,
        }
    }
}
