//! Whether Docker is there. Nothing is started: most commands do without it.

use std::env;
use std::path::PathBuf;

/// What is said where it is not.
pub(super) const MISSING: &str = "\
docker is not on PATH. Building needs Docker 26 or newer, here or on another machine:
https://docs.docker.com/engine/install/
`dynamo-frontend check`, `plan`, `graph` and `llb` work without it";

/// Whether no folder of `PATH` has a program of that name. Where none of them is
/// there, as in the frontend's own image, this says nothing about the machine.
pub(super) fn is_missing() -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path)
        .filter(|folder| folder.is_dir())
        .collect();
    let has_docker = |folder: &PathBuf| {
        let program = folder.join("docker");
        program.is_file() || program.with_extension("exe").is_file()
    };
    !folders.is_empty() && !folders.iter().any(has_docker)
}
