//! Engines beside the main one, and the clients that belong to them.

use std::io::Write;
use std::process::Command;

use crate::engine::{Build, text};

/// Docker 20.10, with `BuildKit` 0.8.
pub(crate) const DOCKER_20: &str = "ENGINE_20";
/// Docker 26.1, with `BuildKit` 0.13.
pub(crate) const DOCKER_26: &str = "ENGINE_26";
/// The main engine's version with the image store of containerd.
pub(crate) const CONTAINERD: &str = "ENGINE_CONTAINERD";

/// One of them; set by `cargo xtask e2e --all`.
pub(crate) struct OtherEngine {
    pub(crate) name: &'static str,
    pub(crate) host: String,
    config: String,
    path: String,
}

impl OtherEngine {
    /// The engines of these names. Where the machine has none, it says so past
    /// the harness, which shows nothing of tests that pass.
    pub(crate) fn all<const N: usize>(names: [&'static str; N]) -> Option<[Self; N]> {
        if let Ok(reason) = std::env::var("ENGINES_MISSING") {
            writeln!(std::io::stderr(), "skipped, {reason}").expect("standard error");
            return None;
        }
        Some(names.map(Self::of_environment))
    }

    #[track_caller]
    fn of_environment(name: &'static str) -> Self {
        let variable = |part: &str| {
            let name = format!("{name}_{part}");
            std::env::var(&name)
                .unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask e2e --all`"))
        };
        let path = std::env::var("PATH").expect("a path");
        Self {
            name,
            host: variable("HOST"),
            config: variable("CONFIG"),
            path: format!("{}:{path}", variable("BIN")),
        }
    }

    /// The build on this engine, by the client of its release.
    pub(crate) fn own(&self, build: Build) -> Build {
        self.newest(build)
            .variable("DOCKER_CONFIG", &self.config)
            .variable("PATH", &self.path)
    }

    /// The build on this engine, by the main engine's client.
    pub(crate) fn newest(&self, build: Build) -> Build {
        build.variable("DOCKER_HOST", &self.host)
    }

    /// Runs `docker` with these arguments and returns what it prints.
    #[track_caller]
    pub(crate) fn docker(&self, arguments: &[&str]) -> String {
        let output = Command::new("docker")
            .args(arguments)
            .env("DOCKER_HOST", &self.host)
            .env("DOCKER_CONFIG", &self.config)
            .env("PATH", &self.path)
            .output()
            .expect("docker runs");
        let name = self.name;
        let said = text(&output);
        assert!(output.status.success(), "{name}, {arguments:?}:\n{said}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}
