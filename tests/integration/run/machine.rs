//! A machine to run on: a folder with a spec, and a `docker` that answers by a
//! script.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use super::BINARY;

pub(super) const VLLM: &str = "framework: vllm\n";

/// A folder with a spec, and a `docker` that answers by a script.
pub(super) struct Machine {
    pub(super) folder: TempDir,
    pub(super) path: OsString,
}

impl Machine {
    /// One whose `docker` is this script for a shell.
    pub(super) fn with(docker: &str) -> Self {
        let machine = Self::without_docker();
        let program = machine.folder.path().join("bin/docker");
        fs::write(&program, format!("#!/bin/sh\n{docker}\n")).expect("a written script");
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(&program, executable).expect("a program");
        machine.spec(VLLM)
    }

    pub(super) fn without_docker() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(folder.path().join("bin")).expect("a folder");
        fs::create_dir_all(folder.path().join("checkout/.git")).expect("a folder");
        Self {
            path: folder.path().join("bin").into(),
            folder,
        }
        .spec(VLLM)
    }

    pub(super) fn spec(self, text: &str) -> Self {
        fs::write(self.checkout().join("dynamo.yaml"), text).expect("a written spec");
        self
    }

    pub(super) fn checkout(&self) -> PathBuf {
        self.folder.path().join("checkout")
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Output {
        self.run_in(&self.checkout(), arguments)
    }

    pub(super) fn run_in(&self, folder: &Path, arguments: &[&str]) -> Output {
        Command::new(BINARY)
            .arg("run")
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", "/home/me")
            .env("HF_TOKEN", "hf_secret")
            .output()
            .expect("runs")
    }

    /// The arguments of `docker` that `--dry-run` prints; names of this machine are
    /// the same on any other.
    pub(super) fn line(&self, arguments: &[&str]) -> Vec<String> {
        let dry = [&["--dry-run"], arguments].concat();
        let output = self.run(&dry);
        assert!(output.status.success(), "{}", said(&output));
        let line = String::from_utf8(output.stdout).expect("text");
        let line = line.strip_suffix('\n').expect("a line");
        let checkout = self.checkout();
        let checkout = checkout.to_str().expect("a path of text");
        let words = shlex::split(line).expect("a line of a shell");
        let words = words.iter().map(|word| word.replace(checkout, "CHECKOUT"));
        words.collect()
    }

    /// What it says when it starts nothing.
    pub(super) fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(125), "{}", said(&output));
        assert!(output.stdout.is_empty());
        said(&output)
    }
}

pub(super) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
