//! The process itself: arguments, environment, limits.

use std::net::IpAddr;

use crate::meta::Resources;

/// All that is said about a process, its mounts apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Process {
    pub(super) args: Vec<String>,
    pub(super) env: Vec<(String, String)>,
    pub(super) cwd: String,
    pub(super) user: String,
    pub(super) proxy: Option<ProxyEnv>,
    pub(super) extra_hosts: Vec<(String, IpAddr)>,
    pub(super) hostname: String,
    pub(super) ulimits: Vec<Ulimit>,
    pub(super) cgroup_parent: String,
    pub(super) resources: Option<Resources>,
    pub(super) valid_exit_codes: Vec<i32>,
    pub(super) network: Network,
    pub(super) security: Security,
    pub(super) cdi_devices: Vec<(String, bool)>,
}

impl Process {
    pub(super) fn set_env(&mut self, key: String, value: String) {
        self.env.retain(|(earlier, _)| *earlier != key);
        self.env.push((key, value));
    }
}

/// The proxy variables of a step, given in both spellings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyEnv {
    /// `http_proxy`.
    pub http: String,
    /// `https_proxy`.
    pub https: String,
    /// `ftp_proxy`.
    pub ftp: String,
    /// `no_proxy`.
    pub no: String,
    /// `all_proxy`.
    pub all: String,
}

/// One resource limit, by its name without `RLIMIT_` and in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ulimit {
    /// The name, such as `nofile`.
    pub name: String,
    /// The limit that the process may raise.
    pub soft: i64,
    /// The limit it may not.
    pub hard: i64,
}

/// Which network a step is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// One of its own, with a way out.
    #[default]
    Sandbox,
    /// The daemon's, if the client allows it.
    Host,
    /// Only the loopback device.
    None,
}

/// How far a step is confined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// As usual.
    #[default]
    Sandbox,
    /// Hardly, if the client allows it.
    Insecure,
}
