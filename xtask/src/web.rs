//! The tests that run in Node.js: the page that `graph` writes in a headless
//! Chromium, the schema in the language server of editors, the Dev Container in
//! the program of its specification.
//!
//! Owns where their packages and the browser come from. What is tested is in
//! `tests/web`; the versions of the packages are in its lock file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::engine::Cache;
use crate::terminal::phase;
use crate::{apt, command, repository, terminal};

const FOLDER: &str = "tests/web";
/// What the packages are installed from.
const LISTS: [&str; 2] = ["package.json", "package-lock.json"];
/// The oldest Node.js that the packages take.
const NODE: u32 = 20;

/// Runs the tests in files of these names, or all.
pub(crate) fn run(names: &[&str]) -> Result<()> {
    require_node()?;
    let packages = phase("packages of npm", packages)?;
    let chromium = phase("browser", chromium)?;
    let mut build = repository::cargo()?;
    build.args(["build", "--workspace", "--all-features"]);
    build.args(["--bin", "dynamo-frontend"]);
    phase("frontend", || command::run(&mut build))?;
    let own = std::env::current_exe().context("cannot tell where this program is")?;
    let mut test = Command::new("node");
    // A server that never answers fails, and does not hold up everything.
    test.args(["--test", "--test-reporter=spec", "--test-timeout=900000"]);
    test.args(files(names)?);
    test.current_dir(repository::root()?);
    test.env("FRONTEND", own.with_file_name("dynamo-frontend"));
    test.env("PACKAGES", packages);
    test.env("CHROMIUM", chromium);
    phase("page and editor", || {
        terminal::show(&test);
        command::run(&mut test)
    })
}

/// The files of tests, in the order of their names.
fn files(names: &[&str]) -> Result<Vec<PathBuf>> {
    let folder = repository::root()?.join(FOLDER);
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {FOLDER}"))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let name = file.strip_suffix(".test.mjs");
        if name.is_some_and(|name| names.is_empty() || names.contains(&name)) {
            files.push(path);
        }
    }
    ensure!(
        !files.is_empty(),
        "no file of {FOLDER} has tests of these names: {}",
        names.join(" ")
    );
    files.sort();
    Ok(files)
}

fn require_node() -> Result<()> {
    const HELP: &str =
        "install Node.js 20 or newer with npm, they run the tests of page and editor";
    let version = command::read(Command::new("node").arg("--version"));
    let version = version.with_context(|| format!("help: {HELP}"))?;
    let number = version.trim_start_matches('v').split('.').next();
    let number: u32 = number.unwrap_or_default().parse().unwrap_or_default();
    ensure!(number >= NODE, "Node.js is {version}\nhelp: {HELP}");
    ensure!(command::exists("npm"), "there is no npm\nhelp: {HELP}");
    Ok(())
}

/// The folder with the packages of the lock file, installed when others are there.
fn packages() -> Result<PathBuf> {
    let cache = Cache::open()?;
    let _lock = cache.lock()?;
    let lists = repository::root()?.join(FOLDER);
    let folder = cache.npm();
    let same = |list: &str| {
        let read = |folder: &Path| fs::read(folder.join(list)).ok();
        read(&folder) == read(&lists)
    };
    if LISTS.iter().all(|list| same(list)) {
        return Ok(folder);
    }
    let partial = folder.with_extension("partial");
    for old in [&folder, &partial] {
        if old.exists() {
            fs::remove_dir_all(old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
    }
    fs::create_dir_all(&partial).with_context(|| format!("cannot make {}", partial.display()))?;
    for list in LISTS {
        fs::copy(lists.join(list), partial.join(list))
            .with_context(|| format!("cannot copy {FOLDER}/{list}"))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    command::run_logged(npm.current_dir(&partial), &cache.logs().join("npm.log"))?;
    // Named at the end, so that half of them are never taken for all.
    fs::rename(&partial, &folder).with_context(|| format!("cannot name {}", folder.display()))?;
    Ok(folder)
}

/// The browser of this machine; on a Debian it is installed when there is none.
fn chromium() -> Result<PathBuf> {
    if let Some(own) = std::env::var_os("CHROMIUM") {
        return Ok(own.into());
    }
    if let Some(found) = installed() {
        return Ok(found);
    }
    if command::exists("apt-get") {
        // A browser without a font shows no text, and Debian's brings none.
        apt::install(&["chromium", "fonts-dejavu-core"])
            .context("help: install Chromium, the page is tested in it")?;
    }
    match installed() {
        Some(found) => Ok(found),
        None => bail!("there is no Chromium\nhelp: install it, or set CHROMIUM to the program"),
    }
}

fn installed() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.into_iter().find_map(command::find)
}
