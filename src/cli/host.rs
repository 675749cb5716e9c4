//! What this machine has that a container may get: its folders, and whose they are.

use std::env;
use std::path::{Path, PathBuf};

use super::output::CliError;
use super::{docker, paths};
use crate::deploy::run::{Host, SHARED};
use crate::deploy::{GpuAccess, HF_HOME};

/// Who works in a `local-dev` image where nobody can be asked.
const ACCOUNT: (u32, u32) = (1000, 1000);

/// The machine, for a spec in this file.
pub(super) fn host(file: &str, gpus: GpuAccess) -> Result<Host, CliError> {
    let workspace = workspace(file)?;
    Ok(Host {
        gpus,
        render_group: docker::group("render"),
        hf_cache: hf_cache()?,
        workspace_owner: owner(&workspace),
        workspace: paths::text(&workspace)?,
        shared: SHARED
            .iter()
            .filter(|folder| Path::new(folder).is_dir())
            .map(|folder| (*folder).to_owned())
            .collect(),
    })
}

/// The checkout that a file is in, or its folder where it is in none.
pub(super) fn workspace(file: &str) -> Result<PathBuf, CliError> {
    let folder = match file {
        "-" => paths::whole(".")?,
        file => {
            let mut folder = paths::whole(file)?;
            folder.pop();
            folder
        }
    };
    Ok(checkout(&folder).map_or_else(|| folder.clone(), Path::to_path_buf))
}

/// The path of a file in its checkout, as whoever keeps the repository knows it; none
/// for a file outside of any.
pub(super) fn path_in_checkout(file: &str) -> Result<Option<String>, CliError> {
    let file = paths::whole(file)?;
    let Some(inside) = checkout(&file).and_then(|folder| file.strip_prefix(folder).ok()) else {
        return Ok(None);
    };
    let parts = inside.iter().map(|part| paths::text(Path::new(part)));
    let parts: Vec<String> = parts.collect::<Result<_, _>>()?;
    Ok(Some(parts.join("/")))
}

fn checkout(path: &Path) -> Option<&Path> {
    path.ancestors().find(|one| one.join(".git").exists())
}

fn hf_cache() -> Result<Option<String>, CliError> {
    let own = env::var_os(HF_HOME).filter(|value| !value.is_empty());
    let usual = || Some(env::home_dir()?.join(".cache/huggingface"));
    let folder = own.map(PathBuf::from).or_else(usual);
    folder
        .map(|folder| paths::text(&paths::whole(folder)?))
        .transpose()
}

/// Uid and gid of whom the working directory belongs to, which is whose files an
/// image is for. Root has none of its own to give.
pub(super) fn account() -> (u32, u32) {
    let owner = owner(Path::new("."));
    owner.filter(|(uid, _)| *uid != 0).unwrap_or(ACCOUNT)
}

#[cfg(unix)]
fn owner(folder: &Path) -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    let owner = std::fs::metadata(folder).map(|folder| (folder.uid(), folder.gid()));
    owner.ok()
}

#[cfg(not(unix))]
fn owner(_: &Path) -> Option<(u32, u32)> {
    None
}
