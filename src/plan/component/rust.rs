//! Rust: bound into the steps that compile, and linked into images in which
//! people compile.

use super::account::owner;
use crate::check::Resolved;
use crate::plan::action::{Action, EnvChange, Link, LinkedFile, Mount, Tree};
use crate::plan::{ImageSource, Step};

/// The toolchains, in Rust's official image and in ours.
const RUSTUP_HOME: &str = "/usr/local/rustup";
/// The programs, likewise.
const CARGO_HOME: &str = "/usr/local/cargo";
/// The folder of the programs.
pub(in crate::plan) const PROGRAMS: &str = "/usr/local/cargo/bin";

/// The variables under which the toolchain is found.
pub(in crate::plan) fn env() -> Vec<(String, EnvChange)> {
    vec![
        EnvChange::set("RUSTUP_HOME", RUSTUP_HOME),
        EnvChange::set("CARGO_HOME", CARGO_HOME),
        EnvChange::programs(&[PROGRAMS]),
    ]
}

/// Makes the toolchain available to a step, without a copy of it.
pub(in crate::plan) fn mounts(resolved: &Resolved) -> [Mount; 2] {
    [RUSTUP_HOME, CARGO_HOME].map(|folder| Mount::Bind {
        tree: tree(resolved),
        source: folder.to_owned(),
        target: folder.to_owned(),
        scratch: false,
    })
}

/// Puts the toolchain into the image, for everybody of the account's group to
/// change.
pub(in crate::plan) fn link(resolved: &Resolved) -> Step {
    let folder = |folder: &str| LinkedFile {
        owner: owner(resolved),
        mode: Some(0o775),
        ..LinkedFile::of_root(folder, folder)
    };
    Step {
        title: format!("add Rust {}", resolved.rust.version.value),
        component: Some("rust".to_owned()),
        places: vec![resolved.rust.version.span],
        action: Action::Link(Link {
            tree: tree(resolved),
            files: vec![folder(RUSTUP_HOME), folder(CARGO_HOME)],
        }),
    }
}

fn tree(resolved: &Resolved) -> Tree {
    Tree::Image(ImageSource::of(&resolved.rust.image))
}
