//! The image config document (`application/vnd.oci.image.config.v1+json` and
//! Docker's superset of it).
//!
//! Owns the top level. Unknown members survive; the bytes depend on nothing but
//! the value, because they become the image's digest.

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use super::json::{Extra, is_default, null_as_default};
use super::{ContainerConfig, History};

/// Members of Docker's old classic builder that describe how a layer was once
/// made. They are dropped on reading: a derived image would carry false history.
const DROPPED: [&str; 2] = ["container_config", "docker_version"];

/// An image config that could not be read.
#[derive(Debug, Error)]
#[error("invalid image config: {source}")]
pub struct ImageConfigError {
    #[from]
    source: serde_json::Error,
}

/// One image's config.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageConfig {
    /// Creation time as RFC 3339 text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Who made the image.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub author: String,
    /// CPU architecture in Go's naming.
    #[serde(default, deserialize_with = "null_as_default")]
    pub architecture: String,
    /// Variant of the architecture.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub variant: String,
    /// Operating system in Go's naming.
    #[serde(default, deserialize_with = "null_as_default")]
    pub os: String,
    /// Version of the operating system (Windows).
    #[serde(
        default,
        rename = "os.version",
        skip_serializing_if = "String::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub os_version: String,
    /// Required features of the operating system (Windows).
    #[serde(
        default,
        rename = "os.features",
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub os_features: Vec<String>,
    /// How a container of this image is started.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub config: ContainerConfig,
    /// The layers. `BuildKit`'s exporter always writes its own.
    #[serde(default, deserialize_with = "null_as_default")]
    pub rootfs: RootFs,
    /// One entry per step that made the image, oldest first.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub history: Vec<History>,
    /// Members without a typed field.
    #[serde(flatten, deserialize_with = "kept_extra")]
    pub extra: Extra,
}

/// The layer list of an image config.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RootFs {
    /// Always `layers`.
    #[serde(rename = "type", default = "layers")]
    pub kind: String,
    /// Digests of the uncompressed layers, lowest first.
    #[serde(default, deserialize_with = "null_as_default")]
    pub diff_ids: Vec<String>,
    /// Members without a typed field.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Default for RootFs {
    fn default() -> Self {
        Self {
            kind: layers(),
            diff_ids: Vec::new(),
            extra: Extra::new(),
        }
    }
}

impl ImageConfig {
    /// A config with nothing in it but the platform, which every image needs.
    pub fn new(os: impl Into<String>, architecture: impl Into<String>) -> Self {
        Self {
            os: os.into(),
            architecture: architecture.into(),
            ..Self::default()
        }
    }

    /// Reads a config document.
    pub fn parse(bytes: &[u8]) -> Result<Self, ImageConfigError> {
        Ok(serde_json::from_slice(bytes)?)
    }

    /// The document as bytes; equal configs give equal bytes.
    #[expect(
        clippy::missing_panics_doc,
        reason = "no value of this type can cause one"
    )]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("every map key of an image config is text")
    }

    /// What an image built on this one starts from: everything but the creation
    /// time, which is a fact about the base alone, and the instructions for builds on
    /// the base, of which this is one.
    pub fn derived(&self) -> Self {
        let mut derived = Self {
            created: None,
            ..self.clone()
        };
        derived.config.on_build.clear();
        derived
    }
}

fn layers() -> String {
    "layers".to_owned()
}

fn kept_extra<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Extra, D::Error> {
    let mut extra = Extra::deserialize(deserializer)?;
    extra.retain(|key, _| !DROPPED.contains(&key.as_str()));
    Ok(extra)
}
