//! The cases, as `tests/conformance.yaml` has them.

use serde::Deserialize;

/// All of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cases {
    pub(super) sections: Vec<Section>,
}

/// Cases that belong together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) cases: Vec<Case>,
}

/// One thing that a frontend owes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) number: u32,
    /// What it is, in one line.
    pub(super) says: String,
    /// Why there is no test of it.
    pub(super) reason: Option<String>,
    /// What its tests leave out, or how it is read here.
    pub(super) note: Option<String>,
}

impl Cases {
    pub(super) fn read(text: &str) -> Self {
        serde_saphyr::from_str(text).expect("cases that read")
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Case> {
        self.sections.iter().flat_map(|section| &section.cases)
    }
}
