//! A directory of the client.

use crate::caps;
use crate::meta::{Meta, meta_setters};
use crate::output::Output;
use crate::source::{Attributes, Need, SessionUse, SourceNode, json};

/// A directory of the client, by the name under which the client offers it.
///
/// ```
/// use buildkit_llb::{Differ, Local};
///
/// let spec = Local::new("dockerfile")
///     .follow_paths(["dynamo.yaml"])
///     .shared_key_hint("dockerfile")
///     .differ(Differ::None)
///     .name("[internal] load build definition from dynamo.yaml")
///     .output();
/// # assert!(!spec.is_scratch());
/// ```
#[derive(Clone, Debug)]
pub struct Local {
    name: String,
    session: String,
    unique: String,
    include_patterns: Vec<String>,
    exclude_patterns: Vec<String>,
    follow_paths: Vec<String>,
    shared_key_hint: String,
    differ: Option<Differ>,
    metadata_transfer: Option<MetadataTransfer>,
    meta: Meta,
}

/// How the client finds out what has to be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differ {
    /// It sends everything.
    None,
    /// It compares the metadata of the files.
    Metadata,
}

/// Sends the metadata of files only, not their content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataTransfer {
    /// Patterns of files whose content is sent nevertheless.
    pub exclude: Vec<String>,
}

impl Local {
    /// A directory by its name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            session: String::new(),
            unique: String::new(),
            include_patterns: Vec::new(),
            exclude_patterns: Vec::new(),
            follow_paths: Vec::new(),
            shared_key_hint: String::new(),
            differ: None,
            metadata_transfer: None,
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

    /// Sets what keeps the directory apart from others of its name where there is no
    /// session, instead of what is given for marshalling.
    #[must_use]
    pub fn unique(mut self, id: impl Into<String>) -> Self {
        self.unique = id.into();
        self
    }

    /// Sends only what matches one of these patterns.
    #[must_use]
    pub fn include_patterns<T: Into<String>>(mut self, list: impl IntoIterator<Item = T>) -> Self {
        self.include_patterns = list.into_iter().map(Into::into).collect();
        self
    }

    /// Does not send what matches these patterns; `!` takes back.
    #[must_use]
    pub fn exclude_patterns<T: Into<String>>(mut self, list: impl IntoIterator<Item = T>) -> Self {
        self.exclude_patterns = list.into_iter().map(Into::into).collect();
        self
    }

    /// Sends only these paths, and what their symlinks lead to. Wildcards count: see
    /// that a literal `*`, `?` or `[` is escaped.
    #[must_use]
    pub fn follow_paths<T: Into<String>>(mut self, list: impl IntoIterator<Item = T>) -> Self {
        self.follow_paths = list.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the key under which an earlier transfer is found and reused.
    #[must_use]
    pub fn shared_key_hint(mut self, hint: impl Into<String>) -> Self {
        self.shared_key_hint = hint.into();
        self
    }

    /// Sets how the client finds out what to send. Daemons that do not know it send
    /// by metadata, which is no harm.
    #[must_use]
    pub fn differ(mut self, differ: Differ) -> Self {
        self.differ = Some(differ);
        self
    }

    /// Sends metadata only.
    #[must_use]
    pub fn metadata_transfer(mut self, transfer: MetadataTransfer) -> Self {
        self.metadata_transfer = Some(transfer);
        self
    }

    /// The directory as it was sent.
    pub fn output(self) -> Output {
        let mut attrs = Attributes::default();
        let mut needs = vec![Need::Declared(caps::SOURCE_LOCAL)];
        attrs.set("local.session", self.session);
        attrs.set("local.unique", self.unique);
        attrs.set("local.sharedkeyhint", self.shared_key_hint);
        if attrs.has("local.sharedkeyhint") {
            needs.push(Need::Declared(caps::SOURCE_LOCAL_SHARED_KEY_HINT));
        }
        for (key, list, cap) in [
            // The key lacks its plural in the contract.
            (
                "local.includepattern",
                self.include_patterns,
                caps::SOURCE_LOCAL_INCLUDE_PATTERNS,
            ),
            (
                "local.excludepatterns",
                self.exclude_patterns,
                caps::SOURCE_LOCAL_EXCLUDE_PATTERNS,
            ),
            (
                "local.followpaths",
                self.follow_paths,
                caps::SOURCE_LOCAL_FOLLOW_PATHS,
            ),
        ] {
            if !list.is_empty() {
                attrs.set(key, json::strings(&list));
                needs.push(Need::Declared(cap));
            }
        }
        match self.differ {
            None => {}
            Some(Differ::None) => attrs.set("local.differ", "none"),
            Some(Differ::Metadata) => attrs.set("local.differ", "metadata"),
        }
        if let Some(transfer) = self.metadata_transfer {
            attrs.set("local.metadatatransfer", "true");
            if !transfer.exclude.is_empty() {
                attrs.set(
                    "local.metadatatransferexclude",
                    json::strings(&transfer.exclude),
                );
            }
            needs.push(Need::Declared(caps::SOURCE_LOCAL_METADATA_TRANSFER));
        }
        let node = SourceNode {
            identifier: format!("local://{}", self.name),
            attrs,
            needs,
            session: SessionUse::Local,
            per_platform: false,
        };
        node.output(self.meta, None)
    }
}
