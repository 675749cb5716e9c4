//! The bytes of a step, and what becomes of it where the daemon lacks something.

use buildkit_proto::pb;

use crate::caps;
use crate::exec::layout::Layout;
use crate::exec::mount::{ContentCache, MountKind, SealedMount, Sharing};
use crate::exec::process::{Network, Process, Security};
use crate::exec::secret::{SecretEnv, SecretFile, SshSocket};
use crate::marshal::{Context, Encoded, Inputs, Reason};

/// What processes find in `PATH` where the daemon does not set it itself.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A step, ready to be encoded.
pub(crate) struct ExecNode {
    pub(super) process: Process,
    pub(super) mounts: Vec<SealedMount>,
    pub(super) secrets: Vec<SecretFile>,
    pub(super) secret_env: Vec<SecretEnv>,
    pub(super) ssh: Vec<SshSocket>,
}

impl ExecNode {
    pub(crate) fn walk_order(&self) -> Vec<usize> {
        let order = Layout::new(&self.mounts, None).order;
        order
            .into_iter()
            .filter_map(|at| self.mounts[at].source)
            .collect()
    }

    /// The index on the wire of what a mount leaves.
    pub(crate) fn output_index(&self, mount: usize, caps: Option<&caps::CapSet>) -> usize {
        let layout = Layout::new(&self.mounts, caps);
        layout
            .output(mount)
            .expect("outputs are handed out for mounts that leave something")
    }

    pub(crate) fn encode(&self, context: &mut Context<'_>) -> Result<Encoded, Reason> {
        self.validate()?;
        context.require(caps::EXEC_META_BASE)?;
        let mut inputs = Inputs::default();
        let mut mounts = self.encode_mounts(context, &mut inputs)?;
        mounts.extend(self.encode_secrets(context)?);
        mounts.extend(self.encode_ssh(context)?);
        let exec = pb::ExecOp {
            meta: Some(self.encode_meta(context)?),
            mounts,
            network: self.encode_network(context)?.into(),
            security: self.encode_security(context)?.into(),
            secretenv: self.encode_secret_env(context)?,
            cdi_devices: self.encode_devices(context),
        };
        Ok(Encoded {
            inputs: inputs.into_vec(),
            platform: Some(context.platform()),
            resources: self.encode_resources(context),
            ..Encoded::new(pb::op::Op::Exec(exec))
        })
    }

    fn validate(&self) -> Result<(), Reason> {
        if self.process.args.is_empty() {
            return Err(Reason::NoArguments);
        }
        if self.process.cwd.is_empty() {
            return Err(Reason::NoWorkingDirectory);
        }
        let relative = self.mounts.iter().find(|mount| mount.dest.is_empty());
        relative.map_or(Ok(()), |_| Err(Reason::NoMountPath))
    }

    fn encode_meta(&self, context: &mut Context<'_>) -> Result<pb::Meta, Reason> {
        let process = &self.process;
        if process.proxy.is_some() {
            context.require(caps::EXEC_META_PROXY_ENV)?;
        }
        if !process.valid_exit_codes.is_empty() {
            context.require(caps::EXEC_VALID_EXIT_CODE)?;
        }
        let ulimits = !process.ulimits.is_empty()
            && context.require_or_drop(caps::EXEC_META_ULIMIT, "resource limits of the process");
        let cgroup = !process.cgroup_parent.is_empty()
            && context.require_or_drop(caps::EXEC_META_CGROUP_PARENT, "the parent control group");
        Ok(pb::Meta {
            args: process.args.clone(),
            env: self.encode_env(context)?,
            cwd: process.cwd.clone(),
            user: process.user.clone(),
            proxy_env: process.proxy.as_ref().map(|proxy| pb::ProxyEnv {
                http_proxy: proxy.http.clone(),
                https_proxy: proxy.https.clone(),
                ftp_proxy: proxy.ftp.clone(),
                no_proxy: proxy.no.clone(),
                all_proxy: proxy.all.clone(),
            }),
            extra_hosts: process
                .extra_hosts
                .iter()
                .map(|(host, ip)| pb::HostIp {
                    host: host.clone(),
                    ip: ip.to_string(),
                })
                .collect(),
            hostname: process.hostname.clone(),
            ulimit: process
                .ulimits
                .iter()
                .filter(|_| ulimits)
                .map(|limit| pb::Ulimit {
                    name: limit.name.clone(),
                    soft: limit.soft,
                    hard: limit.hard,
                })
                .collect(),
            cgroup_parent: if cgroup {
                process.cgroup_parent.clone()
            } else {
                String::new()
            },
            // Always, like the Go client: daemons that cannot ignore the field.
            remove_mount_stubs_recursive: true,
            valid_exit_codes: process.valid_exit_codes.clone(),
        })
    }

