//! The Docker client: which engine it talks to, and with which program. Either
//! what the user has, or an engine and a client that were brought up here.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::cache::Cache;
use crate::command;

/// buildx's name for the `BuildKit` that is part of the engine.
pub(crate) const BUILDER: &str = "default";

/// How to reach an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// `DOCKER_HOST`.
    pub(crate) host: String,
    /// `DOCKER_CONFIG`.
    pub(crate) config: PathBuf,
    /// The folder of the `docker` program, when it is not the user's own.
    pub(crate) bin: Option<PathBuf>,
}

impl Client {
    /// The user's Docker, when an engine answers.
    pub(super) fn outside(cache: &Cache) -> Result<Option<Self>> {
        let own = own_host(cache);
        if std::env::var("DOCKER_HOST").is_ok_and(|host| host == own) {
            return Ok(None);
        }
        let version = ["version", "--format", "{{.Server.Version}}"];
        if !command::exists("docker") || !command::succeeds(Command::new("docker").args(version)) {
            return Ok(None);
        }
        ensure!(
            command::succeeds(Command::new("docker").args(["buildx", "version"])),
            "Docker runs, but its client has no buildx\nhelp: install the buildx plugin"
        );
        let endpoint = [
            "context",
            "inspect",
            "--format",
            "{{.Endpoints.docker.Host}}",
        ];
        let host = command::read(Command::new("docker").args(endpoint))?;
        let config = std::env::var_os("DOCKER_CONFIG")
            .map(PathBuf::from)
            .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".docker")))
            .context("set HOME or DOCKER_CONFIG")?;
        Ok(Some(Self {
            host,
            config,
            bin: None,
        }))
    }

    /// The client that belongs to the engine in `root`.
    pub(super) fn own(cache: &Cache, root: &Path) -> Result<Self> {
        let plugins = ["docker-buildx", "docker-compose"];
        Self::of_root(own_host(cache), cache.docker_config(), root, &plugins)
    }

    /// The client of `root`, with its plugins, for the engine at `host`.
    pub(super) fn of_root(
        host: String,
        config: PathBuf,
        root: &Path,
        plugins: &[&str],
    ) -> Result<Self> {
        let bin = config.join("bin");
        link(&root.join("usr/bin/docker"), &bin.join("docker"))?;
        let (theirs, ours) = (
            root.join("usr/libexec/docker/cli-plugins"),
            config.join("cli-plugins"),
        );
        for plugin in plugins {
            link(&theirs.join(plugin), &ours.join(plugin))?;
        }
        Ok(Self {
            host,
            config,
            bin: Some(bin),
        })
    }

    /// The `docker` program, set up to talk to this engine.
    pub(crate) fn docker(&self) -> Command {
        let mut command = Command::new("docker");
        self.apply(&mut command);
        command
    }

    /// Lets any program talk to this engine.
    pub(crate) fn apply(&self, command: &mut Command) {
        command
            .env("DOCKER_HOST", &self.host)
            .env("DOCKER_CONFIG", &self.config);
        // The engine's own builder: one in a container of its own could not
        // reach a registry on this machine's loopback.
        command
            .env_remove("DOCKER_CONTEXT")
            .env("BUILDX_BUILDER", BUILDER);
        if let Some(bin) = &self.bin {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let path = std::iter::once(bin.clone()).chain(std::env::split_paths(&path));
            // Joining fails only on a colon inside a folder's name: then the
            // user's own client has to do.
            if let Ok(path) = std::env::join_paths(path) {
                command.env("PATH", path);
            }
        }
    }

    /// Whether the engine can pull `image`.
    pub(super) fn pulls(&self, image: &str) -> bool {
        command::succeeds(self.docker().args(["pull", "--quiet", image]))
    }

    /// Whether the engine runs programs of this platform, natively or not. It
    /// tries one when it is asked, unless one ran since it came up.
    pub(super) fn runs(&self, platform: &str) -> bool {
        let inspect = ["buildx", "inspect", BUILDER];
        command::read(self.docker().args(inspect)).is_ok_and(|text| lists(&text, platform))
    }

    /// Whether the engine answers.
    pub(super) fn answers(&self) -> bool {
        command::succeeds(
            self.docker()
                .args(["version", "--format", "{{.Server.Version}}"]),
        )
    }
}

/// Whether a builder, as buildx describes it, has this platform.
fn lists(description: &str, platform: &str) -> bool {
    description
        .lines()
        .filter_map(|line| line.strip_prefix("Platforms:"))
        .flat_map(|list| list.split(','))
        // A star marks those that the user chose.
        .any(|one| one.trim().trim_end_matches('*') == platform)
}

fn own_host(cache: &Cache) -> String {
    format!("unix://{}", cache.socket().display())
}

fn link(target: &Path, link: &Path) -> Result<()> {
    ensure!(
        target.exists(),
        "the engine's root has no {}",
        target.display()
    );
    if let Some(folder) = link.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    if fs::read_link(link).is_ok_and(|known| known == target) {
        return Ok(());
    }
    if link.symlink_metadata().is_ok() {
        fs::remove_file(link).with_context(|| format!("cannot replace {}", link.display()))?;
    }
    symlink(target, link).with_context(|| format!("cannot make the link {}", link.display()))
}

#[cfg(test)]
mod tests {
    use super::lists;

    #[test]
    fn a_platform_is_one_of_the_list_and_not_a_part_of_a_name() {
        let text = "Name:      default\nPlatforms: linux/amd64, linux/arm64/v8, linux/386*\n";
        assert!(lists(text, "linux/amd64") && lists(text, "linux/386"));
        assert!(!lists(text, "linux/arm64"));
    }
}
