//! What a person asks of a deployment.

use std::fmt;

use super::backend::Backend;
use super::dialect::{Dialect, OLDEST};
use super::file::Build;
use super::planes::{EventPlane, Mode, RequestPlane, Router};
use super::version::Version;
use crate::deploy::Gpus;

/// The version of Dynamo where nobody says one.
pub const ASSUMED: Version = Version(1, 0, 0);

/// What is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Model {
    /// One of Hugging Face, or a path inside the image.
    Named(String),
    /// A folder of this machine.
    Folder(String),
}

/// What a person asks of a deployment.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What it is for.
    pub mode: Mode,
    /// What computes; by default the engine of the image.
    pub backend: Option<Backend>,
    /// What is served.
    pub model: Model,
    /// The name of the deployment.
    pub name: Option<String>,
    /// The image, if another than the spec's last build.
    pub image: Option<String>,
    /// How Compose builds the image, if it is to.
    pub build: Option<Build>,
    /// The port of the machine.
    pub http_port: u16,
    /// GPUs of each backend.
    pub gpus: Option<Gpus>,
    /// How many backends.
    pub replicas: u32,
    /// How requests reach backends.
    pub request_plane: Option<RequestPlane>,
    /// How events reach the frontend.
    pub event_plane: Option<EventPlane>,
    /// By what the frontend chooses a backend.
    pub router: Router,
    /// The version of Dynamo, if another than the spec says.
    pub version: Option<Version>,
    /// Whether backends make do with a fifth of a small GPU.
    pub small_gpu: bool,
    /// Whether the GPUs are of the Blackwell generation.
    pub blackwell: bool,
    /// An image with NATS, if not the spec's.
    pub nats_image: Option<String>,
    /// An image with etcd, if not the spec's.
    pub etcd_image: Option<String>,
    /// The folder of this machine with the cache of Hugging Face.
    pub hf_cache: Option<String>,
    /// The number of the group `render` on this machine.
    pub render_group: Option<u32>,
    /// More arguments of the backend.
    pub backend_args: Vec<String>,
}

impl Wish {
    /// The version whose flags are written.
    pub(super) fn dialect(&self, of_spec: Option<&str>) -> Result<Dialect, Refusal> {
        let version = match (self.version, of_spec) {
            (Some(version), _) => version,
            (None, Some(text)) => text
                .parse()
                .map_err(|error: String| Refusal::new(error, "say it with `--dynamo-version`"))?,
            (None, None) => ASSUMED,
        };
        Dialect::of(version).ok_or_else(|| {
            Refusal::new(
                format!(
                    "Dynamo {version} is older than any whose flags are known; \
                     the oldest is {OLDEST}"
                ),
                "build a newer one, or name the release whose flags to write with `--dynamo-version`",
            )
        })
    }
}

/// A deployment that cannot be, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is in the way.
    pub message: String,
    /// What helps.
    pub help: String,
}

impl Refusal {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.message, self.help)
    }
}
