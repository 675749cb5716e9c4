//! Packages of the Debian that this runs on.

use std::process::Command;

use anyhow::Result;

use crate::{command, terminal};

/// Installs packages that are missing. The root user alone can.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    terminal::note(&format!("installing {}", packages.join(", ")));
    let install = || {
        let mut apt = Command::new("apt-get");
        apt.args(["install", "--yes", "--no-install-recommends"])
            .args(packages);
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        command::read(&mut apt).map(drop)
    };
    install().or_else(|_| {
        // Most often the package lists are old or were never fetched.
        update_lists()?;
        install()
    })
}

/// Fetches the lists of packages anew.
pub(crate) fn update_lists() -> Result<()> {
    command::read(Command::new("apt-get").arg("update")).map(drop)
}
