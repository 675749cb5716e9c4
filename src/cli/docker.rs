//! Whether Docker is there. Nothing is started: most commands do without it.

use std::env;

/// What is said where it is not.
pub(super) const MISSING: &str = "\
docker is not on PATH. Building needs Docker 26 or newer, here or on another machine:
https://docs.docker.com/engine/install/
`dynamo-frontend check`, `plan`, `graph` and `llb` work without it";

/// Whether a program of that name is on `PATH`.
pub(super) fn is_there() -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| {
        let program = folder.join("docker");
        program.is_file() || program.with_extension("exe").is_file()
    })
}
