//! The schema of a catalog release.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::needs::Needs;
use super::{At, CatalogError};
use crate::spec::{Architecture, Component, Device, Feature, Framework, Target};

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
    /// What the labels of every image say.
    pub labels: BTreeMap<String, String>,
    /// Tools that come as images, by name.
    pub tools: BTreeMap<String, Tool>,
    /// Images of targets that are the same whatever the device, by role.
    pub images: BTreeMap<String, At<String>>,
    /// Release archives whose files images get, by name.
    pub downloads: BTreeMap<String, Archive>,
    /// Release archives whose files only steps use, by name.
    pub programs: BTreeMap<String, Archive>,
    /// Native components.
    pub components: BTreeMap<Component, GitPin>,
    /// ModelExpress.
    pub modelexpress: GitPin,
    /// Archives of sources and installers, by name.
    pub archives: BTreeMap<String, SourcePin>,
    /// Debian repositories that steps use, by name.
    pub apt_repositories: BTreeMap<String, AptRepository>,
    /// What builds.
    pub build: Build,
    /// Paths of the Dynamo repository and what they are for.
    pub repository: Repository,
    /// Debian packages, by what they are for.
    pub apt: BTreeMap<String, Vec<At<String>>>,
    /// Packages of AlmaLinux, by what they are for.
    pub dnf: BTreeMap<String, Vec<At<String>>>,
}

/// What builds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// Python packages of the build environment and their versions.
    pub python_tools: BTreeMap<String, At<String>>,
    /// Those that native components need besides.
    pub native_tools: BTreeMap<String, At<String>>,
    /// Crates that are compiled at the same time.
    pub cargo_jobs: u32,
    /// Files of an engine that are compiled at the same time.
    pub max_jobs: u32,
    /// How often a download is tried again.
    pub retries: u32,
    /// Seconds that a download may be silent.
    pub timeout: u32,
    /// Nsight Systems of development images.
    pub nsight_systems: At<String>,
}

/// Paths of the Dynamo repository, relative to its root.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repository {
    /// Everything the Rust wheel is compiled from.
    pub rust_sources: Vec<String>,
    /// Patterns of the files that decide which crates are downloaded.
    pub manifests: Vec<String>,
    /// Where such files are: the files at the root, and folders.
    pub manifest_paths: Vec<String>,
    /// The package of the Rust wheel.
    pub bindings: String,
    /// The package of the KV block manager.
    pub kvbm: String,
    /// The package of the GPU memory service.
    pub gpu_memory_service: String,
    /// The package of the C bindings.
    pub c_bindings: String,
    /// The Go module of the endpoint picker.
    pub epp: String,
    /// The package in it that links the C bindings, from `lib` and `include`.
    pub epp_bindings: String,
    /// Everything the pure Python wheel is made of.
    pub python_sources: Vec<String>,
    /// Requirement files of the tests.
    pub test_requirements: Vec<String>,
    /// Requirement files of every image with an engine.
    pub requirements: Vec<String>,
    /// The package of the benchmarks.
    pub benchmarks: String,
    /// The tests.
    pub tests: Vec<String>,
    /// What a runtime image has in its workspace.
    pub runtime_workspace: Vec<String>,
    /// What a frontend image has in its workspace.
    pub frontend_workspace: Vec<String>,
    /// Texts that images must carry, as patterns.
    pub legal: Vec<String>,
    /// Folder of the texts that a shell begins with.
    pub launch_messages: String,
    /// What the documentation is made of.
    pub docs: Vec<String>,
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

/// A release archive. `{version}` and `{arch}` stand for values.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// The pin, as upstream tags it.
    pub version: At<String>,
    /// Where it is.
    pub url: At<String>,
    /// SHA-256 by architecture, where it is known.
    pub checksum: BTreeMap<Architecture, Option<At<String>>>,
    /// What upstream calls the architectures, where it is not what images do.
    #[serde(default)]
    pub arch: BTreeMap<Architecture, String>,
    /// Which of its files go where.
    #[serde(default)]
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

/// A git repository at a ref.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GitPin {
    /// Where it is.
    pub url: At<String>,
    /// The ref.
    pub r#ref: At<String>,
    /// The commit that the ref must be, where it is known.
    pub commit: Option<At<String>>,
}

/// An archive that is the same for every architecture.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcePin {
    /// The pin; `{version}` in the URL.
    pub version: At<String>,
    /// Where it is.
    pub url: At<String>,
    /// Its SHA-256, where it is known.
    pub checksum: Option<At<String>>,
}

/// A repository of Debian packages; `{arch}` stands for what it calls the
/// architecture.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AptRepository {
    /// Where it is.
    pub url: At<String>,
    /// Where its key is.
    pub key: At<String>,
    /// What it calls the architectures.
    pub arch: BTreeMap<Architecture, String>,
}

/// The file of a framework.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameworkFile {
    /// Versions of the tools that build.
    pub toolchain: Toolchain,
    /// Distributions of the Python index that make up Dynamo.
    pub wheels: Vec<String>,
    /// Distributions that features add.
    #[serde(default)]
    pub feature_wheels: BTreeMap<Feature, Vec<String>>,
    /// What it can be built for.
    pub combinations: Vec<Combination>,
    /// What it needs on each device.
    pub devices: BTreeMap<Device, Needs>,
}

impl FrameworkFile {
    /// The CUDA release that is built for where none is asked for.
    pub fn default_cuda(&self) -> Option<&str> {
        let all = self.combinations.iter().flat_map(|row| &row.cuda);
        all.map(|cuda| cuda.value.as_str()).next()
    }
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
    /// The CUDA releases, the default first; none for other devices.
    #[serde(default)]
    pub cuda: Vec<At<String>>,
    /// Where Dynamo may come from.
    pub sources: Vec<String>,
    /// The targets.
    pub targets: Vec<Target>,
    /// The targets that can have the EFA layer.
    #[serde(default)]
    pub efa: Vec<Target>,
    /// The architectures.
    pub architectures: Vec<Architecture>,
}

impl Release {
    /// Every CUDA release that something can be built for.
    pub fn cuda(&self) -> impl Iterator<Item = &str> {
        let files = self.frameworks.values();
        let rows = files.flat_map(|file| &file.content.combinations);
        rows.flat_map(|row| &row.cuda)
            .map(|cuda| cuda.value.as_str())
    }

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
