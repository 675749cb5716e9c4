//! The spec as meant: every question answered, every value with the place it
//! comes from, be that the spec, the command line or the catalog.
//!
//! Plain data. Passes after `check` take this and never the spec.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Repository;
use crate::diagnostic::{Span, Spanned};
use crate::image::{Port, Reference, StopSignal};
use crate::spec::{
    AptPackage, Architecture, Component, ContextPath, CudaVersion, Device, EnvName, Feature,
    Framework, LabelName, Requirement, StepNetwork, Target, Text,
};

use super::engine::Engine;
use super::extended::Extension;
use super::source::{Download, Git, SourceArchive};
use super::tested::Tested;

/// One image to build, for one architecture.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The catalog release its pins come from.
    pub release: String,
    /// The framework.
    pub framework: Spanned<Framework>,
    /// What is built.
    pub target: Spanned<Target>,
    /// What it computes on.
    pub device: Spanned<Device>,
    /// The CUDA release, on the device that has one.
    pub cuda: Option<Spanned<CudaVersion>>,
    /// The CUDA release that the framework has where none is asked for.
    pub default_cuda: Option<String>,
    /// What it runs on.
    pub architecture: Architecture,
    /// The AWS EFA layer, if the image has it.
    pub efa: Option<Efa>,
    /// Where Dynamo comes from.
    pub dynamo: Dynamo,
    /// The version of Dynamo, where it is known.
    pub version: Option<String>,
    /// The commit the build stands for.
    pub commit: Option<Spanned<String>>,
    /// The engine, with what only it has.
    pub engine: Engine,
    /// The images that stages stand on, mirrors applied.
    pub images: Images,
    /// `uv`.
    pub uv: Tool,
    /// Rust.
    pub rust: Tool,
    /// Go.
    pub go: Tool,
    /// The protobuf compiler, where the system's is not used.
    pub protoc: Option<Download>,
    /// The compiler cache.
    pub sccache: Option<Sccache>,
    /// Python packages of the build environment, `name==version`.
    pub python_tools: Vec<Spanned<String>>,
    /// Those that native components need besides.
    pub native_tools: Vec<Spanned<String>>,
    /// Crates that are compiled at the same time.
    pub cargo_jobs: u32,
    /// Files of an engine that are compiled at the same time.
    pub max_jobs: u32,
    /// Paths of the Dynamo repository.
    pub repository: Repository,
    /// Python release line.
    pub python: Spanned<String>,
    /// Where Python packages come from.
    pub python_index: Index,
    /// How downloads of steps behave.
    pub transfer: Transfer,
    /// The network of steps that have one, unless the client says otherwise.
    pub network: Option<StepNetwork>,
    /// Release archives whose files the image gets, in a fixed order.
    pub downloads: Vec<Download>,
    /// Servers that Dynamo uses, and the official image of each that this image
    /// does not have, mirrors applied.
    pub servers: BTreeMap<&'static str, Option<Reference>>,
    /// Native components.
    pub components: BTreeMap<Component, Git>,
    /// Features that the image has.
    pub features: BTreeSet<Feature>,
    /// FFmpeg, of the feature that needs it.
    pub ffmpeg: Option<SourceArchive>,
    /// ModelExpress, of the feature of that name.
    pub modelexpress: Option<Git>,
    /// Nsight Systems of development images.
    pub nsight_systems: Option<Nsight>,
    /// The account.
    pub user: User,
    /// Who works in a `local-dev` image.
    pub developer: Option<Developer>,
    /// Packages of the system, by what they are for.
    pub packages: SystemPackages,
    /// Debian packages the spec adds.
    pub extra_apt: Vec<Spanned<AptPackage>>,
    /// Python requirements the spec adds.
    pub extra_pip: Vec<Spanned<Requirement>>,
    /// Requirement files of the build context the spec adds.
    pub requirement_files: Vec<Spanned<ContextPath>>,
    /// Steps that the spec adds to stages.
    pub extend: Vec<Extension>,
    /// Environment variables of the spec.
    pub env: Vec<(Spanned<EnvName>, Spanned<Text>)>,
    /// Labels of the spec.
    pub labels: Vec<(Spanned<LabelName>, Spanned<Text>)>,
    /// Labels and annotations that every image has.
    pub annotations: BTreeMap<String, String>,
    /// Entrypoint of the spec.
    pub entrypoint: Option<Vec<String>>,
    /// Command of the spec.
    pub cmd: Option<Vec<String>>,
    /// Entrypoint and command of the catalog.
    pub default_command: (Vec<String>, Vec<String>),
    /// Ports that the image listens on.
    pub expose: Vec<Port>,
    /// How a container is asked whether it is well.
    pub healthcheck: Option<Healthcheck>,
    /// The signal that ends a container.
    pub stop_signal: Option<StopSignal>,
    /// What is checked of the image, and when.
    pub tests: Tested,
    /// Where the build was chosen: the place of steps that no key asked for.
    pub chosen_at: Span,
}

impl Resolved {
    /// Whether the image has a feature.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// The architecture as compilers call it.
    pub fn machine(&self) -> &'static str {
        machine(self.architecture)
    }
}

/// An architecture as compilers call it.
pub(super) fn machine(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::Amd64 => "x86_64",
        Architecture::Arm64 => "aarch64",
    }
}

/// The images that stages stand on.
#[derive(Debug, Clone)]
pub struct Images {
    /// Of `dynamo_base`, and of the stages that compile for an engine.
    pub base: Spanned<Reference>,
    /// Of `runtime`.
    pub runtime: Spanned<Reference>,
    /// Of the stages that build native components and wheels.
    pub wheel_builder: Spanned<Reference>,
    /// Of `frontend`.
    pub frontend: Spanned<Reference>,
    /// Of `epp`.
    pub epp_base: Spanned<Reference>,
    /// Of `docs`.
    pub docs: Spanned<Reference>,
    /// The endpoint picker, when it is not built.
    pub epp: Option<Spanned<Reference>>,
}

