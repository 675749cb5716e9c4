//! One blob of a registry or of an OCI layout, as a file.

use crate::caps;
use crate::meta::{Meta, meta_setters};
use crate::output::Output;
use crate::source::{Attributes, FileAttributes, Need, SessionUse, SourceNode};

/// A tree that holds one blob as a file.
#[derive(Clone, Debug)]
pub struct Blob {
    identifier: String,
    session_use: SessionUse,
    session: String,
    store: String,
    file: FileAttributes,
    meta: Meta,
}

impl Blob {
    /// A blob in a registry, by `repository@digest`.
    pub fn registry(reference: &str) -> Self {
        Self::new(format!("docker-image+blob://{reference}"), SessionUse::None)
    }

    /// A blob in an OCI layout of the client, by `name@digest`.
    pub fn oci_layout(reference: &str) -> Self {
        Self::new(
            format!("oci-layout+blob://{reference}"),
            SessionUse::OciLayout,
        )
    }

    fn new(identifier: String, session_use: SessionUse) -> Self {
        Self {
            identifier,
            session_use,
            session: String::new(),
            store: String::new(),
            file: FileAttributes::default(),
            meta: Meta::default(),
        }
    }

    meta_setters!();

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

    /// Sets the name of the file.
    #[must_use]
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.file.filename = name.into();
        self
    }

    /// Sets the permission bits of the file.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> Self {
        self.file.mode = Some(mode);
        self
    }

    /// Sets the owner of the file.
    #[must_use]
    pub fn owner(mut self, uid: u32, gid: u32) -> Self {
        self.file.uid = Some(uid);
        self.file.gid = Some(gid);
        self
    }

    /// The tree that holds the file.
    pub fn output(self) -> Output {
        let mut attrs = Attributes::default();
        self.file.write(&mut attrs);
        attrs.set("oci.session", self.session);
        attrs.set("oci.store", self.store);
        let node = SourceNode {
            identifier: self.identifier,
            attrs,
            needs: vec![Need::Declared(caps::SOURCE_IMAGE_BLOB)],
            session: self.session_use,
            per_platform: false,
        };
        node.output(self.meta, None)
    }
}
