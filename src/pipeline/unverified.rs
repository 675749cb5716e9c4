//! The rule about sources that are fetched and compared with nothing.
//!
//! A pass over plans and not over the spec: only there is it known what a
//! target really fetches.

use std::collections::BTreeSet;

use super::Outcome;
use crate::diagnostic::{Code, Diagnostic, SourceKind, Span};

/// Warns at what the user wrote; the catalog's own are one note, because there
/// is nothing about them to correct.
pub(super) fn report(outcome: &mut Outcome) {
    let sources = &outcome.sources;
    let is_written = |place: &Span| sources.get(place.source).kind != SourceKind::Catalog;
    // The beginning of an address is a mirror's: what is behind it is the catalog's.
    let is_mirror = |what: &str, place: &Span| {
        let text = sources.text(*place).trim_matches(['"', '\'']);
        what.starts_with(text) && what.len() > text.len()
    };
    // Said already, and better.
    let floats = |place: Span| {
        let mut warnings = outcome.diagnostics.warnings().into_iter();
        warnings.any(|one| one.code == Code::FloatingRef && one.primary == Some(place))
    };
    let mut of_catalog = BTreeSet::new();
    let mut chosen_at = None;
    let mut found = Vec::new();
    for plan in &outcome.plans {
        for one in plan.unverified() {
            let mut places = one.places.iter().copied().filter(is_written);
            let Some(place) = places.find(|place| !is_mirror(&one.what, place)) else {
                of_catalog.insert(one.what);
                chosen_at = chosen_at.or(Some(plan.chosen_at));
                continue;
            };
            if floats(place) {
                continue;
            }
            let message = format!(
                "`{}` is not verified: it may be another one tomorrow",
                one.what
            );
            found.push(
                Diagnostic::warning(Code::UnverifiedSource, place, message)
                    .help("give its `checksum`, or for a repository its `commit`"),
            );
        }
    }
    if let Some(place) = chosen_at {
        let number = of_catalog.len();
        let sources = if number == 1 { "source" } else { "sources" };
        let message = format!("the catalog knows no checksum of {number} {sources} of this build");
        let all: Vec<String> = of_catalog.into_iter().collect();
        found.push(
            Diagnostic::advice(Code::UnverifiedSource, place, message)
                .help(format!("without one: {}", all.join(", ")))
                .help("give `checksum` or `commit` of a component to have it verified"),
        );
    }
    for diagnostic in found {
        outcome.diagnostics.push(diagnostic);
    }
}
