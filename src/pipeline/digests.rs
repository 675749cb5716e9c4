//! The rule about images without a digest: off unless it is switched on.
//!
//! A pass over plans and not over the spec: only there is it known which images a
//! target really uses, the catalog's included.

use std::collections::BTreeSet;

use super::Outcome;
use crate::check::values;
use crate::diagnostic::{Code, Diagnostic, SourceKind, Span};
use crate::plan::ImageSource;

/// Warns at each image that the user wrote, and once of all the catalog's.
pub(super) fn report(outcome: &mut Outcome) {
    let sources = &outcome.sources;
    let is_catalogs = |image: &&ImageSource| sources.kind(image.place) == SourceKind::Catalog;
    let keys = outcome.resolved.as_ref().map(values).unwrap_or_default();
    // The catalog names an image by its version alone, or for several keys at once.
    let key = |place: Span| {
        let mut keys = keys.iter().filter(|(_, (_, at))| *at == Some(place));
        keys.find(|(key, _)| key.starts_with("images."))
    };
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for plan in &outcome.plans {
        let images = plan.images().into_iter();
        let open = images.filter(|image| image.reference.digest().is_none());
        let (of_catalog, written): (Vec<_>, Vec<_>) = open.partition(is_catalogs);
        for image in written {
            let shown = image.reference.familiar();
            let message = format!("the image `{shown}` has no digest");
            found.push(
                Diagnostic::warning(Code::ImageWithoutDigest, image.place, message)
                    .note("a tag can be moved")
                    .help(how(&shown)),
            );
        }
        let of_catalog: Vec<_> = of_catalog
            .into_iter()
            .filter(|one| seen.insert(one.place))
            .collect();
        let Some(first) = of_catalog.first() else {
            continue;
        };
        let message = match of_catalog.len() {
            1 => "an image of the catalog has no digest".to_owned(),
            number => format!("{number} images of the catalog have no digest"),
        };
        let warning = Diagnostic::warning(Code::ImageWithoutDigest, plan.chosen_at, message);
        let labelled = of_catalog.iter().fold(warning, |warning, image| {
            let shown = image.reference.familiar();
            let label = match key(image.place) {
                Some((key, _)) => format!("`{key}`: `{shown}`"),
                None => format!("`{shown}`"),
            };
            warning.label(image.place, label)
        });
        found.push(
            labelled
                .help("give them in the spec, each under its key of `images`")
                .help(how(&first.reference.familiar())),
        );
    }
    outcome.diagnostics.extend(found);
}

/// How to find a digest.
fn how(image: &str) -> String {
    format!(
        "add the digest that `docker buildx imagetools inspect {image}` prints: `{image}@sha256:…`"
    )
}
