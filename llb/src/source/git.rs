//! A commit of a git repository.

use crate::caps;
use crate::meta::{Meta, meta_setters};
use crate::output::Output;
use crate::path;
use crate::source::{Attributes, Need, SessionUse, SourceNode};

mod remote;

pub use remote::GitRemote;

/// The files of a commit.
///
/// ```
/// use buildkit_llb::Git;
///
/// let docs = Git::new("https://github.com/moby/buildkit.git")
///     .reference("v0.11.6")
///     .subdir("docs")
///     .output();
/// # assert!(!docs.is_scratch());
/// ```
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent flags of the contract"
)]
#[derive(Clone, Debug)]
pub struct Git {
    remote: GitRemote,
    reference: String,
    subdir: String,
    keep_git_dir: bool,
    auth_token_secret: Option<String>,
    auth_header_secret: Option<String>,
    known_ssh_hosts: String,
    ssh_socket: String,
    checksum: String,
    skip_submodules: bool,
    mtime: Option<GitMtime>,
    fetch_by_commit: bool,
    bundle: Option<(String, String, String)>,
    checkout_bundle: bool,
    signature: Option<GitSignature>,
    meta: Meta,
}

/// The modification time of checked out files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitMtime {
    /// When they were checked out.
    Checkout,
    /// The time of the commit.
    Commit,
}

/// A signature that the commit or tag must bear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitSignature {
    /// The armoured public key, or SSH public keys.
    pub public_key: String,
    /// Refuse a signature whose key has expired.
    pub reject_expired: bool,
    /// The tag itself must be signed.
    pub require_signed_tag: bool,
    /// Only the commit counts.
    pub ignore_signed_tag: bool,
}

impl Git {
    /// A repository by its URL: `https://`, `ssh://`, `git://` or `user@host:path`.
    /// Without a protocol it is taken as `https://`.
    pub fn new(url: &str) -> Self {
        Self {
            remote: GitRemote::parse(url),
            reference: String::new(),
            subdir: String::new(),
            keep_git_dir: false,
            auth_token_secret: None,
            auth_header_secret: None,
            known_ssh_hosts: String::new(),
            ssh_socket: String::new(),
            checksum: String::new(),
            skip_submodules: false,
            mtime: None,
            fetch_by_commit: false,
            bundle: None,
            checkout_bundle: false,
            signature: None,
            meta: Meta::default(),
        }
    }

    meta_setters!();

