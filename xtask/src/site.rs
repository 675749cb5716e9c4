//! The static site: the Markdown files of the repository, made into pages by
//! Sphinx with MyST. Brings the pinned tools into a Python environment of their
//! own, outside the repository. What is a page is decided by `docs/site/conf.py`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::engine::Cache;
use crate::{command, repository, terminal};

/// Builds the site into the target folder and returns where its first page is.
/// A link that leads nowhere, or a page that none leads to, fails it.
pub(crate) fn build() -> Result<PathBuf> {
    let root = repository::root()?;
    let sphinx = tools(&root)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let site = target.unwrap_or_else(|| root.join("target")).join("site");
    let mut build = Command::new(sphinx);
    build.current_dir(&root);
    // Every warning is an error, and all of them are shown.
    build.args(["-q", "-W", "--keep-going", "-n", "-E"]);
    build.args(["-c", "docs/site", "-b", "html", "."]);
    build.arg(&site);
    command::run(&mut build)?;
    Ok(site.join("index.html"))
}

/// The program of an environment with just what the requirements name.
fn tools(root: &Path) -> Result<PathBuf> {
    let requirements = root.join("docs/site/requirements.txt");
    let wanted = fs::read_to_string(&requirements).context("the requirements of the site")?;
    let folder = Cache::open()?.path().join("tools").join("site");
    let stamp = folder.join("requirements.txt");
    let sphinx = folder.join("bin/sphinx-build");
    if fs::read_to_string(&stamp).is_ok_and(|have| have == wanted) && sphinx.exists() {
        return Ok(sphinx);
    }
    terminal::note("installing Sphinx, MyST and Furo");
    let mut environment = Command::new("python3");
    environment.args(["-m", "venv", "--clear"]).arg(&folder);
    command::read(&mut environment)
        .context("the site needs Python 3 with `venv` (Debian: python3-venv)")?;
    let mut install = Command::new(folder.join("bin/pip"));
    install.args(["install", "--quiet", "--disable-pip-version-check", "-r"]);
    command::read(install.arg(&requirements))?;
    // Written last: an environment without it is not complete.
    fs::write(&stamp, wanted).context("cannot write the stamp of the site's tools")?;
    Ok(sphinx)
}
