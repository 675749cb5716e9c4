//! The folder in which everything of the engine lives, outside the repository:
//! roots, the daemon's data, sockets, process records and logs. Knows the
//! names in it and the lock over it, not what they are filled with.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::terminal;

/// The engine's folder.
pub(crate) struct Cache {
    root: PathBuf,
}

impl Cache {
    /// Opens the folder, making it when it is not there.
    pub(crate) fn open() -> Result<Self> {
        let root = location(|name| std::env::var_os(name).map(PathBuf::from))?;
        let cache = Self { root };
        for folder in [
            cache.run(),
            cache.logs(),
            cache.roots(),
            cache.docker_config(),
        ] {
            fs::create_dir_all(&folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        Ok(cache)
    }

    /// Takes the lock that lets one process at a time change the engine. It is
    /// given back when the returned file is dropped, or the process dies.
    pub(crate) fn lock(&self) -> Result<File> {
        let path = self.root.join("lock");
        let file =
            File::create(&path).with_context(|| format!("cannot open {}", path.display()))?;
        if file.try_lock().is_err() {
            terminal::note("another process is changing the engine, waiting for it");
            file.lock()
                .with_context(|| format!("cannot lock {}", path.display()))?;
        }
        Ok(file)
    }

    /// Sockets and process records: meaningless after a restart.
    pub(crate) fn run(&self) -> PathBuf {
        self.root.join("run")
    }

    /// The socket of the engine that is started here.
    pub(crate) fn socket(&self) -> PathBuf {
        self.run().join("docker.sock")
    }

    /// The socket of an engine that is started beside it.
    pub(super) fn socket_of(&self, engine: &str) -> PathBuf {
        self.run().join(format!("{engine}.sock"))
    }

    /// Logs of the daemons and of the longer steps.
    pub(crate) fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Debian roots, each complete or not there.
    pub(crate) fn roots(&self) -> PathBuf {
        self.root.join("roots")
    }

    /// Packages, kept so that a root which is made again downloads little.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.root.join("downloads")
    }

    /// What other projects release, complete or not there.
    pub(crate) fn releases(&self) -> PathBuf {
        self.root.join("releases")
    }

    /// Packages of npm, those of one lock file or not there.
    pub(crate) fn npm(&self) -> PathBuf {
        self.root.join("npm")
    }

    /// What a daemon keeps over restarts.
    pub(crate) fn data(&self, daemon: &str) -> PathBuf {
        self.root.join("data").join(daemon)
    }

    /// The client's configuration and plugins.
    pub(crate) fn docker_config(&self) -> PathBuf {
        self.root.join("docker-config")
    }

    /// The same for the client of another engine.
    pub(super) fn docker_config_of(&self, engine: &str) -> PathBuf {
        self.root.join(format!("docker-config-{engine}"))
    }

    /// What `engine env` prints, as it was when the engine came up.
    pub(crate) fn environment(&self) -> PathBuf {
        self.root.join("run").join("environment")
    }

    /// The folder itself, for messages.
    pub(crate) fn path(&self) -> &Path {
        &self.root
    }
}

fn location(variable: impl Fn(&str) -> Option<PathBuf>) -> Result<PathBuf> {
    let set = |name: &str| variable(name).filter(|path| path.is_absolute());
    if let Some(own) = set("DYNAMO_FRONTEND_CACHE") {
        return Ok(own.join("engine"));
    }
    let caches = set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .context("set HOME or DYNAMO_FRONTEND_CACHE to an absolute path")?;
    Ok(caches.join("dynamo-frontend").join("engine"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(variables: &[(&str, &str)]) -> Option<PathBuf> {
        location(|name| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, path)| PathBuf::from(path))
        })
        .ok()
    }

    #[test]
    fn the_folder_follows_the_environment() {
        assert_eq!(
            at(&[("HOME", "/h")]),
            Some("/h/.cache/dynamo-frontend/engine".into())
        );
        let both = [("HOME", "/h"), ("XDG_CACHE_HOME", "/x")];
        assert_eq!(at(&both), Some("/x/dynamo-frontend/engine".into()));
        let own = [("HOME", "/h"), ("DYNAMO_FRONTEND_CACHE", "/own")];
        assert_eq!(at(&own), Some("/own/engine".into()));
    }

    #[test]
    fn a_relative_folder_is_not_used() {
        assert_eq!(at(&[("DYNAMO_FRONTEND_CACHE", "here"), ("HOME", "")]), None);
    }
}
