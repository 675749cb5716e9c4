//! Tools in Python: an environment of their own for each list of requirements,
//! outside the repository. Knows nothing of what the tools do.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::engine::Cache;
use crate::{command, repository, terminal};

/// The folder with the programs of an environment that has just what the
/// requirements, a file of the repository, name.
pub(crate) fn environment(name: &str, requirements: &str) -> Result<PathBuf> {
    let requirements = repository::root()?.join(requirements);
    let wanted = fs::read_to_string(&requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    let cache = Cache::open()?;
    let _lock = cache.lock()?;
    let folder = cache.path().join("tools").join(name);
    let stamp = folder.join("requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) {
        return Ok(folder.join("bin"));
    }
    terminal::note(&format!("installing {}", requirements.display()));
    let mut environment = Command::new("python3");
    environment.args(["-m", "venv", "--clear"]).arg(&folder);
    command::read(&mut environment)
        .context("it needs Python 3 with `venv` (Debian: python3-venv)")?;
    let mut install = Command::new(folder.join("bin/pip"));
    install.args(["install", "--quiet", "--disable-pip-version-check", "-r"]);
    command::read(install.arg(&requirements))?;
    // Written last: an environment without it is not complete.
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(folder.join("bin"))
}