    fn encode_env(&self, context: &mut Context<'_>) -> Result<Vec<String>, Reason> {
        let mut process = self.process.clone();
        let has = |process: &Process, key| process.env.iter().any(|(set, _)| set == key);
        if let Some(socket) = self.ssh_targets().next()
            && !has(&process, "SSH_AUTH_SOCK")
        {
            process.set_env("SSH_AUTH_SOCK".to_owned(), socket);
        }
        if let Some(known) = context.caps() {
            if known.supports(caps::EXEC_META_SETS_DEFAULT_PATH) {
                context.require(caps::EXEC_META_SETS_DEFAULT_PATH)?;
            } else if !has(&process, "PATH") && context.platform().os != "windows" {
                process.set_env("PATH".to_owned(), DEFAULT_PATH.to_owned());
            }
        }
        Ok(process
            .env
            .into_iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect())
    }

    fn encode_network(&self, context: &mut Context<'_>) -> Result<pb::NetMode, Reason> {
        let network = match self.process.network {
            Network::Sandbox => return Ok(pb::NetMode::Unset),
            Network::Host => pb::NetMode::Host,
            Network::None => pb::NetMode::None,
        };
        context.require(caps::EXEC_META_NETWORK)?;
        Ok(network)
    }

    fn encode_security(&self, context: &mut Context<'_>) -> Result<pb::SecurityMode, Reason> {
        match self.process.security {
            Security::Sandbox => Ok(pb::SecurityMode::Sandbox),
            Security::Insecure => {
                context.require(caps::EXEC_META_SECURITY)?;
                Ok(pb::SecurityMode::Insecure)
            }
        }
    }

    fn encode_devices(&self, context: &mut Context<'_>) -> Vec<pb::CdiDevice> {
        let devices = &self.process.cdi_devices;
        if devices.is_empty() || !context.require_or_drop(caps::EXEC_META_CDI, "CDI devices") {
            return Vec::new();
        }
        let device = |(name, optional): &(String, bool)| pb::CdiDevice {
            name: name.clone(),
            optional: *optional,
        };
        devices.iter().map(device).collect()
    }

    fn encode_resources(&self, context: &mut Context<'_>) -> Option<pb::LinuxResources> {
        let resources = self.process.resources.as_ref()?;
        let limits = "limits on memory and processor time";
        let supported = context.require_or_drop(caps::EXEC_META_LINUX_RESOURCES, limits);
        supported.then(|| resources.to_pb())
    }

    fn encode_mounts(
        &self,
        context: &mut Context<'_>,
        inputs: &mut Inputs,
    ) -> Result<Vec<pb::Mount>, Reason> {
        let layout = Layout::new(&self.mounts, context.caps());
        let mut encoded = Vec::with_capacity(layout.order.len());
        for mount in &self.mounts {
            require(mount, context)?;
        }
        for at in &layout.order {
            let mount = &self.mounts[*at];
            let input = mount.source.map(|source| inputs.add(context.input(source)));
            encoded.push(encode_mount(mount, input, layout.output(*at), context));
        }
        Ok(encoded)
    }

    fn encode_secrets(&self, context: &mut Context<'_>) -> Result<Vec<pb::Mount>, Reason> {
        if !self.secrets.is_empty() {
            context.require(caps::EXEC_MOUNT_SECRET)?;
        }
        let mount = |secret: &SecretFile| pb::Mount {
            input: -1,
            dest: secret.target.clone(),
            mount_type: pb::MountType::Secret.into(),
            secret_opt: Some(pb::SecretOpt {
                id: secret.id.clone(),
                uid: secret.uid,
                gid: secret.gid,
                mode: secret.mode,
                optional: secret.optional,
            }),
            ..pb::Mount::default()
        };
        Ok(self.secrets.iter().map(mount).collect())
    }

    fn encode_secret_env(&self, context: &mut Context<'_>) -> Result<Vec<pb::SecretEnv>, Reason> {
        if !self.secret_env.is_empty() {
            context.require(caps::EXEC_MOUNT_SECRET)?;
            context.require(caps::EXEC_SECRET_ENV)?;
        }
        let variable = |secret: &SecretEnv| pb::SecretEnv {
            id: secret.id.clone(),
            name: secret.name.clone(),
            optional: secret.optional,
        };
        Ok(self.secret_env.iter().map(variable).collect())
    }

