//! Running a process.
//!
//! [`Exec`] describes the process and its mounts; [`Exec::run`] ends the description
//! and gives the trees it leaves. How that becomes bytes is in `encode`.

mod encode;
mod layout;
mod mount;
mod process;
mod secret;

use std::sync::Arc;

use crate::meta::{Meta, Resources, meta_setters};
use crate::node::{Kind, Node};
use crate::output::{Edge, Output};
use crate::platform::Platform;

pub(crate) use encode::ExecNode;
pub use mount::{ContentCache, Mount, Sharing};
pub use process::{Network, ProxyEnv, Security, Ulimit};
pub use secret::{SecretEnv, SecretFile, SshSocket};

use mount::MountKind;
use process::Process;

/// A process to run, with what it sees.
///
/// ```
/// use buildkit_llb::{Exec, Image, Mount, Output, SecretFile, Sharing};
///
/// let base = Image::new("docker.io/library/python:3.12").output();
/// let installed = Exec::new(["pip", "install", "--target", "/out", "requests"])
///     .root(&base)
///     .mount(Mount::cache("/root/.cache/pip", "pip").sharing(Sharing::Locked))
///     .mount(Mount::writable("/out", &Output::scratch()))
///     .secret(SecretFile::new("pip-config").target("/etc/pip.conf").optional())
///     .name("install requests")
///     .run();
/// let tree = installed.output("/out").expect("mounted writable above");
/// # assert!(!tree.is_scratch());
/// ```
#[derive(Clone, Debug)]
pub struct Exec {
    process: Process,
    mounts: Vec<Mount>,
    secrets: Vec<SecretFile>,
    secret_env: Vec<SecretEnv>,
    ssh: Vec<SshSocket>,
    platform: Option<Platform>,
    meta: Meta,
}

impl Exec {
    /// A process by its arguments, the first of which is the program.
    pub fn new<T: Into<String>>(args: impl IntoIterator<Item = T>) -> Self {
        let process = Process {
            args: args.into_iter().map(Into::into).collect(),
            cwd: "/".to_owned(),
            ..Process::default()
        };
        Self {
            process,
            mounts: vec![Mount::writable("/", &Output::scratch())],
            secrets: Vec::new(),
            secret_env: Vec::new(),
            ssh: Vec::new(),
            platform: None,
            meta: Meta::default(),
        }
    }

    /// A script for `/bin/sh -c`.
    pub fn shell(script: impl Into<String>) -> Self {
        Self::new(["/bin/sh".to_owned(), "-c".to_owned(), script.into()])
    }

    meta_setters!();

    /// Sets the platform, instead of that of the root or the default of marshalling.
    #[must_use]
    pub fn platform(mut self, platform: Platform) -> Self {
        self.platform = Some(platform);
        self
    }

    /// Sets the tree the process runs in; what it becomes is [`Executed::root`].
    #[must_use]
    pub fn root(self, tree: &Output) -> Self {
        self.mount(Mount::writable("/", tree))
    }

    /// Sets the tree the process runs in, and keeps it as it is.
    #[must_use]
    pub fn read_only_root(self, tree: &Output) -> Self {
        self.mount(Mount::read_only("/", tree))
    }

    /// Adds a mount, in place of an earlier one at the same path.
    #[must_use]
    pub fn mount(mut self, mount: Mount) -> Self {
        match self
            .mounts
            .iter_mut()
            .find(|earlier| earlier.dest == mount.dest)
        {
            Some(earlier) => *earlier = mount,
            None => self.mounts.push(mount),
        }
        self
    }

    /// Sets the size of `/dev/shm`. A daemon that cannot limit it has its own default,
    /// so there the mount is dropped.
    #[must_use]
    pub fn shm_size(self, bytes: u64) -> Self {
        self.mount(Mount::shared_memory(bytes))
    }

    /// Adds a secret as a file.
    #[must_use]
    pub fn secret(mut self, secret: SecretFile) -> Self {
        self.secrets.push(secret);
        self
    }

    /// Adds a secret as an environment variable.
    #[must_use]
    pub fn secret_env(mut self, secret: SecretEnv) -> Self {
        self.secret_env.push(secret);
        self
    }

    /// Adds an SSH agent of the client. `SSH_AUTH_SOCK` points to the first one unless
    /// it is set.
    #[must_use]
    pub fn ssh(mut self, socket: SshSocket) -> Self {
        self.ssh.push(socket);
        self
    }

    /// Sets the working directory, instead of `/`.
    #[must_use]
    pub fn cwd(mut self, path: impl Into<String>) -> Self {
        self.process.cwd = path.into();
        self
    }