    /// Sets the branch, tag or commit, instead of the default branch.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = reference.into();
        self
    }

    /// Takes only a directory of the repository.
    #[must_use]
    pub fn subdir(mut self, path: &str) -> Self {
        path::clean(path)[1..].clone_into(&mut self.subdir);
        self
    }

    /// Keeps the directory `.git`.
    #[must_use]
    pub fn keep_git_dir(mut self) -> Self {
        self.keep_git_dir = true;
        self
    }

    /// Names the client's secret that holds a token, instead of `GIT_AUTH_TOKEN`.
    #[must_use]
    pub fn auth_token_secret(mut self, id: impl Into<String>) -> Self {
        self.auth_token_secret = Some(id.into());
        self
    }

    /// Names the client's secret that holds the `Authorization` header, instead of
    /// `GIT_AUTH_HEADER`.
    #[must_use]
    pub fn auth_header_secret(mut self, id: impl Into<String>) -> Self {
        self.auth_header_secret = Some(id.into());
        self
    }

    /// Adds a line of an SSH `known_hosts` file. Nothing is looked up here, so that
    /// without one the daemon knows no host.
    #[must_use]
    pub fn known_ssh_hosts(mut self, line: &str) -> Self {
        self.known_ssh_hosts.push_str(line.trim_end_matches('\n'));
        self.known_ssh_hosts.push('\n');
        self
    }

    /// Names the SSH agent of the client, instead of `default`.
    #[must_use]
    pub fn ssh_socket(mut self, id: impl Into<String>) -> Self {
        self.ssh_socket = id.into();
        self
    }

    /// Fails the build unless the reference is at this commit.
    #[must_use]
    pub fn checksum(mut self, commit: impl Into<String>) -> Self {
        self.checksum = commit.into();
        self
    }

    /// Leaves submodules out.
    #[must_use]
    pub fn skip_submodules(mut self) -> Self {
        self.skip_submodules = true;
        self
    }

    /// Sets the modification time of the files.
    #[must_use]
    pub fn mtime(mut self, mtime: GitMtime) -> Self {
        self.mtime = Some(mtime);
        self
    }

    /// Fetches the commit given as checksum without asking where the reference is.
    #[must_use]
    pub fn fetch_by_commit(mut self) -> Self {
        self.fetch_by_commit = true;
        self
    }

    /// Takes the objects from a bundle in an OCI layout of the client.
    #[must_use]
    pub fn bundle(
        mut self,
        reference: impl Into<String>,
        session: impl Into<String>,
        store: impl Into<String>,
    ) -> Self {
        self.bundle = Some((reference.into(), session.into(), store.into()));
        self
    }

    /// Leaves a bundle of the commit instead of its files.
    #[must_use]
    pub fn checkout_bundle(mut self) -> Self {
        self.checkout_bundle = true;
        self
    }

    /// Fails the build unless the commit or tag bears a signature.
    #[must_use]
    pub fn signature(mut self, signature: GitSignature) -> Self {
        self.signature = Some(signature);
        self
    }

    /// The files of the commit.
    pub fn output(self) -> Output {
        let mut attrs = Attributes::default();
        let mut needs = vec![Need::Declared(caps::SOURCE_GIT)];
        self.write_remote(&mut attrs, &mut needs);
        self.write_checkout(&mut attrs, &mut needs);
        let node = SourceNode {
            identifier: self.identifier(),
            attrs,
            needs,
            // Only a bundle is read from the client.
            session: self
                .bundle
                .as_ref()
                .map_or(SessionUse::None, |_| SessionUse::OciLayout),
            per_platform: false,
        };
        node.output(self.meta, None)
    }

    /// The same for every protocol, so that a commit is in the cache once.
    fn identifier(&self) -> String {
        let mut id = format!("git://{}", self.remote.identity());
        if !self.reference.is_empty() || !self.subdir.is_empty() {
            id.push('#');
            id.push_str(&self.reference);
        }
        if !self.subdir.is_empty() {
            id.push(':');
            id.push_str(&self.subdir);
        }
        id
    }

    fn write_remote(&self, attrs: &mut Attributes, needs: &mut Vec<Need>) {
        attrs.set("git.fullurl", self.remote.url());
        needs.push(Need::Declared(caps::SOURCE_GIT_FULL_URL));
        // The usual names are offered to the daemon in any case; only others are new
        // enough to need the capability.
        for (key, secret, usual) in [
            (
                "git.authtokensecret",
                &self.auth_token_secret,
                "GIT_AUTH_TOKEN",
            ),
            (
                "git.authheadersecret",
                &self.auth_header_secret,
                "GIT_AUTH_HEADER",
            ),
        ] {
            attrs.set(key, secret.as_deref().unwrap_or(usual));
            if secret.is_some() {
                needs.push(Need::Declared(caps::SOURCE_GIT_HTTP_AUTH));
            }
        }
        if self.remote.is_ssh() {
            attrs.set("git.knownsshhosts", self.known_ssh_hosts.as_str());
            let socket = &self.ssh_socket;
            attrs.set(
                "git.mountsshsock",
                if socket.is_empty() { "default" } else { socket },
            );
            needs.push(Need::Declared(caps::SOURCE_GIT_KNOWN_SSH_HOSTS));
            needs.push(Need::Declared(caps::SOURCE_GIT_MOUNT_SSH_SOCK));
        }
        if let Some((reference, session, store)) = &self.bundle {
            attrs.set("git.bundle", reference.as_str());
            attrs.set("oci.session", session.as_str());
            attrs.set("oci.store", store.as_str());
            needs.push(Need::Declared(caps::SOURCE_GIT_BUNDLE));
        }
    }

    fn write_checkout(&self, attrs: &mut Attributes, needs: &mut Vec<Need>) {
        let signature = self.signature.clone().unwrap_or_default();
        let mtime = self.mtime.map_or("", |mtime| match mtime {
            GitMtime::Checkout => "checkout",
            GitMtime::Commit => "commit",
        });
        let yes = |flag: bool| if flag { "true" } else { "" };
        for (key, value, cap) in [
            (
                "git.keepgitdir",
                yes(self.keep_git_dir),
                caps::SOURCE_GIT_KEEP_DIR,
            ),
            ("git.checksum", &self.checksum, caps::SOURCE_GIT_CHECKSUM),
            (
                "git.skipsubmodules",
                yes(self.skip_submodules),
                caps::SOURCE_GIT_SKIP_SUBMODULES,
            ),
            ("git.mtime", mtime, caps::SOURCE_GIT_MTIME),
            (
                "git.fetchbycommit",
                yes(self.fetch_by_commit),
                caps::SOURCE_GIT_FETCH_BY_COMMIT,
            ),
            (
                "git.checkoutbundle",
                yes(self.checkout_bundle),
                caps::SOURCE_GIT_CHECKOUT_BUNDLE,
            ),
            (
                "git.sig.pubkey",
                &signature.public_key,
                caps::SOURCE_GIT_SIGNATURE_VERIFY,
            ),
            (
                "git.sig.rejectexpired",
                yes(signature.reject_expired),
                caps::SOURCE_GIT_SIGNATURE_VERIFY,
            ),
            (
                "git.sig.requiresignedtag",
                yes(signature.require_signed_tag),
                caps::SOURCE_GIT_SIGNATURE_VERIFY,
            ),
            (
                "git.sig.ignoresignedtag",
                yes(signature.ignore_signed_tag),
                caps::SOURCE_GIT_SIGNATURE_VERIFY,
            ),
        ] {
            if !value.is_empty() {
                attrs.set(key, value);
                needs.push(Need::Declared(cap));
            }
        }
        if !self.subdir.is_empty() {
            needs.push(Need::Checked(caps::SOURCE_GIT_SUBDIR));
        }
    }
}
