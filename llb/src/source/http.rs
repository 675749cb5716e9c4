//! A file of a web server.

use crate::caps;
use crate::meta::{Meta, meta_setters};
use crate::output::Output;
use crate::source::{Attributes, FileAttributes, Need, SessionUse, SourceNode};

/// A tree that holds one downloaded file.
///
/// ```
/// use buildkit_llb::Http;
///
/// let archive = Http::new("https://example.com/tool.tar.gz")
///     .checksum("sha256:beefdbd8a1da6d2915566fde36db9db0b524eb737fc57cd1367effd16dc0d06d")
///     .filename("tool.tar.gz")
///     .output();
/// # assert!(!archive.is_scratch());
/// ```
#[derive(Clone, Debug)]
pub struct Http {
    url: String,
    checksum: String,
    file: FileAttributes,
    auth_header_secret: String,
    accept: String,
    user_agent: String,
    signature: Option<HttpSignature>,
    meta: Meta,
}

/// A detached signature that the file must bear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpSignature {
    /// The armoured public key.
    pub public_key: String,
    /// The armoured signature.
    pub signature: String,
}

impl Http {
    /// The file at a URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            checksum: String::new(),
            file: FileAttributes::default(),
            auth_header_secret: String::new(),
            accept: String::new(),
            user_agent: String::new(),
            signature: None,
            meta: Meta::default(),
        }
    }

    meta_setters!();

    /// Fails the build unless the content has this digest, `sha256:…`.
    #[must_use]
    pub fn checksum(mut self, digest: impl Into<String>) -> Self {
        self.checksum = digest.into();
        self
    }

    /// Sets the name of the file, instead of one derived from the answer or the URL.
    #[must_use]
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.file.filename = name.into();
        self
    }

    /// Sets the permission bits of the file, instead of 0600.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> Self {
        self.file.mode = Some(mode);
        self
    }

    /// Sets the owner of the file, instead of root.
    #[must_use]
    pub fn owner(mut self, uid: u32, gid: u32) -> Self {
        self.file.uid = Some(uid);
        self.file.gid = Some(gid);
        self
    }

    /// Names the client's secret that holds the `Authorization` header.
    #[must_use]
    pub fn auth_header_secret(mut self, id: impl Into<String>) -> Self {
        self.auth_header_secret = id.into();
        self
    }

    /// Sets the `Accept` header.
    #[must_use]
    pub fn accept(mut self, value: impl Into<String>) -> Self {
        self.accept = value.into();
        self
    }

    /// Sets the `User-Agent` header.
    #[must_use]
    pub fn user_agent(mut self, value: impl Into<String>) -> Self {
        self.user_agent = value.into();
        self
    }

    /// Fails the build unless the content bears a signature.
    #[must_use]
    pub fn signature(mut self, signature: HttpSignature) -> Self {
        self.signature = Some(signature);
        self
    }

    /// The tree that holds the file.
    pub fn output(self) -> Output {
        let mut attrs = Attributes::default();
        self.file.write(&mut attrs);
        attrs.set("http.checksum", self.checksum);
        attrs.set("http.authheadersecret", self.auth_header_secret);
        attrs.set("http.header.accept", self.accept);
        attrs.set("http.header.user-agent", self.user_agent);
        if let Some(signature) = self.signature {
            attrs.set("http.sig.pubkey", signature.public_key);
            attrs.set("http.sig.signature", signature.signature);
        }
        let node = SourceNode {
            identifier: self.url,
            needs: needs(&attrs),
            attrs,
            session: SessionUse::None,
            per_platform: false,
        };
        node.output(self.meta, None)
    }
}

/// Each attribute, once it is there, needs its capability.
fn needs(attrs: &Attributes) -> Vec<Need> {
    let table = [
        ("http.checksum", caps::SOURCE_HTTP_CHECKSUM),
        ("http.perm", caps::SOURCE_HTTP_PERM),
        ("http.uid", caps::SOURCE_HTTP_UID_GID),
        ("http.gid", caps::SOURCE_HTTP_UID_GID),
        ("http.authheadersecret", caps::SOURCE_HTTP_AUTH),
        ("http.header.accept", caps::SOURCE_HTTP_HEADER),
        ("http.header.user-agent", caps::SOURCE_HTTP_HEADER),
        ("http.sig.pubkey", caps::SOURCE_HTTP_SIGNATURE_VERIFY),
        ("http.sig.signature", caps::SOURCE_HTTP_SIGNATURE_VERIFY),
    ];
    let used = table.into_iter().filter(|(key, _)| attrs.has(key));
    let used = used.map(|(_, cap)| Need::Declared(cap));
    std::iter::once(Need::Declared(caps::SOURCE_HTTP))
        .chain(used)
        .collect()
}
