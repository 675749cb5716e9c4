//! The schema of a catalog release.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{At, CatalogError};
use crate::spec::{Architecture, Device, Framework, Target};

/// One release: the common file and one file per framework.
#[derive(Debug, Clone)]
pub struct Release {
    /// Its name, the folder's.
    pub name: String,
    /// Pins that every framework shares.
    pub common: File<Common>,
    /// What the frameworks need.
    pub frameworks: BTreeMap<Framework, File<FrameworkFile>>,
}

/// A file and what it says.
#[derive(Debug, Clone)]
pub struct File<T> {
    /// Path from the root of the repository.
    pub path: String,
    /// Its text.
    pub text: String,
    /// What it says.
    pub content: T,
}

/// `common.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// Index that Python packages are installed from.
    pub python_index: At<String>,
    /// The account images run as.
    pub user: Account,
    /// Tools that come as images, by name.
    pub tools: BTreeMap<String, Tool>,
    /// Release archives, by name.
    pub downloads: BTreeMap<String, Archive>,
    /// What builds the wheels.
    pub build: Build,
    /// Paths of the Dynamo repository and what they are for.
    pub repository: Repository,
    /// Debian packages of development images.
    pub dev_apt: Vec<At<String>>,
}

/// What builds the wheels.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// Python packages of the build environment and their versions.
    pub python_tools: BTreeMap<String, At<String>>,
    /// Crates that are compiled at the same time.
    pub cargo_jobs: u32,
}

/// Paths of the Dynamo repository, relative to its root.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// Everything the Rust wheel is compiled from.
    pub rust_sources: Vec<String>,
    /// Patterns of the files that decide which crates are downloaded.
    pub manifests: Vec<String>,
    /// The package of the Rust wheel.
    pub bindings: String,
    /// Everything the pure Python wheel is made of.
    pub python_sources: Vec<String>,
    /// Requirement files of the tests.
    pub test_requirements: Vec<String>,
    /// Requirement files of development.
    pub requirements: Vec<String>,
    /// The tests.
    pub tests: Vec<String>,
    /// What a development image has in its workspace.
    pub workspace: Vec<String>,
}

/// The account images run as.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Name.
    pub name: At<String>,
    /// User id.
    pub uid: At<u32>,
    /// Group id.
    pub gid: At<u32>,
}

/// A tool that comes as an image.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Repository of the image.
    pub image: At<String>,
    /// Its tag; `{version}` is the version.
    pub tag: String,
    /// The pin.
    pub version: At<String>,
}

/// A release archive. `{version}`, `{number}` and `{arch}` stand for values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// The pin, as upstream tags it.
    pub version: At<String>,
    /// Where it is.
    pub url: At<String>,
    /// SHA-256 by architecture, where it is known.
    pub checksum: BTreeMap<String, Option<At<String>>>,
    /// Which of its files go where.
    pub install: Vec<Install>,
    /// Folder that joins the image's `PATH`.
    #[serde(default)]
    pub path: Option<String>,
}

/// One file of an archive and its place in the image.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Install {
    /// Path in the archive.
    pub from: String,
    /// Absolute path in the image.
    pub to: String,
}

/// The file of a framework.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameworkFile {
    /// Versions of the tools that build.
    pub toolchain: Toolchain,
    /// Distributions of the Python index that make up Dynamo.
    pub wheels: Vec<String>,
    /// What it can be built for.
    pub combinations: Vec<Combination>,
    /// What it needs on each device.
    pub devices: BTreeMap<Device, DeviceNeeds>,
}

/// Versions of the tools that build.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toolchain {
    /// Python release line.
    pub python: At<String>,
}

/// One row of the compatibility matrix.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Combination {
    /// The device.
    pub device: At<Device>,
    /// Where Dynamo may come from.
    pub sources: Vec<String>,
    /// The targets.
    pub targets: Vec<Target>,
    /// The architectures.
    pub architectures: Vec<Architecture>,
}

/// What a framework needs on a device.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceNeeds {
    /// Its images.
    pub images: Images,
    /// Its Debian packages.
    pub apt: AptNeeds,
    /// Default command.
    pub cmd: Vec<String>,
}

/// Debian packages; `{python}` is the Python release line.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AptNeeds {
    /// Of every image.
    pub base: Vec<At<String>>,
    /// Of the stage that builds wheels.
    pub wheel_builder: Vec<At<String>>,
}

/// Images of a device.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Images {
    /// The image that everything stands on.
    pub base: At<String>,
}

impl Release {
    /// Reads a release through `open`, which gives the text of a path below
    /// `specs/`. A framework without a file is not part of the release.
    pub(super) fn read<'t>(
        name: &str,
        open: impl Fn(&str) -> Result<&'t str, CatalogError>,
    ) -> Result<Self, CatalogError> {
        let common = file(&format!("{name}/common.yaml"), &open)?;
        let mut frameworks = BTreeMap::new();
        for framework in Framework::ALL {
            match file(&format!("{name}/{framework}.yaml"), &open) {
                Ok(found) => drop(frameworks.insert(*framework, found)),
                Err(CatalogError::Missing(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self {
            name: name.to_owned(),
            common,
            frameworks,
        })
    }
}

fn file<'t, T: DeserializeOwned>(
    path: &str,
    open: impl Fn(&str) -> Result<&'t str, CatalogError>,
) -> Result<File<T>, CatalogError> {
    let text = open(path)?;
    let options = serde_saphyr::options! { with_snippet: false, strict_booleans: true };
    let content = serde_saphyr::from_str_with_options(text, options).map_err(|source| {
        CatalogError::Invalid {
            file: path.to_owned(),
            source: Box::new(source),
        }
    })?;
    Ok(File {
        path: format!("specs/{path}"),
        text: text.to_owned(),
        content,
    })
}
