//! An image in a registry.

use crate::caps;
use crate::meta::{Meta, meta_setters};
use crate::output::Output;
use crate::platform::Platform;
use crate::source::{Attributes, Need, SessionUse, SourceNode};

/// The file system of an image in a registry.
///
/// ```
/// use buildkit_llb::{Image, Platform};
///
/// let base = Image::new("docker.io/library/debian:12")
///     .platform(Platform::parse("linux/arm64").unwrap())
///     .name("the base image")
///     .output();
/// assert_eq!(base.platform().unwrap().to_string(), "linux/arm64");
/// ```
#[derive(Clone, Debug)]
pub struct Image {
    reference: String,
    resolve_mode: ResolveMode,
    record_type: Option<RecordType>,
    layer_limit: Option<u32>,
    checksum: String,
    platform: Option<Platform>,
    meta: Meta,
}

/// When the registry is asked although the image is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResolveMode {
    /// As the daemon sees fit.
    #[default]
    Default,
    /// Always.
    ForcePull,
    /// Only if it is not there.
    PreferLocal,
}

impl ResolveMode {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::ForcePull => "pull",
            Self::PreferLocal => "local",
        }
    }
}

/// What the cache record of an image is filed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordType {
    /// An image the build needs for itself.
    Internal,
    /// The image of a frontend.
    Frontend,
}

impl Image {
    /// An image by its full reference: with domain, and with tag, digest or both.
    pub fn new(reference: impl Into<String>) -> Self {
        Self {
            reference: reference.into(),
            resolve_mode: ResolveMode::Default,
            record_type: None,
            layer_limit: None,
            checksum: String::new(),
            platform: None,
            meta: Meta::default(),
        }
    }

    meta_setters!();

    /// Sets the platform, instead of the default of marshalling.
    #[must_use]
    pub fn platform(mut self, platform: Platform) -> Self {
        self.platform = Some(platform);
        self
    }

    /// Sets when the registry is asked.
    #[must_use]
    pub fn resolve_mode(mut self, mode: ResolveMode) -> Self {
        self.resolve_mode = mode;
        self
    }

    /// Sets what the cache record is filed as.
    #[must_use]
    pub fn record_type(mut self, record_type: RecordType) -> Self {
        self.record_type = Some(record_type);
        self
    }

    /// Uses only that many layers, from the lowest.
    #[must_use]
    pub fn layer_limit(mut self, layers: u32) -> Self {
        self.layer_limit = Some(layers);
        self
    }

    /// Fails the build unless the image has this digest.
    #[must_use]
    pub fn checksum(mut self, digest: impl Into<String>) -> Self {
        self.checksum = digest.into();
        self
    }

    /// The file system of the image.
    pub fn output(self) -> Output {
        let mut attrs = Attributes::default();
        let mut needs = vec![Need::Declared(caps::SOURCE_IMAGE)];
        match self.resolve_mode {
            ResolveMode::Default => {}
            ResolveMode::ForcePull => {
                attrs.set("image.resolvemode", self.resolve_mode.as_str());
                needs.push(Need::Declared(caps::SOURCE_IMAGE_RESOLVE_MODE));
            }
            // A daemon that does not know it does no harm by ignoring it.
            ResolveMode::PreferLocal => {
                attrs.set("image.resolvemode", self.resolve_mode.as_str());
            }
        }
        match self.record_type {
            None => {}
            Some(RecordType::Internal) => attrs.set("image.recordtype", "internal"),
            Some(RecordType::Frontend) => attrs.set("image.recordtype", "frontend"),
        }
        if let Some(layers) = self.layer_limit {
            attrs.set("image.layerlimit", layers.to_string());
            needs.push(Need::Declared(caps::SOURCE_IMAGE_LAYER_LIMIT));
        }
        if !self.checksum.is_empty() {
            attrs.set("image.checksum", self.checksum);
            needs.push(Need::Declared(caps::SOURCE_IMAGE_CHECKSUM));
        }
        let node = SourceNode {
            identifier: format!("docker-image://{}", self.reference),
            attrs,
            needs,
            session: SessionUse::None,
            per_platform: true,
        };
        node.output(self.meta, self.platform)
    }
}