    fn encode_ssh(&self, context: &mut Context<'_>) -> Result<Vec<pb::Mount>, Reason> {
        if !self.ssh.is_empty() {
            context.require(caps::EXEC_MOUNT_SSH)?;
        }
        let mount = |(socket, dest): (&SshSocket, String)| pb::Mount {
            input: -1,
            dest,
            mount_type: pb::MountType::Ssh.into(),
            ssh_opt: Some(pb::SshOpt {
                id: socket.id.clone(),
                uid: socket.uid,
                gid: socket.gid,
                mode: socket.mode,
                optional: socket.optional,
            }),
            ..pb::Mount::default()
        };
        Ok(self.ssh.iter().zip(self.ssh_targets()).map(mount).collect())
    }

    fn ssh_targets(&self) -> impl Iterator<Item = String> {
        let target = |(i, socket): (usize, &SshSocket)| {
            socket
                .target
                .clone()
                .unwrap_or_else(|| format!("/run/buildkit/ssh_agent.{i}"))
        };
        self.ssh.iter().enumerate().map(target)
    }
}

/// Checks, declares and reports what one mount needs.
fn require(mount: &SealedMount, context: &mut Context<'_>) -> Result<(), Reason> {
    match &mount.kind {
        MountKind::SharedMemory { .. } => {
            let size = "the size of /dev/shm";
            if context.require_or_drop(caps::EXEC_MOUNT_TMPFS_SIZE, size) {
                context.require(caps::EXEC_MOUNT_TMPFS)?;
            }
        }
        MountKind::Tmpfs { size } => {
            context.require(caps::EXEC_MOUNT_TMPFS)?;
            if size.is_some() {
                context.require(caps::EXEC_MOUNT_TMPFS_SIZE)?;
            }
        }
        MountKind::Cache { .. } => {
            context.require(caps::EXEC_MOUNT_CACHE)?;
            context.require(caps::EXEC_MOUNT_CACHE_SHARING)?;
        }
        MountKind::Discarded if !context.supports(caps::EXEC_MOUNT_BIND_READ_WRITE_NO_OUTPUT) => {
            let feature = "throwing away what is written to a mount";
            context.dropped(caps::EXEC_MOUNT_BIND_READ_WRITE_NO_OUTPUT, feature);
        }
        MountKind::Writable | MountKind::Discarded | MountKind::ReadOnly => {}
    }
    let bind = !matches!(mount.kind, MountKind::Cache { .. });
    if bind && mount.source.is_some() {
        context.require(caps::EXEC_MOUNT_BIND)?;
    }
    if !mount.selector.is_empty() {
        context.require(caps::EXEC_MOUNT_SELECTOR)?;
    }
    if mount.content_cache != ContentCache::Default {
        let feature = "the content cache of a mount";
        context.require_or_drop(caps::EXEC_MOUNT_CONTENT_CACHE, feature);
    }
    Ok(())
}

fn encode_mount(
    mount: &SealedMount,
    input: Option<i64>,
    output: Option<usize>,
    context: &Context<'_>,
) -> pb::Mount {
    let content_cache = match mount.content_cache {
        _ if !context.supports(caps::EXEC_MOUNT_CONTENT_CACHE) => pb::MountContentCache::Default,
        ContentCache::Default => pb::MountContentCache::Default,
        ContentCache::On => pb::MountContentCache::On,
        ContentCache::Off => pb::MountContentCache::Off,
    };
    let mut encoded = pb::Mount {
        input: input.unwrap_or(-1),
        selector: mount.selector.clone(),
        dest: mount.dest.clone(),
        output: output.map_or(-1, |index| i64::try_from(index).expect("mounts are few")),
        readonly: matches!(mount.kind, MountKind::ReadOnly),
        content_cache: content_cache.into(),
        ..pb::Mount::default()
    };
    match &mount.kind {
        MountKind::Writable | MountKind::Discarded | MountKind::ReadOnly => {}
        MountKind::Cache { id, sharing } => {
            let sharing = match sharing {
                Sharing::Shared => pb::CacheSharingOpt::Shared,
                Sharing::Private => pb::CacheSharingOpt::Private,
                Sharing::Locked => pb::CacheSharingOpt::Locked,
            };
            encoded.mount_type = pb::MountType::Cache.into();
            encoded.cache_opt = Some(pb::CacheOpt {
                id: id.clone(),
                sharing: sharing.into(),
            });
        }
        MountKind::Tmpfs { size } => tmpfs(&mut encoded, size.unwrap_or(0)),
        MountKind::SharedMemory { size } => tmpfs(&mut encoded, *size),
    }
    encoded
}

fn tmpfs(encoded: &mut pb::Mount, size: u64) {
    encoded.mount_type = pb::MountType::Tmpfs.into();
    // More than the wire can say is no limit at all.
    let size = i64::try_from(size).unwrap_or(0);
    encoded.tmpfs_opt = Some(pb::TmpfsOpt { size });
}
