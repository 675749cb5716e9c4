//! What the other commands and the tests need to know of an engine that is up:
//! where it is, and which images stand ready. Written when the engine comes up,
//! printed by `engine env`. Starts and checks nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::cache::Cache;
use super::client::{BUILDER, Client};
use super::images::Images;
use crate::terminal::quote;

/// Where `enter.sh` mounts the folder of the sockets.
const RUN_INSIDE: &str = "/run/host";

/// An engine that is up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Environment {
    pub(crate) client: Client,
    /// The registry's `host:port`.
    pub(crate) registry: String,
    pub(crate) images: Images,
}

impl Environment {
    /// The engine as it was when it last came up; `None` when it was not, or
    /// the file is of another version of this program.
    pub(super) fn load(cache: &Cache) -> Option<Self> {
        Self::parse(&fs::read_to_string(cache.environment()).ok()?)
    }

    /// Writes it down, whole or not at all.
    pub(super) fn save(&self, cache: &Cache) -> Result<()> {
        let file = cache.environment();
        let partial = file.with_extension("partial");
        fs::write(&partial, self.lines())
            .and_then(|()| fs::rename(&partial, &file))
            .with_context(|| format!("cannot write {}", file.display()))
    }

    /// The `export` lines for a shell.
    pub(crate) fn exports(&self) -> Vec<String> {
        self.variables()
            .iter()
            .map(|(name, value)| match *name {
                "DOCKER_BIN" => format!("export PATH={}:\"$PATH\"", quote(value)),
                name => format!("export {name}={}", quote(value)),
            })
            .collect()
    }

    /// Gives a program the same variables.
    pub(crate) fn apply(&self, command: &mut Command) {
        self.client.apply(command);
        for (name, value) in self.variables() {
            command.env(name, value);
        }
    }

    /// The `docker` program, set up to talk to this engine.
    pub(crate) fn docker(&self) -> Command {
        self.client.docker()
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("DOCKER_HOST", self.client.host.clone()),
            ("DOCKER_CONFIG", self.client.config.display().to_string()),
            ("BUILDX_BUILDER", BUILDER.to_owned()),
            ("REGISTRY", self.registry.clone()),
            ("BASE_IMAGE", self.images.base.clone()),
            ("BASE_PYTHON", self.images.python.clone()),
            ("UV_IMAGE", self.images.uv.clone()),
            ("RUST_IMAGE", self.images.rust.clone()),
        ];
        if let Some(bin) = &self.client.bin {
            variables.push(("DOCKER_BIN", bin.display().to_string()));
            variables.extend(self.shared());
        }
        variables
    }

    /// The folder that this machine and an engine that was brought up here both
    /// see, by its two names: for bind mounts, as the rest of its root is its own.
    fn shared(&self) -> Option<(&'static str, String)> {
        let socket = Path::new(self.client.host.strip_prefix("unix://")?);
        let folder = socket.parent()?.display();
        Some(("SHARED_FOLDER", format!("{folder}:{RUN_INSIDE}")))
    }

    fn lines(&self) -> String {
        let lines: Vec<String> = self
            .variables()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        lines.join("\n")
    }

    fn parse(text: &str) -> Option<Self> {
        let value = |name: &str| {
            text.lines()
                .find_map(|line| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
        };
        Some(Self {
            client: Client {
                host: value("DOCKER_HOST")?,
                config: PathBuf::from(value("DOCKER_CONFIG")?),
                bin: value("DOCKER_BIN").map(PathBuf::from),
            },
            registry: value("REGISTRY")?,
            images: Images {
                base: value("BASE_IMAGE")?,
                python: value("BASE_PYTHON")?,
                uv: value("UV_IMAGE")?,
                rust: value("RUST_IMAGE")?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(bin: Option<&str>) -> Environment {
        Environment {
            client: Client {
                host: "unix:///run/docker.sock".to_owned(),
                config: "/a folder".into(),
                bin: bin.map(PathBuf::from),
            },
            registry: "127.0.0.1:5000".to_owned(),
            images: Images {
                base: "127.0.0.1:5000/base:dev".to_owned(),
                python: "3.11".to_owned(),
                uv: "127.0.0.1:5000/uv:1".to_owned(),
                rust: "127.0.0.1:5000/rust:dev".to_owned(),
            },
        }
    }

    #[test]
    fn export_lines_survive_a_shell() {
        let lines = environment(Some("/bin folder")).exports();
        assert!(
            lines.contains(&"export REGISTRY=127.0.0.1:5000".to_owned()),
            "{lines:?}"
        );
        assert!(
            lines.contains(&"export DOCKER_CONFIG='/a folder'".to_owned()),
            "{lines:?}"
        );
        assert!(
            lines.contains(&"export PATH='/bin folder':\"$PATH\"".to_owned()),
            "{lines:?}"
        );
        assert!(
            lines.contains(&"export SHARED_FOLDER=/run:/run/host".to_owned()),
            "{lines:?}"
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        for bin in [None, Some("/bin")] {
            let environment = environment(bin);
            let text = environment.lines();
            assert_eq!(Environment::parse(&text), Some(environment));
        }
        assert_eq!(Environment::parse("REGISTRY=127.0.0.1:5000\n"), None);
    }
}
