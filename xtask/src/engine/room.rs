//! Room on the disk: what earlier runs left in an engine that was brought up
//! here goes before a step of a test fails for want of it. Takes nothing from an
//! engine of the user's, and nothing that cannot be pulled or built again.

use std::path::Path;
use std::process::Command;

use super::cache::Cache;
use super::client::Client;
use crate::{command, terminal};

/// What a run of all tests takes at most, in bytes: a compiler's packages, the
/// trees that are made with it, and images, several of them at once.
const WANTED: u64 = 12 * GIGABYTE;

const GIGABYTE: u64 = 1_000_000_000;

/// How an engine is told to keep what it has built until it is taken from it here:
/// what goes while tests run leaves them without what a later step stands on.
pub(super) const DOCKERD: &str = r#"{"builder": {"gc": {"enabled": false}}}"#;

/// What nobody misses.
const USUAL: [&[&str]; 2] = [
    &["image", "prune", "--force"],
    &["builder", "prune", "--force", "--max-used-space", "16GB"],
];

/// What goes besides, and last all that no container uses.
const NEEDED: [&[&str]; 3] = [
    &["builder", "prune", "--force", "--max-used-space", "8GB"],
    &["image", "prune", "--force", "--all"],
    &["builder", "prune", "--force", "--all"],
];

/// Keeps an engine that was started here from growing from run to run, makes more room
/// where there is too little, as far as this may, and says so when it does not suffice.
pub(super) fn make(cache: &Cache, engine: &Client) {
    let is_own = engine.bin.is_some();
    if is_own {
        for step in USUAL {
            take(engine, step);
        }
    }
    let enough = || free(cache.path()).is_none_or(|free| free >= WANTED);
    if enough() {
        return;
    }
    if is_own {
        terminal::note("the disk is nearly full: removing what earlier builds left");
        for step in NEEDED {
            take(engine, step);
            if enough() {
                return;
            }
        }
    }
    if let Some(free) = free(cache.path()) {
        terminal::note(&format!(
            "{} GB are free at {}; a run of all tests takes up to {} GB",
            free / GIGABYTE,
            cache.path().display(),
            WANTED / GIGABYTE
        ));
    }
}

fn take(engine: &Client, step: &[&str]) {
    if !command::succeeds(engine.docker().args(step)) {
        terminal::note(&format!("`docker {}` failed", step.join(" ")));
    }
}

/// What a user may still write to the disk of a folder, in bytes; `None` where
/// `df` is not that of GNU.
fn free(folder: &Path) -> Option<u64> {
    let mut df = Command::new("df");
    df.args(["--output=avail", "--block-size=1"]).arg(folder);
    bytes(&command::read(&mut df).ok()?)
}

/// The figure below the heading.
fn bytes(table: &str) -> Option<u64> {
    table.lines().nth(1)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_of_a_disk_is_read_below_its_heading() {
        assert_eq!(bytes("      Avail\n37103104000\n"), Some(37_103_104_000));
        assert_eq!(bytes("Avail\n-\n"), None);
        assert_eq!(bytes(""), None);
    }

    #[test]
    fn a_folder_is_on_a_disk_with_some_room() {
        assert!(free(&std::env::temp_dir()).is_some_and(|free| free > 0));
    }
}
