//! Which images there are already.

use std::collections::BTreeMap;

use crate::cli::docker::{self, Seen};
use crate::cli::output::{CliError, Manner};
use crate::deploy::bake::{Entry, Recipe};
use crate::diagnostic::listed;
use crate::spec::Architecture;

/// Takes out the entries all of whose tags of the version there are, for the platforms
/// of the entry: in their registries, or else on this machine. What was taken out, each
/// with an image.
pub(super) fn skip(
    entries: &mut Vec<Entry>,
    recipe: &Recipe,
    in_registry: bool,
    manner: Manner,
) -> Result<BTreeMap<String, String>, CliError> {
    let mut missing = Vec::new();
    let mut there = BTreeMap::new();
    let mut look = Look {
        in_registry,
        manner,
        hidden: None,
    };
    for entry in entries.drain(..) {
        let images = entry.versioned(recipe);
        let mut all = true;
        for image in &images {
            all = all && look.is_there(image, &entry.platforms)?;
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
    if let Some((image, said)) = look.hidden {
        manner.note(&format!(
            "warning: `{image}` cannot be looked for and is built: {said}\n\
             help: what is said of it may hold for others; log in with `docker login` where a \
             registry asks for it"
        ));
    }
    Ok(there)
}

/// How images are looked for.
struct Look {
    in_registry: bool,
    manner: Manner,
    /// The first that nobody can tell of, and why.
    hidden: Option<(String, String)>,
}

impl Look {
    /// Whether an image is there for all of these platforms. Says for which it is not,
    /// where it is there for others.
    fn is_there(&mut self, image: &str, platforms: &[Architecture]) -> Result<bool, CliError> {
        Ok(
            match docker::look_for(image, platforms, self.in_registry)? {
                Seen::There => true,
                Seen::Absent => false,
                Seen::Lacking(platforms) => {
                    let platforms = listed(platforms.iter().map(|one| one.platform()));
                    let note = format!("`{image}` is not there for {platforms} and is built");
                    self.manner.note(&note);
                    false
                }
                Seen::Hidden(said) => {
                    self.hidden.get_or_insert_with(|| (image.to_owned(), said));
                    false
                }
            },
        )
    }
}
