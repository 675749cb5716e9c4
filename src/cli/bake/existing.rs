//! Which images there are already.

use std::collections::BTreeMap;

use crate::cli::docker::{self, Seen};
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
    let mut hidden = None;
    for entry in entries.drain(..) {
        let images = entry.versioned(recipe);
        let mut all = true;
        for image in &images {
            all = all && is_there(image, in_registry, &mut hidden)?;
        }
        if let (true, Some(image)) = (all, images.into_iter().next()) {
            let name = entry.name();
            manner.note(&format!("left out {name}: there is `{image}`"));
            there.insert(name, image);
        } else {
            missing.push(entry);
        }
    }
    *entries = missing;
    if let Some((image, said)) = hidden {
        manner.note(&format!(
            "warning: `{image}` cannot be looked for and is built: {said}\n\
             help: what is said of it may hold for others; log in with `docker login` where a \
             registry asks for it"
        ));
    }
    Ok(there)
}

/// Whether an image is there. Keeps the first that nobody can tell of, and why.
fn is_there(
    image: &str,
    in_registry: bool,
    hidden: &mut Option<(String, String)>,
) -> Result<bool, CliError> {
    Ok(match docker::look_for(image, in_registry)? {
        Seen::There => true,
        Seen::Absent => false,
        Seen::Hidden(said) => {
            hidden.get_or_insert_with(|| (image.to_owned(), said));
            false
        }
    })
}
