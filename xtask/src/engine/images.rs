//! The images that the demo and the tests build on. Which ones is decided by
//! one question: can the engine pull from the public registries?
//!
//! * When it can, uv and Rust are the public images, and only the base image is
//!   made here, on the public Debian image.
//! * When it cannot, stand-ins are made for all of them.
//!
//! They are made again only when what they are made of has changed. How one is
//! made is the workshop's business.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::cache::Cache;
use super::client::Client;
use super::workshop::{self, Workshop};
use super::{debian, registry};
use crate::command;

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
    let record = record(cache);
    let recipe = recipe(client, registry)?;
    if let Some(images) = known
        && are_held(registry, &[&images.base, &images.uv, &images.rust])
        && fs::read_to_string(&record).is_ok_and(|made| made == recipe)
    {
        return Ok(images);
    }
    let workshop = Workshop {
        cache,
        client,
        registry,
        certificates: machine_certificates(),
        architecture: None,
    };
    let public = client.pulls(PUBLIC_DEBIAN);
    let debian = if public {
        PUBLIC_DEBIAN.to_owned()
    } else {
        workshop.debian(&debian::BASE)?
    };
    let base = workshop.base(&debian)?;
    let python = workshop.python(&base)?;
    let (uv, rust) = if public {
        (format!("{PUBLIC_UV}:{UV_VERSION}"), PUBLIC_RUST.to_owned())
    } else {
        (workshop.uv(&base, UV_VERSION)?, workshop.rust(&base)?)
    };
    fs::write(&record, recipe).with_context(|| format!("cannot write {}", record.display()))?;
    Ok(Images {
        base,
        python,
        uv,
        rust,
    })
}

/// Names for amd64 and arm64 at once.
pub(crate) struct Pair {
    pub(crate) base: String,
    pub(crate) uv: String,
}

/// Makes what is missing of arm64, beside the images of amd64 that stand ready.
/// Programs of arm64 must run in the engine.
pub(super) fn arm64(
    cache: &Cache,
    client: &Client,
    registry: &str,
    images: &Images,
) -> Result<Pair> {
    const ALL: &str = "amd64-arm64";
    let made = cache.data("stand-in").join("recipe-arm64");
    // Whatever decides what the others are decides this as well.
    let recipe = fs::read_to_string(record(cache)).context("the engine's images have no record")?;
    let public = !stands_in(&images.uv);
    let pair = Pair {
        base: format!("{registry}/stand-in/base:{ALL}"),
        uv: if public {
            images.uv.clone()
        } else {
            format!("{registry}/stand-in/uv:{ALL}")
        },
    };
    if are_held(registry, &[&pair.base, &pair.uv])
        && fs::read_to_string(&made).is_ok_and(|made| made == recipe)
    {
        return Ok(pair);
    }
    let workshop = Workshop {
        cache,
        client,
        registry,
        certificates: machine_certificates(),
        architecture: Some("arm64"),
    };
    let debian = if public {
        PUBLIC_DEBIAN.to_owned()
    } else {
        workshop.debian(&debian::BASE_ARM64)?
    };
    let base = workshop.base(&debian)?;
    workshop.index("base", ALL, &[&images.base, &base])?;
    if !public {
        let uv = workshop.uv(&base, UV_VERSION)?;
        workshop.index("uv", ALL, &[&images.uv, &uv])?;
    }
    fs::write(&made, recipe).with_context(|| format!("cannot write {}", made.display()))?;
    Ok(pair)
}

/// What the images were made of, as [`recipe`] has it.
fn record(cache: &Cache) -> PathBuf {
    cache.data("stand-in").join("recipe")
}

/// Everything that decides what the images become, as one text to compare.
fn recipe(client: &Client, registry: &str) -> Result<String> {
    let certificates: String = certificates(Path::new(MACHINE_CERTIFICATES))
        .iter()
        .map(|file| {
            fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
        })
        .collect::<Result<_>>()?;
    let parts = [
        client.host.as_str(),
        registry,
        UV_VERSION,
        &command::read(Command::new("rustc").arg("-vV"))?,
        workshop::BASE,
        workshop::UV,
        workshop::RUST,
        &certificates,
    ];
    Ok(parts.join("\n"))
}

/// Whether the registry holds all stand-ins among these.
fn are_held(registry: &str, images: &[&str]) -> bool {
    images.iter().filter(|image| stands_in(image)).all(|image| {
        image
            .strip_prefix(&format!("{registry}/"))
            .and_then(|name| name.rsplit_once(':'))
            .is_some_and(|(repository, tag)| registry::holds(registry, repository, tag))
    })
}

/// Whether `image` is one of those that stand in for a public one.
pub(crate) fn stands_in(image: &str) -> bool {
    image.contains("/stand-in/")
}

/// The folder of the machine's own certificates, when it has any.
fn machine_certificates() -> Option<&'static Path> {
    Some(Path::new(MACHINE_CERTIFICATES)).filter(|folder| !certificates(folder).is_empty())
}

/// The machine's own certificates, in a fixed order.
fn certificates(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|file| file.extension().is_some_and(|ending| ending == "crt"))
        .collect();
    files.sort();
    files
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
        assert!(certificates(Path::new("/nonexistent")).is_empty());
        assert!(certificates(Path::new(env!("CARGO_MANIFEST_DIR"))).is_empty());
    }
}
