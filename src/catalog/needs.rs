//! What a framework needs on a device: images, packages, versions.
//!
//! Data in layers: what holds for a device, for a CUDA release on it, for an
//! architecture. [`Needs::on`] lays them over each other. Decides nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::At;
use super::release::GitPin;
use crate::spec::{Architecture, Component, Feature};

/// What a framework needs. In texts `{python}` stands for the Python release
/// line, `{machine}` for the architecture as compilers call it, `{cuda_major}`,
/// `{cuda_dash}` and `{cuda_wheel}` for `12`, `12-9` and `cu129`, and the names
/// of `versions` and `repositories` for their values without a leading `v`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Needs {
    /// Images, by role.
    pub images: BTreeMap<String, At<String>>,
    /// The package manager of the stage that builds wheels.
    pub builder: Option<PackageManager>,
    /// Native components that it has unless they are left out.
    pub components: Vec<Component>,
    /// Native components that it has if they are asked for.
    pub optional_components: Vec<Component>,
    /// Refs of native components, instead of the common ones.
    pub pins: BTreeMap<Component, At<String>>,
    /// Features that it can have, and whether it has them unless told otherwise.
    pub features: BTreeMap<Feature, At<bool>>,
    /// Source repositories of the engine, by name.
    pub repositories: BTreeMap<String, GitPin>,
    /// Versions, by name.
    pub versions: BTreeMap<String, At<String>>,
    /// Debian packages, by stage.
    pub apt: BTreeMap<String, Vec<At<String>>>,
    /// Python requirements, by what they are for.
    pub python: BTreeMap<String, Vec<At<String>>>,
    /// Requirement files of the engine's repository, by what they are for.
    pub requirement_files: BTreeMap<String, Vec<String>>,
    /// More Python indexes, by what they are for.
    pub indexes: BTreeMap<String, Vec<At<String>>>,
    /// Wheels that are downloaded as files, by name.
    pub files: BTreeMap<String, WheelFile>,
    /// Packages of the base image's Python that the environment takes over, as
    /// patterns below `site-packages`.
    pub site_packages: Vec<String>,
    /// Folders of `site-packages` that get layers of their own.
    pub layers: Vec<String>,
    /// Default entrypoint.
    pub entrypoint: Vec<String>,
    /// Default command.
    pub cmd: Vec<String>,
    /// What differs by CUDA release.
    pub cuda: BTreeMap<String, Needs>,
    /// What differs by architecture.
    pub architectures: BTreeMap<Architecture, Needs>,
}

/// How packages of the system are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PackageManager {
    /// Debian and Ubuntu.
    Apt,
    /// AlmaLinux.
    Dnf,
}

/// A wheel that is downloaded as a file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WheelFile {
    /// Where it is.
    pub url: At<String>,
    /// SHA-256 by architecture, where it is known.
    pub checksum: BTreeMap<Architecture, Option<At<String>>>,
    /// Its optional parts that are installed too.
    pub extras: String,
}

impl Needs {
    /// What holds for a CUDA release and an architecture.
    pub fn on(&self, cuda: Option<&str>, architecture: Architecture) -> Self {
        let mut needs = self.clone();
        let by_cuda = cuda.and_then(|cuda| needs.cuda.remove(cuda));
        let by_architecture = needs.architectures.remove(&architecture);
        for more in by_cuda.into_iter().chain(by_architecture) {
            let more = match cuda {
                Some(_) if !more.architectures.is_empty() => more.on(None, architecture),
                _ => more,
            };
            needs.lay_over(more);
        }
        needs
    }

    /// Entries of `over` win; lists that it has replace.
    fn lay_over(&mut self, over: Self) {
        fn list<T>(under: &mut Vec<T>, over: Vec<T>) {
            if !over.is_empty() {
                *under = over;
            }
        }
        self.images.extend(over.images);
        self.builder = over.builder.or(self.builder);
        list(&mut self.components, over.components);
        list(&mut self.optional_components, over.optional_components);
        self.pins.extend(over.pins);
        self.features.extend(over.features);
        self.repositories.extend(over.repositories);
        self.versions.extend(over.versions);
        self.apt.extend(over.apt);
        self.python.extend(over.python);
        self.requirement_files.extend(over.requirement_files);
        self.indexes.extend(over.indexes);
        self.files.extend(over.files);
        list(&mut self.site_packages, over.site_packages);
        list(&mut self.layers, over.layers);
        list(&mut self.entrypoint, over.entrypoint);
        list(&mut self.cmd, over.cmd);
    }
}
