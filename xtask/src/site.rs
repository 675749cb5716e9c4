//! The static site: the Markdown files of the repository, made into pages by
//! Sphinx with MyST. What is a page is decided by `docs/site/conf.py`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::{command, python, repository};

/// Builds the site into the target folder and returns where its first page is.
/// A link that leads nowhere, or a page that none leads to, fails it.
pub(crate) fn build() -> Result<PathBuf> {
    let root = repository::root()?;
    let sphinx = python::environment("site", "docs/site/requirements.txt")?;
    let site = repository::target()?.join("site");
    let mut build = Command::new(sphinx.join("sphinx-build"));
    build.current_dir(&root);
    // Every warning is an error, and all of them are shown.
    build.args(["-q", "-W", "--keep-going", "-n", "-E"]);
    build.args(["-c", "docs/site", "-b", "html", "."]);
    build.arg(&site);
    command::run(&mut build)?;
    Ok(site.join("index.html"))
}
