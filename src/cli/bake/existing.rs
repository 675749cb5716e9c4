//! Which images there are already.

use crate::cli::docker;
use crate::cli::output::{CliError, Manner};
use crate::deploy::bake::{Entry, Recipe};

/// Takes out the entries all of whose tags of the version there are: in their
/// registries, or else on this machine.
pub(super) fn skip(
    entries: &mut Vec<Entry>,
    recipe: &Recipe,
    in_registry: bool,
    manner: Manner,
) -> Result<(), CliError> {
    let mut missing = Vec::new();
    for entry in entries.drain(..) {
        let images = entry.versioned(recipe);
        let mut all = !images.is_empty();
        for image in &images {
            all = all && docker::has_image(image, in_registry)?;
        }
        if all {
            manner.note(&format!(
                "left out {}: there is `{}`",
                entry.name(),
                images[0]
            ));
        } else {
            missing.push(entry);
        }
    }
    *entries = missing;
    Ok(())
}
