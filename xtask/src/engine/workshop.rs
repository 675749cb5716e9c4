//! How the stand-in images are made: Debian with debootstrap, the others from
//! Dockerfiles on top of it. Each is pushed to the engine's registry. Decides
//! nothing about which of them are needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::cache::Cache;
use super::client::Client;
use super::debian::{self, Recipe};
use super::registry;
use crate::{command, terminal};

pub(super) const BASE: &str = include_str!("stand_in/base.Dockerfile");
pub(super) const UV: &str = include_str!("stand_in/uv.Dockerfile");
pub(super) const RUST: &str = include_str!("stand_in/rust.Dockerfile");

/// Makes images on one engine.
pub(super) struct Workshop<'a> {
    pub(super) cache: &'a Cache,
    pub(super) client: &'a Client,
    pub(super) registry: &'a str,
    /// The folder of the machine's own certificates, when it has any.
    pub(super) certificates: Option<&'a Path>,
    /// The architecture that images are made for, where it is not the engine's
    /// own. Their tags end in it.
    pub(super) architecture: Option<&'static str>,
}

impl Workshop<'_> {
    /// Debian made with debootstrap.
    pub(super) fn debian(&self, recipe: &Recipe) -> Result<String> {
        let image = self.name("debian", recipe.name);
        if registry::holds(self.registry, "stand-in/debian", recipe.name) {
            return Ok(image);
        }
        let root = debian::root(self.cache, recipe)?;
        let mut tar = Command::new("tar");
        tar.arg("--create").arg("--directory").arg(&root);
        // What the public image leaves out as well.
        tar.args([
            "--exclude=./var/cache/apt/archives/*.deb",
            "--exclude=./var/lib/apt/lists/*",
        ]);
        tar.args([
            "--exclude=./dev/*",
            "--exclude=./proc/*",
            "--exclude=./sys/*",
            ".",
        ]);
        let mut tar = tar
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start `tar`")?;
        let archive = tar.stdout.take().context("tar has no output")?;
        let mut import = self.client.docker();
        import
            .args(["import", "--change", "CMD [\"bash\"]"])
            .args(recipe.architecture.map(platform))
            .args(["-", &image])
            .stdin(archive);
        let imported = import
            .stdout(Stdio::null())
            .status()
            .context("cannot start `docker`")?;
        ensure!(
            tar.wait()?.success() && imported.success(),
            "cannot import {}",
            root.display()
        );
        command::read(self.client.docker().args(["push", "--quiet", &image]))?;
        Ok(image)
    }

    /// Debian with Python, and with the machine's own certificates.
    pub(super) fn base(&self, debian: &str) -> Result<String> {
        let mut build = vec![format!("--build-arg=DEBIAN_IMAGE={debian}")];
        if let Some(certificates) = self.certificates {
            build.push("--target=certified".to_owned());
            build.push(format!(
                "--build-context=certificates={}",
                certificates.display()
            ));
        } else {
            build.push("--target=plain".to_owned());
        }
        self.build("base", "dev", BASE, &build)
    }

    /// The version of Python in an image; also shows that containers run.
    pub(super) fn python(&self, base: &str) -> Result<String> {
        let script = "import sys; print('%d.%d' % sys.version_info[:2])";
        let mut run = self.client.docker();
        command::read(run.args(["run", "--rm", base, "python3", "-c", script]))
            .context("the engine cannot run a container")
    }

    /// uv from its wheel.
    pub(super) fn uv(&self, base: &str, version: &str) -> Result<String> {
        let build = [
            format!("--build-arg=BASE_IMAGE={base}"),
            format!("--build-arg=UV_VERSION={version}"),
        ];
        self.build("uv", version, UV, &build)
    }

    /// Rust from the machine's own toolchain.
    pub(super) fn rust(&self, base: &str) -> Result<String> {
        let sysroot = PathBuf::from(command::read(
            Command::new("rustc").args(["--print", "sysroot"]),
        )?);
        let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        ensure!(
            sysroot
                .join("lib/rustlib")
                .join(&triple)
                .join("lib")
                .is_dir(),
            "the Rust toolchain in {} cannot build for {triple}",
            sysroot.display()
        );
        let build = [
            format!("--build-arg=BASE_IMAGE={base}"),
            format!("--build-arg=TRIPLE={triple}"),
            format!("--build-context=sysroot={}", sysroot.display()),
        ];
        self.build("rust", "dev", RUST, &build)
    }

    /// One name for images of several architectures.
    pub(super) fn index(&self, name: &str, tag: &str, images: &[&str]) -> Result<String> {
        let index = self.name(name, tag);
        let mut create = self.client.docker();
        create.args(["buildx", "imagetools", "create", "--tag", &index]);
        command::read(create.args(images))?;
        Ok(index)
    }

    /// Builds and pushes one image.
    fn build(&self, name: &str, tag: &str, dockerfile: &str, options: &[String]) -> Result<String> {
        let image = match self.architecture {
            Some(architecture) => self.name(name, &format!("{tag}-{architecture}")),
            None => self.name(name, tag),
        };
        terminal::note(&format!("making the image {image}"));
        let folder = self.cache.data("stand-in").join(name);
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(folder.join("Dockerfile"), dockerfile))
            .with_context(|| format!("cannot write {}", folder.display()))?;
        let mut build = self.client.docker();
        build.args([
            "buildx",
            "build",
            "--progress=plain",
            "--provenance=false",
            "--push",
        ]);
        build.args(self.architecture.map(platform));
        build.args(["--tag", &image]).args(options).arg(&folder);
        let log = self.cache.logs().join(format!("image-{name}.log"));
        command::run_logged(&mut build, &log)?;
        Ok(image)
    }

    fn name(&self, name: &str, tag: &str) -> String {
        format!("{}/stand-in/{name}:{tag}", self.registry)
    }
}

fn platform(architecture: &str) -> String {
    format!("--platform=linux/{architecture}")
}
