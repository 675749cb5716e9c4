//! The rule about sources that are fetched and compared with nothing.
//!
//! A pass over plans and not over the spec: only there is it known what a
//! target really fetches.

use std::collections::BTreeSet;

use super::Outcome;
use crate::diagnostic::{Code, Diagnostic, SourceKind, Span};

/// Sources of the catalog that are named.
const MOST: usize = 10;
/// Parts of an address that are shown in full.
const FOLDERS: usize = 4;

/// Warns at what the user wrote; the catalog's own are one note, because there
/// is nothing about them to correct.
pub(super) fn report(outcome: &mut Outcome) {
    let sources = &outcome.sources;
    let is_written = |place: &Span| sources.kind(*place) != SourceKind::Catalog;
    // The beginning of an address is a mirror's: what is behind it is the catalog's.
    let is_mirror = |what: &str, place: &Span| {
        let text = sources.text(*place).trim_matches(['"', '\'']);
        what.starts_with(text) && what.len() > text.len()
    };
    // Said already, and better.
    let warnings = outcome.diagnostics.warnings();
    let is_told = |place: Span| {
        warnings.iter().any(|one| match one.code {
            Code::FloatingRef => one.primary == Some(place),
            Code::ChecksumArchitecture => one.labels.iter().any(|label| label.span == place),
            _ => false,
        })
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
            if is_told(place) {
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
        let note = Diagnostic::advice(Code::UnverifiedSource, place, message);
        let note = shown(&of_catalog).into_iter().fold(note, Diagnostic::help);
        found.push(note.help("give `checksum` or `commit` of a component to have it verified"));
    }
    outcome.diagnostics.extend(found);
}

/// A line for each, and one for those that are too many.
fn shown(sources: &BTreeSet<String>) -> Vec<String> {
    // One line more is as good as the words that there is one.
    let most = if sources.len() == MOST + 1 {
        MOST + 1
    } else {
        MOST
    };
    let mut lines: Vec<String> = sources
        .iter()
        .take(most)
        .map(|one| format!("without one: {}", brief(one)))
        .collect();
    if sources.len() > most {
        lines.push(format!("and {} more", sources.len() - most));
    }
    lines
}

/// An address without what all have, and without the folders that lead to a file.
fn brief(address: &str) -> String {
    let address = address.strip_prefix("https://").unwrap_or(address);
    let parts: Vec<&str> = address.split('/').collect();
    match parts.as_slice() {
        // The host, the project, and what is fetched.
        [host, owner, project, .., file] if parts.len() > FOLDERS => {
            format!("{host}/{owner}/{project}/…/{file}")
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_line_and_many_are_counted() {
        let sources = |number: usize| -> BTreeSet<String> {
            let name = |index| format!("https://example.com/{index:02}");
            (0..number).map(name).collect()
        };
        assert_eq!(
            shown(&sources(2)),
            ["without one: example.com/00", "without one: example.com/01"]
        );
        assert_eq!(shown(&sources(11)).len(), 11);
        let many = shown(&sources(14));
        assert_eq!(many.len(), 11);
        assert_eq!(many.last().map(String::as_str), Some("and 4 more"));
    }

    #[test]
    fn an_address_keeps_whose_it_is_and_what_is_fetched() {
        for (address, said) in [
            ("https://github.com/a/b#v1.0", "github.com/a/b#v1.0"),
            (
                "https://ffmpeg.org/releases/ffmpeg-7.1.tar.xz",
                "ffmpeg.org/releases/ffmpeg-7.1.tar.xz",
            ),
            (
                "https://github.com/a/b/releases/download/v1/b-amd64.tar.gz",
                "github.com/a/b/…/b-amd64.tar.gz",
            ),
            ("http://mirror.example/x", "http://mirror.example/x"),
        ] {
            assert_eq!(brief(address), said);
        }
    }
}
