//! Operations that bring something in from outside: images, git repositories, files of
//! a web server, directories of the client.
//!
//! Each kind is a builder that ends in an [`Output`]; here is what
//! they share. All of them are an identifier with attributes on the wire.

mod blob;
mod git;
mod http;
mod image;
mod json;
mod local;
mod oci_layout;

use std::collections::BTreeMap;

use buildkit_proto::pb;

use crate::caps;
use crate::marshal::{Context, Encoded, Reason};
use crate::meta::Meta;
use crate::node::{Kind, Node};
use crate::output::Output;
use crate::platform::Platform;

pub use blob::Blob;
pub use git::{Git, GitMtime, GitRemote, GitSignature};
pub use http::{Http, HttpSignature};
pub use image::{Image, RecordType, ResolveMode};
pub use local::{Differ, Local, MetadataTransfer};
pub use oci_layout::OciLayout;

/// A source, ready to be encoded.
pub(crate) struct SourceNode {
    identifier: String,
    attrs: Attributes,
    needs: Vec<Need>,
    session: SessionUse,
    per_platform: bool,
}

/// A capability that a source needs.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// Needed and declared in the metadata.
    Declared(&'static str),
    /// Needed, though the Go client never declares it.
    Checked(&'static str),
}

/// Whether, and how, a source is read from the client's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionUse {
    None,
    Local,
    OciLayout,
}

/// Attributes of a source. An empty value is the same as none: on the wire it would
/// be one byte sequence in Go and another in prost.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes(BTreeMap<String, String>);

impl Attributes {
    pub(crate) fn set(&mut self, key: &str, value: impl Into<String>) {
        let value = value.into();
        if value.is_empty() {
            self.0.remove(key);
        } else {
            self.0.insert(key.to_owned(), value);
        }
    }

    fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}

/// What the files of a source look like that is a single file.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileAttributes {
    pub(crate) filename: String,
    pub(crate) mode: Option<u32>,
    pub(crate) uid: Option<u32>,
    pub(crate) gid: Option<u32>,
}

impl FileAttributes {
    pub(crate) fn write(&self, attrs: &mut Attributes) {
        attrs.set("http.filename", self.filename.as_str());
        attrs.set(
            "http.perm",
            self.mode
                .map_or_else(String::new, |mode| format!("0{mode:o}")),
        );
        // Zero is what the daemon takes anyway, and what the Go client leaves out.
        let id = |id: Option<u32>| {
            id.filter(|id| *id != 0)
                .map_or_else(String::new, |id| id.to_string())
        };
        attrs.set("http.uid", id(self.uid));
        attrs.set("http.gid", id(self.gid));
    }
}

impl SourceNode {
    pub(crate) fn output(self, meta: Meta, platform: Option<Platform>) -> Output {
        Output::of(Node {
            kind: Kind::Source(self),
            inputs: Vec::new(),
            meta,
            platform,
        })
    }

    pub(crate) fn encode(&self, context: &mut Context<'_>) -> Result<Encoded, Reason> {
        for need in &self.needs {
            match need {
                Need::Declared(cap) => context.require(cap)?,
                Need::Checked(cap) => context.check(cap)?,
            }
        }
        let mut attrs = self.attrs.clone();
        self.join_session(&mut attrs, context)?;
        let source = pb::SourceOp {
            identifier: self.identifier.clone(),
            attrs: attrs.0,
        };
        Ok(Encoded {
            platform: self.per_platform.then(|| context.platform()),
            ..Encoded::new(pb::op::Op::Source(source))
        })
    }

    fn join_session(
        &self,
        attrs: &mut Attributes,
        context: &mut Context<'_>,
    ) -> Result<(), Reason> {
        let session = context.options().session.clone();
        match self.session {
            SessionUse::None => {}
            SessionUse::OciLayout => {
                if let (false, Some(session)) = (attrs.has("oci.session"), session) {
                    attrs.set("oci.session", session);
                }
            }
            SessionUse::Local => {
                if !attrs.has("local.session") {
                    attrs.set("local.session", session.unwrap_or_default());
                }
                if attrs.has("local.session") {
                    return context.require(caps::SOURCE_LOCAL_SESSION_ID);
                }
                if !attrs.has("local.unique") {
                    let unique = context.options().local_unique.clone();
                    attrs.set("local.unique", unique.unwrap_or_default());
                }
                if attrs.has("local.unique") {
                    context.require(caps::SOURCE_LOCAL_UNIQUE)?;
                }
            }
        }
        Ok(())
    }
}
