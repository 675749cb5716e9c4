//! What this machine has that a container may get: its folders, and whose they are.

use std::env;
use std::path::{Path, PathBuf};

use super::docker;
use crate::deploy::{GpuAccess, Host, SHARED};

/// Who works in a `local-dev` image where nobody can be asked.
const ACCOUNT: (u32, u32) = (1000, 1000);

/// The machine, for a spec in this file.
pub(super) fn host(file: &str, gpus: GpuAccess) -> Host {
    let workspace = workspace(file);
    Host {
        gpus,
        render_group: docker::group("render"),
        hf_cache: hf_cache(),
        workspace_owner: owner(&workspace),
        workspace: text(&workspace),
        shared: SHARED
            .iter()
            .filter(|folder| Path::new(folder).is_dir())
            .map(|folder| (*folder).to_owned())
            .collect(),
    }
}

/// The checkout that a file is in, or its folder where it is in none.
pub(super) fn workspace(file: &str) -> PathBuf {
    let folder = match file {
        "-" => None,
        file => Path::new(file).parent().map(Path::to_path_buf),
    };
    let folder = absolute(folder.unwrap_or_default());
    // `..` is no folder that a checkout could be above of.
    let folder = folder.canonicalize().unwrap_or(folder);
    let checkout = folder.ancestors().find(|one| one.join(".git").exists());
    checkout.map_or_else(|| folder.clone(), Path::to_path_buf)
}

/// A path from the root, as the engine wants it.
pub(super) fn absolute(path: PathBuf) -> PathBuf {
    let path = if path.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        path
    };
    std::path::absolute(&path).unwrap_or(path)
}

/// A path as text; what is not Unicode cannot be said to the engine.
pub(super) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn hf_cache() -> Option<String> {
    let own = env::var_os("HF_HOME").filter(|value| !value.is_empty());
    let usual = || Some(env::home_dir()?.join(".cache/huggingface"));
    let folder = own.map(PathBuf::from).or_else(usual)?;
    Some(text(&absolute(folder)))
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
