//! What other projects release, in a folder: sources of components and the
//! servers that Dynamo uses, all out of Debian's archive. Only the slow tests
//! need them, so they are fetched when asked for and not when the engine comes
//! up. What is in the folder is the Dockerfile's business.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Environment;
use super::cache::Cache;
use crate::{command, terminal};

const RECIPE: &str = include_str!("stand_in/releases.Dockerfile");

/// The folder, fetched when it is not there or would be another today.
pub(crate) fn up(engine: &Environment) -> Result<PathBuf> {
    let cache = Cache::open()?;
    let _lock = cache.lock()?;
    let folder = cache.releases();
    let record = folder.join("Dockerfile");
    if fs::read_to_string(&record).is_ok_and(|made| made == RECIPE) {
        return Ok(folder);
    }
    terminal::note(&format!("fetching releases into {}", folder.display()));
    let partial = folder.with_extension("partial");
    for old in [&folder, &partial] {
        if old.exists() {
            fs::remove_dir_all(old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
    }
    let recipe = cache.data("releases");
    fs::create_dir_all(&recipe)
        .and_then(|()| fs::write(recipe.join("Dockerfile"), RECIPE))
        .with_context(|| format!("cannot write {}", recipe.display()))?;
    let mut build = engine.docker();
    build.args(["buildx", "build", "--progress=plain"]);
    build.arg(format!("--build-arg=BASE_IMAGE={}", engine.images.base));
    build.arg(format!("--output={}", partial.display()));
    build.arg(&recipe);
    command::run_logged(&mut build, &cache.logs().join("releases.log"))?;
    // Named at the end, so that half of them are never taken for all.
    fs::write(partial.join("Dockerfile"), RECIPE)
        .and_then(|()| fs::rename(&partial, &folder))
        .with_context(|| format!("cannot name {}", folder.display()))?;
    Ok(folder)
}
