//! An image in an OCI layout that the client holds.

use crate::caps;
use crate::meta::{Meta, meta_setters};
use crate::output::Output;
use crate::platform::Platform;
use crate::source::{Attributes, Need, SessionUse, SourceNode};

/// The file system of an image in an OCI layout that the client holds.
#[derive(Clone, Debug)]
pub struct OciLayout {
    reference: String,
    session: String,
    store: String,
    layer_limit: Option<u32>,
    platform: Option<Platform>,
    meta: Meta,
}

impl OciLayout {
    /// An image by `name@digest`; the digest is mandatory.
    pub fn new(reference: impl Into<String>) -> Self {
        Self {
            reference: reference.into(),
            session: String::new(),
            store: String::new(),
            layer_limit: None,
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

    /// Sets the session of the client, instead of the one given for marshalling.
    #[must_use]
    pub fn session(mut self, id: impl Into<String>) -> Self {
        self.session = id.into();
        self
    }

    /// Sets the id under which the client offers the layout.
    #[must_use]
    pub fn store(mut self, id: impl Into<String>) -> Self {
        self.store = id.into();
        self
    }

    /// Uses only that many layers, from the lowest.
    #[must_use]
    pub fn layer_limit(mut self, layers: u32) -> Self {
        self.layer_limit = Some(layers);
        self
    }

    /// The file system of the image.
    pub fn output(self) -> Output {
        let mut attrs = Attributes::default();
        attrs.set("oci.session", self.session);
        attrs.set("oci.store", self.store);
        if let Some(layers) = self.layer_limit {
            attrs.set("oci.layerlimit", layers.to_string());
        }
        let node = SourceNode {
            identifier: format!("oci-layout://{}", self.reference),
            attrs,
            needs: vec![Need::Declared(caps::SOURCE_OCI_LAYOUT)],
            session: SessionUse::OciLayout,
            per_platform: true,
        };
        node.output(self.meta, self.platform)
    }
}
