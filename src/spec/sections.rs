//! The sections of the spec that are plain mappings.

use super::collection::{Switch, Table};
use super::decode::mapping;
use super::scalar::{
    AptPackage, ArchitectureKey, ContextPath, Count, EnvName, Id, ImageName, PythonVersion,
    Requirement, Sha256, Text, UserName, Version,
};
use crate::diagnostic::Spanned;

mapping! {
    /// Images that replace the catalog's, each as `name[:tag][@digest]`.
    pub struct Images {
        /// The image that everything stands on.
        base: ImageName,
        /// The image that holds `uv` and `uvx` at its root.
        uv: ImageName,
        /// The image that holds Rust under `/usr/local`, as the official one does.
        rust: ImageName,
    }
}

mapping! {
    /// Versions of the tools that build.
    pub struct Toolchain {
        /// Python of the image, as a release line: `"3.12"`.
        python: PythonVersion,
        /// Rust that compiles the wheels.
        rust: Version,
        /// Crates that are compiled at the same time.
        cargo_jobs: Count,
    }
}

mapping! {
    /// The parts an image is made of.
    pub struct Components {
        /// `uv`, which installs Python packages.
        uv: Tool,
        /// The NATS server; `false` leaves it out.
        nats: Switch<Download>,
        /// The etcd server; `false` leaves it out.
        etcd: Switch<Download>,
    }
}

mapping! {
    /// A tool that comes as an image.
    pub struct Tool {
        /// Its version, the tag of its image.
        version: Version,
    }
}

mapping! {
    /// A release archive that is downloaded.
    pub struct Download {
        /// Its version, as upstream tags it.
        version: Version,
        /// The archive's checksum for each architecture: `{amd64: "sha256:…"}`.
        checksum: Checksums,
    }
}

/// Checksums by architecture.
pub type Checksums = Table<ArchitectureKey, Sha256>;

mapping! {
    /// The account that the image runs as.
    pub struct User {
        /// Name.
        name: UserName,
        /// User id.
        uid: Id,
        /// Group id. The default, 0, lets any uid that is in group 0 write.
        gid: Id,
    }
}

mapping! {
    /// Packages added to the target.
    pub struct Packages {
        /// Debian packages.
        apt: List<AptPackage>,
        /// Python requirements.
        pip: List<Requirement>,
        /// Requirement files in the build context.
        requirements: List<ContextPath>,
    }
}

/// A list of values, each with its place.
pub type List<T> = Vec<Spanned<T>>;

/// Environment variables.
pub type EnvTable = Table<EnvName, Text>;