/// Packages of the system, by what they are for.
#[derive(Debug, Clone, Default)]
pub struct SystemPackages {
    /// Debian packages of `runtime`.
    pub runtime: Vec<Spanned<String>>,
    /// Debian packages of the runtime's base that must go.
    pub conflicting: Vec<Spanned<String>>,
    /// Debian packages of `framework`.
    pub framework: Vec<Spanned<String>>,
    /// Packages of the stages that build, Debian's or AlmaLinux's.
    pub wheel_builder: WheelBuilderPackages,
    /// Debian packages of development images.
    pub dev: Vec<Spanned<String>>,
    /// Debian packages of `frontend`.
    pub frontend: Vec<Spanned<String>>,
    /// Debian packages of `epp`.
    pub epp: Vec<Spanned<String>>,
    /// Debian packages that the endpoint picker's library is built with.
    pub epp_builder: Vec<Spanned<String>>,
    /// Debian packages of `docs`.
    pub docs: Vec<Spanned<String>>,
    /// NVIDIA's repository of CUDA libraries.
    pub cuda_repository: Option<AptRepository>,
}

/// Packages of the stages that build.
#[derive(Debug, Clone)]
pub enum WheelBuilderPackages {
    /// Debian's.
    Apt(Vec<Spanned<String>>),
    /// AlmaLinux's.
    Dnf(Vec<Spanned<String>>),
}

impl Default for WheelBuilderPackages {
    fn default() -> Self {
        Self::Apt(Vec::new())
    }
}

/// A repository of Debian packages that is used in one step.
#[derive(Debug, Clone)]
pub struct AptRepository {
    /// Where it is, mirrors applied.
    pub url: Spanned<String>,
    /// Where its key is, mirrors applied.
    pub key: Spanned<String>,
}

/// Nsight Systems.
#[derive(Debug, Clone)]
pub struct Nsight {
    /// Its version.
    pub version: Spanned<String>,
    /// Where it is.
    pub repository: AptRepository,
}

/// The AWS EFA layer.
#[derive(Debug, Clone)]
pub struct Efa {
    /// Its installer.
    pub installer: SourceArchive,
    /// Whether the installer verifies its packages.
    pub verify: bool,
    /// Where it was asked for.
    pub place: Span,
}

/// The compiler cache.
#[derive(Debug, Clone)]
pub struct Sccache {
    /// The program.
    pub program: Download,
    /// The S3 bucket.
    pub bucket: Spanned<String>,
    /// Its region.
    pub region: Spanned<String>,
    /// The server, where it is not Amazon's.
    pub endpoint: Option<Spanned<String>>,
    /// How it proves who it is.
    pub credentials: crate::spec::Credentials,
}

/// How downloads of steps behave.
#[derive(Debug, Clone, Copy)]
pub struct Transfer {
    /// How often one is tried again.
    pub retries: u32,
    /// Seconds that it may be silent.
    pub timeout: u32,
}

/// How a container is asked whether it is well.
#[derive(Debug, Clone)]
pub struct Healthcheck {
    /// The command.
    pub test: Vec<String>,
    /// Time between two checks.
    pub interval: Option<std::time::Duration>,
    /// Time after which a check has failed.
    pub timeout: Option<std::time::Duration>,
    /// Time in which failures do not count.
    pub start_period: Option<std::time::Duration>,
    /// Failures in a row that make the container unhealthy.
    pub retries: Option<u32>,
}

/// Where Dynamo comes from.
#[derive(Debug, Clone)]
pub enum Dynamo {
    /// Distributions of the Python index, all at one version.
    Index {
        /// The version.
        version: Spanned<String>,
        /// Names of the distributions.
        distributions: Vec<String>,
    },
    /// Built from the build context.
    Context {
        /// Where that was chosen.
        place: Span,
    },
    /// Built from a git repository.
    Git {
        /// The repository.
        git: Git,
        /// Where that was chosen.
        place: Span,
    },
}

impl Dynamo {
    /// The word that names this way in the spec and in the catalog.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Index { .. } => "index",
            Self::Context { .. } => "context",
            Self::Git { .. } => "git",
        }
    }

    /// Where that was chosen.
    pub fn place(&self) -> Span {
        match self {
            Self::Index { version, .. } => version.span,
            Self::Context { place } | Self::Git { place, .. } => *place,
        }
    }
}

/// The ids of the person who works in a `local-dev` image.
#[derive(Debug, Clone)]
pub struct Developer {
    /// User id.
    pub uid: Spanned<u32>,
    /// Group id.
    pub gid: Spanned<u32>,
}

/// A tool that comes as an image.
#[derive(Debug, Clone)]
pub struct Tool {
    /// Its version.
    pub version: Spanned<String>,
    /// Its image, mirrors applied.
    pub image: Spanned<Reference>,
}

/// Where Python packages come from.
#[derive(Debug, Clone)]
pub struct Index {
    /// The URL of the index.
    pub url: Spanned<String>,
    /// Whether a mirror replaced the catalog's.
    pub mirrored: bool,
    /// More indexes, looked into after it.
    pub extra: Vec<Spanned<String>>,
    /// The secret that holds the URL instead.
    pub url_secret: Option<Spanned<String>>,
    /// The secret that holds a netrc file.
    pub netrc_secret: Option<Spanned<String>>,
}

/// The account the image runs as.
#[derive(Debug, Clone)]
pub struct User {
    /// Name.
    pub name: Spanned<String>,
    /// User id.
    pub uid: Spanned<u32>,
    /// Group id.
    pub gid: Spanned<u32>,
}
