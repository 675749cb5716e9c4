//! The images that the demo and the tests build on. Which ones is decided by
//! one question: can the engine pull from the public registries?
//!
//! * When it can, uv and Rust are the public images, and only the base image is
//!   made here, on the public Debian image.
//! * When it cannot, stand-ins are made for all of them: Debian with
//!   debootstrap, uv from its wheel, Rust from this machine's own toolchain.
//!
//! What is made is pushed to the engine's registry and made again only when
//! what it is made of has changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::cache::Cache;
use super::client::Client;
use super::{debian, registry};
use crate::{command, terminal};

const PUBLIC_DEBIAN: &str = "docker.io/library/debian:bookworm-slim";
const PUBLIC_RUST: &str = "docker.io/library/rust:1.95-bookworm";
const PUBLIC_UV: &str = "ghcr.io/astral-sh/uv";
const UV_VERSION: &str = "0.12.0";
const MACHINE_CERTIFICATES: &str = "/usr/local/share/ca-certificates";

/// References of the images that stand ready.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Images {
    /// Debian with Python.
    pub(crate) base: String,
    /// The version of the base image's Python, as in `3.11`.
    pub(crate) python: String,
    pub(crate) uv: String,
    pub(crate) rust: String,
}

/// Makes what is missing. `known` are the images of the last time, which are
/// good as long as they are there and would be made in the same way today.
pub(super) fn up(
    cache: &Cache,
    client: &Client,
    registry: &str,
    known: Option<Images>,
) -> Result<Images> {
    let record = cache.data("stand-in").join("recipe");
    let recipe = recipe(client, registry)?;
    if let Some(images) = known
        && images.are_held(registry)
        && fs::read_to_string(&record).is_ok_and(|made| made == recipe)
    {
        return Ok(images);
    }
    let workshop = Workshop {
        cache,
        client,
        registry,
    };
    let public = client.pulls(PUBLIC_DEBIAN);
    let debian = if public {
        PUBLIC_DEBIAN.to_owned()
    } else {
        workshop.debian()?
    };
    let base = workshop.base(&debian)?;
    let python = workshop.python(&base)?;
    let (uv, rust) = if public {
        (format!("{PUBLIC_UV}:{UV_VERSION}"), PUBLIC_RUST.to_owned())
    } else {
        (workshop.uv(&base)?, workshop.rust(&base)?)
    };
    fs::write(&record, recipe).with_context(|| format!("cannot write {}", record.display()))?;
    Ok(Images {
        base,
        python,
        uv,
        rust,
    })
}

/// Everything that decides what the images become, as one text to compare.
fn recipe(client: &Client, registry: &str) -> Result<String> {
    let certificates = certificates(Path::new(MACHINE_CERTIFICATES))?;
    let parts = [
        client.host.as_str(),
        registry,
        UV_VERSION,
        &command::read(Command::new("rustc").arg("-vV"))?,
        include_str!("stand_in/base.Dockerfile"),
        include_str!("stand_in/uv.Dockerfile"),
        include_str!("stand_in/rust.Dockerfile"),
        &certificates.concat(),
    ];
    Ok(parts.join("\n"))
}

impl Images {
    fn are_held(&self, registry: &str) -> bool {
        [&self.base, &self.uv, &self.rust]
            .into_iter()
            .filter(|image| stands_in(image))
            .all(|image| {
                image
                    .strip_prefix(&format!("{registry}/"))
                    .and_then(|name| name.rsplit_once(':'))
                    .is_some_and(|(repository, tag)| registry::holds(registry, repository, tag))
            })
    }
}

/// Whether `image` is one of those that stand in for a public one.
pub(crate) fn stands_in(image: &str) -> bool {
    image.contains("/stand-in/")
}

struct Workshop<'a> {
    cache: &'a Cache,
    client: &'a Client,
    registry: &'a str,
}

impl Workshop<'_> {
    fn debian(&self) -> Result<String> {
        let image = self.name("debian", debian::BASE.name);
        if registry::holds(self.registry, "stand-in/debian", debian::BASE.name) {
            return Ok(image);
        }
        let root = debian::root(self.cache, &debian::BASE)?;
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
            .args(["import", "--change", "CMD [\"bash\"]", "-", &image])
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

    fn base(&self, debian: &str) -> Result<String> {
        let mut build = vec!["--build-arg".to_owned(), format!("DEBIAN_IMAGE={debian}")];
        if !certificates(Path::new(MACHINE_CERTIFICATES))?.is_empty() {
            build.extend([
                "--target=certified".to_owned(),
                "--build-context".to_owned(),
            ]);
            build.push(format!("certificates={MACHINE_CERTIFICATES}"));
        } else {
            build.push("--target=plain".to_owned());
        }
        self.build(
            "base",
            "dev",
            include_str!("stand_in/base.Dockerfile"),
            &build,
        )
    }

    fn python(&self, base: &str) -> Result<String> {
        let script = "import sys; print('%d.%d' % sys.version_info[:2])";
        let mut run = self.client.docker();
        command::read(run.args([
            "run",
            "--rm",
            "--pull=missing",
            base,
            "python3",
            "-c",
            script,
        ]))
        .context("the engine cannot run a container")
    }

    fn uv(&self, base: &str) -> Result<String> {
        let build = [
            "--build-arg".to_owned(),
            format!("BASE_IMAGE={base}"),
            format!("--build-arg=UV_VERSION={UV_VERSION}"),
        ];
        self.build(
            "uv",
            UV_VERSION,
            include_str!("stand_in/uv.Dockerfile"),
            &build,
        )
    }

    fn rust(&self, base: &str) -> Result<String> {
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
        self.build(
            "rust",
            "dev",
            include_str!("stand_in/rust.Dockerfile"),
            &build,
        )
    }

    /// Builds and pushes one image.
    fn build(&self, name: &str, tag: &str, dockerfile: &str, options: &[String]) -> Result<String> {
        let image = self.name(name, tag);
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
        build.args(["--tag", &image]).args(options).arg(&folder);
        let log = self.cache.logs().join(format!("image-{name}.log"));
        command::run_logged(&mut build, &log)?;
        Ok(image)
    }

    fn name(&self, name: &str, tag: &str) -> String {
        format!("{}/stand-in/{name}:{tag}", self.registry)
    }
}

/// The machine's own certificates, in a fixed order.
fn certificates(folder: &Path) -> Result<Vec<String>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|file| file.extension().is_some_and(|ending| ending == "crt"))
        .collect();
    files.sort();
    let read = |file: &PathBuf| {
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
    };
    files.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stand_in_is_told_from_a_public_image() {
        assert!(stands_in("127.0.0.1:5055/stand-in/rust:dev"));
        assert!(!stands_in(PUBLIC_RUST));
    }

    #[test]
    fn only_certificates_count() {
        let read = |folder| certificates(Path::new(folder)).expect("the folder can be read");
        assert!(read("/nonexistent").is_empty());
        assert!(read(env!("CARGO_MANIFEST_DIR")).is_empty());
    }
}
