//! What a step borrows from the client and must not keep: secrets and SSH agents.

/// A secret of the client as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretFile {
    pub(super) id: String,
    pub(super) target: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) mode: u32,
    pub(super) optional: bool,
}

impl SecretFile {
    /// A secret by its id, at `/run/secrets/` and the last part of the id, readable by
    /// its owner.
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        let base = id
            .rsplit('/')
            .find(|part| !part.is_empty())
            .unwrap_or_default();
        Self {
            target: format!("/run/secrets/{base}"),
            id,
            uid: 0,
            gid: 0,
            mode: 0o400,
            optional: false,
        }
    }

    /// Sets the path of the file.
    #[must_use]
    pub fn target(mut self, path: impl Into<String>) -> Self {
        self.target = path.into();
        self
    }

    /// Sets the owner of the file, instead of root.
    #[must_use]
    pub fn owner(mut self, uid: u32, gid: u32) -> Self {
        (self.uid, self.gid) = (uid, gid);
        self
    }

    /// Sets the permission bits of the file, instead of 0400.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// Runs the step without the file if the client has no such secret.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

/// A secret of the client as an environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretEnv {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) optional: bool,
}

impl SecretEnv {
    /// A secret by its id, in a variable.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            optional: false,
        }
    }

    /// Runs the step without the variable if the client has no such secret.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

/// An SSH agent of the client as a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SshSocket {
    pub(super) id: String,
    pub(super) target: Option<String>,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) mode: u32,
    pub(super) optional: bool,
}

impl Default for SshSocket {
    fn default() -> Self {
        Self::new("default")
    }
}

impl SshSocket {
    /// An agent by its id, at a path of its own under `/run/buildkit`.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            target: None,
            uid: 0,
            gid: 0,
            mode: 0o600,
            optional: false,
        }
    }

    /// Sets the path of the socket.
    #[must_use]
    pub fn target(mut self, path: impl Into<String>) -> Self {
        self.target = Some(path.into());
        self
    }

    /// Sets the owner of the socket, instead of root.
    #[must_use]
    pub fn owner(mut self, uid: u32, gid: u32) -> Self {
        (self.uid, self.gid) = (uid, gid);
        self
    }

    /// Sets the permission bits of the socket, instead of 0600.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// Runs the step without the socket if the client has no such agent.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}
