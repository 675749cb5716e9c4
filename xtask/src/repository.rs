//! Where the repository and what is built of it are, and `cargo` in it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

/// The folder of the workspace.
pub(crate) fn root() -> Result<PathBuf> {
    // Read when running: a binary that was compiled in another checkout may be
    // found in a shared target folder.
    let own = std::env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
    let root = PathBuf::from(own);
    Ok(root
        .parent()
        .context("the workspace has no folder")?
        .to_owned())
}

/// The folder for what is built.
pub(crate) fn target() -> Result<PathBuf> {
    let own = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    Ok(own.unwrap_or(root()?.join("target")))
}

/// `cargo`, to be run in the workspace.
pub(crate) fn cargo() -> Result<Command> {
    let mut command = Command::new("cargo");
    command.current_dir(root()?);
    Ok(command)
}
