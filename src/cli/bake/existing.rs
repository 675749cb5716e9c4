//! Which images there are already.

use std::io;
use std::process::{Command, Stdio};

use crate::cli::docker;
use crate::cli::output::{CliError, Manner};
use crate::deploy::{Entry, Recipe};

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
            all = all && exists(image, in_registry)?;
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

/// Whether there is an image. One that cannot be seen, whatever the reason, is to
/// be built.
fn exists(image: &str, in_registry: bool) -> Result<bool, CliError> {
    let arguments: &[&str] = if in_registry {
        &["buildx", "imagetools", "inspect", image]
    } else {
        &["image", "inspect", image]
    };
    let status = Command::new("docker")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(status) => Ok(status.success()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(CliError::Usage(docker::MISSING.to_owned()))
        }
        Err(error) => Err(CliError::Usage(format!(
            "docker cannot be started: {error}"
        ))),
    }
}
