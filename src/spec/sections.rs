//! The sections of the spec that are plain mappings.

use super::collection::{Switch, Table};
use super::decode::mapping;
use super::scalar::{
    AptPackage, ArchitectureKey, Commit, ContextPath, Count, EnvName, Flag, GitUrl, Id, ImageName,
    Interval, PythonVersion, Requirement, Revision, Sha256, Text, Url, UserName, Version,
};
use crate::diagnostic::Spanned;

mapping! {
    /// Images that replace the catalog's, each as `name[:tag][@digest]`.
    pub struct Images {
        /// The image that everything stands on: for an engine the one with its development tools.
        base: ImageName,
        /// The image that `runtime` stands on.
        runtime: ImageName,
        /// The image in which native components and wheels are built.
        wheel_builder: ImageName,
        /// The image that holds `uv` and `uvx` at its root.
        uv: ImageName,
        /// The image that holds Rust under `/usr/local`, as the official one does.
        rust: ImageName,
        /// The image that `frontend` stands on.
        frontend: ImageName,
        /// The endpoint picker, with the program `/epp`; built from source unless given.
        epp: ImageName,
        /// The image that `epp` stands on.
        epp_base: ImageName,
        /// The image that holds Go under `/usr/local/go`, as the official one does.
        go: ImageName,
        /// The image that `docs` stands on.
        docs: ImageName,
        /// The image that has TensorRT-LLM's wheel in `/app/tensorrt_llm`.
        trtllm_wheel: ImageName,
    }
}

mapping! {
    /// Versions of the tools that build.
    pub struct Toolchain {
        /// Python of the image, as a release line: `"3.12"`.
        python: PythonVersion,
        /// The release of Rust that compiles the wheels.
        rust: Version,
        /// The release of Go that compiles the endpoint picker.
        go: Version,
        /// The release of the protobuf compiler, where the system's is not used.
        protoc: Version,
        /// The release of maturin, which builds wheels out of crates.
        maturin: Version,
        /// The release of Meson, which builds NIXL.
        meson: Version,
        /// How many crates are compiled at the same time; fewer need less memory.
        cargo_jobs: Count,
        /// How many files of an engine are compiled at the same time; fewer need less memory.
        max_jobs: Count,
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
        /// GDRCopy, which copies between GPU and host memory; `false` leaves it out.
        gdrcopy: Switch<GitComponent>,
        /// UCX, the transport under NIXL; `false` leaves it out.
        ucx: Switch<GitComponent>,
        /// libfabric, the transport of EFA; `false` leaves it out.
        libfabric: Switch<GitComponent>,
        /// The AWS SDK for C++, with which NIXL reads S3; `false` leaves it out.
        aws_sdk_cpp: Switch<GitComponent>,
        /// NIXL, which moves KV caches between nodes; `false` leaves it out.
        nixl: Switch<GitComponent>,
        /// The FFmpeg of the feature `media_ffmpeg`.
        ffmpeg: SourceArchive,
        /// The AWS EFA installer of `efa: true`.
        efa: Efa,
        /// Nsight Systems in development images on `cuda`; `false` leaves it out.
        nsight_systems: Switch<Tool>,
    }
}

mapping! {
    /// A component that is built from a git repository.
    pub struct GitComponent {
        /// The branch, tag or commit that is built.
        r#ref: Revision,
        /// The repository.
        url: GitUrl,
        /// The full commit that `ref` must be at; a build where it is at another fails.
        commit: Commit,
    }
}

mapping! {
    /// An archive of sources, the same for every architecture.
    pub struct SourceArchive {
        /// The release that is downloaded and built.
        version: Version,
        /// Where the archive is; `{version}` stands for the version.
        url: Url,
        /// The checksum of the archive, `sha256:…`; a build where it is another fails.
        checksum: Sha256,
    }
}

mapping! {
    /// The AWS EFA installer.
    pub struct Efa {
        /// The release of the installer.
        version: Version,
        /// Where the installer is; `{version}` stands for the version.
        url: Url,
        /// The checksum of the installer, `sha256:…`; a build where it is another fails.
        checksum: Sha256,
        /// Whether the installer verifies the signatures of its packages, for which it downloads a key.
        verify: Flag,
    }
}

mapping! {
    /// Parts of Dynamo that are in the image or not; the catalog has the defaults.
    pub struct Features {
        /// The KV block manager, which keeps KV caches outside of GPU memory; it needs NIXL.
        kvbm: Flag,
        /// The GPU memory service.
        gpu_memory_service: Flag,
        /// Video input through FFmpeg, which is built for it.
        media_ffmpeg: Flag,
        /// ModelExpress, which hands model weights from node to node.
        modelexpress: Switch<GitComponent>,
    }
}

mapping! {
    /// How a container is asked whether it is well.
    pub struct Healthcheck {
        /// The command, as a list of arguments.
        test: List<Text>,
        /// Time between two checks, such as `30s`.
        interval: Interval,
        /// Time after which a check has failed.
        timeout: Interval,
        /// Time in which failures do not count.
        start_period: Interval,
        /// Failures in a row that make the container unhealthy.
        retries: Count,
    }
}

mapping! {
    /// A tool.
    pub struct Tool {
        /// The release that is used.
        version: Version,
    }
}

mapping! {
    /// A release archive that is downloaded.
    pub struct Download {
        /// The release that is downloaded, as its project tags it.
        version: Version,
        /// Where the archive is; `{version}` and `{arch}` stand for their values.
        url: Url,
        /// The archive's checksum for each architecture: `{amd64: "sha256:…"}`.
        checksum: Checksums,
    }
}

/// Checksums by architecture.
pub type Checksums = Table<ArchitectureKey, Sha256>;

mapping! {
    /// The account that the image runs as.
    pub struct User {
        /// The name of the account.
        name: UserName,
        /// Its user id; `local-dev` wants your own (`id -u`).
        uid: Id,
        /// Its group id; `local-dev` wants your own (`id -g`). The default, 0, lets any uid that is in group 0 write.
        gid: Id,
    }
}

mapping! {
    /// Packages added to the target.
    pub struct Packages {
        /// Debian packages, as `name` or `name=version`.
        apt: List<AptPackage>,
        /// Python requirements, such as `httpx==0.28.1`.
        pip: List<Requirement>,
        /// Requirement files in the build context, by their paths.
        requirements: List<ContextPath>,
    }
}

/// A list of values, each with its place.
pub type List<T> = Vec<Spanned<T>>;

/// Environment variables.
pub type EnvTable = Table<EnvName, Text>;
