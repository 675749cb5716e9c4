//! Which images there are already.

use std::collections::BTreeMap;

use crate::cli::docker;
use crate::cli::output::{CliError, Manner};
use crate::deploy::bake::{Entry, Recipe};

/// Takes out the entries all of whose tags of the version there are: in their
/// registries, or else on this machine. What was taken out, each with an image.
pub(super) fn skip(
    entries: &mut Vec<Entry>,
    recipe: &Recipe,
    in_registry: bool,
    manner: Manner,
) -> Result<BTreeMap<String, String>, CliError> {
    let mut missing = Vec::new();
    let mut there = BTreeMap::new();
    for entry in entries.drain(..) {
        let images = entry.versioned(recipe);
        let mut all = !images.is_empty();
        for image in &images {
            all = all && docker::has_image(image, in_registry)?;
        }
        if all {
            let (name, image) = (entry.name(), images[0].clone());
            manner.note(&format!("left out {name}: there is `{image}`"));
            there.insert(name, image);
        } else {
            missing.push(entry);
        }
    }
    *entries = missing;
    Ok(there)
}
