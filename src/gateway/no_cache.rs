//! The stages that a client wants built without cache.
//!
//! Owns what is said of a name that no stage has. A list for several builds may
//! name stages of the others, so that only a name which looks misspelt is
//! worth a word.

use std::collections::BTreeSet;

use super::bridge::Warning;
use crate::diagnostic::{Code, nearest, printable};
use crate::emit::NoCache;
use crate::plan::Plan;

/// A warning for every name that is close to a stage's and is none.
pub(super) fn warnings(no_cache: &NoCache, plans: &[Plan], loaded_by: &str) -> Vec<Warning> {
    let NoCache::Stages(names) = no_cache else {
        return Vec::new();
    };
    let stages = plans.iter().flat_map(|plan| &plan.stages);
    let stages: BTreeSet<&str> = stages.map(|stage| stage.name.as_str()).collect();
    let mut unknown: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    unknown.retain(|name| !stages.iter().any(|stage| stage.eq_ignore_ascii_case(name)));
    let warning = |name: &str| {
        let near = nearest(name, stages.iter().copied())?;
        Some(Warning {
            digest: loaded_by.to_owned(),
            level: 1,
            short: format!(
                "{}: no stage has the name `{}`, which is to be built without cache",
                Code::UnknownStage,
                printable(name)
            ),
            detail: vec![format!("did you mean `{near}`?")],
            url: Code::UnknownStage.url().to_owned(),
            ..Warning::default()
        })
    };
    unknown.into_iter().filter_map(warning).collect()
}
