//! The spec as meant: every question answered, every value with the place it
//! comes from, be that the spec, the command line or the catalog.
//!
//! Plain data. Passes after `check` take this and never the spec.

use crate::catalog::Repository;
use crate::diagnostic::{Span, Spanned};
use crate::image::Reference;
use crate::spec::{
    AptPackage, Architecture, ContextPath, Device, EnvName, Framework, LabelName, Requirement,
    Target, Text,
};

/// One image to build, for one architecture.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The catalog release its pins come from.
    pub release: String,
    /// The engine.
    pub framework: Spanned<Framework>,
    /// What is built.
    pub target: Spanned<Target>,
    /// What it computes on.
    pub device: Spanned<Device>,
    /// What it runs on.
    pub architecture: Architecture,
    /// Where Dynamo comes from.
    pub dynamo: Dynamo,
    /// The commit the build stands for.
    pub commit: Option<Spanned<String>>,
    /// The image everything stands on, mirrors applied.
    pub base: Spanned<Reference>,
    /// `uv`.
    pub uv: Tool,
    /// Rust.
    pub rust: Tool,
    /// Python packages of the build environment, `name==version`.
    pub python_tools: Vec<Spanned<String>>,
    /// Crates that are compiled at the same time.
    pub cargo_jobs: u32,
    /// Paths of the Dynamo repository.
    pub repository: Repository,
    /// Python release line.
    pub python: Spanned<String>,
    /// Index of Python packages, mirrors applied.
    pub python_index: Index,
    /// Release archives to install, in a fixed order.
    pub downloads: Vec<Download>,
    /// The account.
    pub user: User,
    /// Who works in a `local-dev` image.
    pub developer: Option<Developer>,
    /// Debian packages every image needs.
    pub apt: Vec<Spanned<String>>,
    /// Debian packages that build wheels.
    pub wheel_builder_apt: Vec<Spanned<String>>,
    /// Debian packages of development images.
    pub dev_apt: Vec<Spanned<String>>,
    /// Debian packages the spec adds.
    pub extra_apt: Vec<Spanned<AptPackage>>,
    /// Python requirements the spec adds.
    pub extra_pip: Vec<Spanned<Requirement>>,
    /// Requirement files of the build context the spec adds.
    pub requirement_files: Vec<Spanned<ContextPath>>,
    /// Environment variables of the spec.
    pub env: Vec<(Spanned<EnvName>, Spanned<Text>)>,
    /// Labels of the spec.
    pub labels: Vec<(Spanned<LabelName>, Spanned<Text>)>,
    /// Entrypoint of the image.
    pub entrypoint: Vec<String>,
    /// Command of the image.
    pub cmd: Vec<String>,
    /// Where the build was chosen: the place of steps that no key asked for.
    pub chosen_at: Span,
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
}

impl Dynamo {
    /// Where that was chosen.
    pub fn place(&self) -> Span {
        match self {
            Self::Index { version, .. } => version.span,
            Self::Context { place } => *place,
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

/// An index of Python packages.
#[derive(Debug, Clone)]
pub struct Index {
    /// Its URL.
    pub url: Spanned<String>,
    /// Whether a mirror replaced the catalog's.
    pub mirrored: bool,
}

/// A release archive.
#[derive(Debug, Clone)]
pub struct Download {
    /// Its name in `components`.
    pub name: String,
    /// Its version.
    pub version: Spanned<String>,
    /// Where it is, mirrors applied.
    pub url: Spanned<String>,
    /// Its checksum, `sha256:…`, where it is known.
    pub checksum: Option<Spanned<String>>,
    /// Files of the archive and their absolute paths in the image.
    pub install: Vec<(String, String)>,
    /// Folder that joins the image's `PATH`.
    pub path: Option<String>,
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