    /// Sets the user, by name or number, with an optional group after a colon.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.process.user = user.into();
        self
    }

    /// Sets an environment variable. One that was set before is set anew, at the end.
    #[must_use]
    pub fn env(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.process.set_env(key.into(), value.into());
        self
    }

    /// Sets many environment variables, in order.
    #[must_use]
    pub fn envs<K: Into<String>, V: Into<String>>(
        self,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        variables
            .into_iter()
            .fold(self, |exec, (key, value)| exec.env(key, value))
    }

    /// Sets the proxy variables, which are kept out of the cache key.
    #[must_use]
    pub fn proxy_env(mut self, proxy: ProxyEnv) -> Self {
        self.process.proxy = Some(proxy);
        self
    }

    /// Adds a line to `/etc/hosts`.
    #[must_use]
    pub fn extra_host(mut self, host: impl Into<String>, ip: std::net::IpAddr) -> Self {
        self.process.extra_hosts.push((host.into(), ip));
        self
    }

    /// Sets the host name.
    #[must_use]
    pub fn hostname(mut self, name: impl Into<String>) -> Self {
        self.process.hostname = name.into();
        self
    }

    /// Adds a resource limit of the process; dropped where the daemon cannot set it.
    #[must_use]
    pub fn ulimit(mut self, ulimit: Ulimit) -> Self {
        self.process.ulimits.push(ulimit);
        self
    }

    /// Sets the parent control group; dropped where the daemon cannot set it.
    #[must_use]
    pub fn cgroup_parent(mut self, parent: impl Into<String>) -> Self {
        self.process.cgroup_parent = parent.into();
        self
    }

    /// Limits memory and processor time; dropped where the daemon cannot.
    #[must_use]
    pub fn resources(mut self, resources: Resources) -> Self {
        self.process.resources = Some(resources);
        self
    }

    /// Sets which exit codes are no failure, instead of 0 alone.
    #[must_use]
    pub fn valid_exit_codes(mut self, codes: impl IntoIterator<Item = u8>) -> Self {
        self.process.valid_exit_codes = codes.into_iter().map(i32::from).collect();
        self
    }

    /// Sets the network, instead of the sandboxed one.
    #[must_use]
    pub fn network(mut self, network: Network) -> Self {
        self.process.network = network;
        self
    }

    /// Sets how far the process is confined.
    #[must_use]
    pub fn security(mut self, security: Security) -> Self {
        self.process.security = security;
        self
    }

    /// Adds a device by its name in the Container Device Interface; dropped where the
    /// daemon cannot hand it over.
    #[must_use]
    pub fn cdi_device(mut self, name: impl Into<String>, optional: bool) -> Self {
        self.process.cdi_devices.push((name.into(), optional));
        self
    }

    /// Ends the description.
    pub fn run(mut self) -> Executed {
        let root = self.mounts.iter().find(|mount| mount.dest == "/");
        let inherited = root.and_then(|mount| mount.source.platform().cloned());
        let mut inputs = Vec::new();
        let mounts = self
            .mounts
            .drain(..)
            .map(|mount| mount.seal(&mut inputs))
            .collect();
        let node = ExecNode {
            process: self.process,
            mounts,
            secrets: self.secrets,
            secret_env: self.secret_env,
            ssh: self.ssh,
        };
        let platform = self.platform.or(inherited);
        let kind = Kind::Exec(Box::new(node));
        let node = Arc::new(Node {
            kind,
            inputs,
            meta: self.meta,
            platform,
        });
        Executed(Edge { node, slot: 0 })
    }
}

/// A process that is run: the trees it leaves.
#[derive(Clone, Debug)]
pub struct Executed(Edge);

impl Executed {
    /// What became of the root. A root that is read-only stays what it was.
    pub fn root(&self) -> Output {
        self.output("/").unwrap_or_else(|| self.source("/"))
    }

    /// What became of the tree that was mounted writable at a path; none if nothing is
    /// mounted there, or nothing that leaves a tree.
    pub fn output(&self, dest: &str) -> Option<Output> {
        let slot = self
            .exec()
            .mounts
            .iter()
            .position(|mount| mount.dest == dest)?;
        let leaves = matches!(self.exec().mounts[slot].kind, MountKind::Writable);
        leaves.then(|| {
            Output(Some(Edge {
                node: self.0.node.clone(),
                slot,
            }))
        })
    }

    fn source(&self, dest: &str) -> Output {
        let mount = self.exec().mounts.iter().find(|mount| mount.dest == dest);
        let source = mount.and_then(|mount| mount.source);
        source.map_or_else(Output::scratch, |at| self.0.node.inputs[at].clone())
    }

    fn exec(&self) -> &ExecNode {
        match &self.0.node.kind {
            Kind::Exec(exec) => exec,
            _ => unreachable!("made from an exec only"),
        }
    }
}
