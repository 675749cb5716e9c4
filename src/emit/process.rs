//! What the client wants of every process of a build.
//!
//! Owns how it is laid on a step: a step that the plan keeps off the network
//! stays off it, whatever the client says.

use std::collections::BTreeMap;
use std::net::IpAddr;

use buildkit_llb::{Exec, Network, ProxyEnv, Resources, Ulimit};
use serde::{Deserialize, Serialize};

use crate::spec::StepNetwork;

/// Settings of every process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProcessSettings {
    /// Proxies. Never written down: they may hold a password, and whoever needs
    /// them gives the build arguments again.
    #[serde(skip)]
    pub proxy: Option<ProxyEnv>,
    /// Lines of `/etc/hosts`.
    pub extra_hosts: Vec<(String, IpAddr)>,
    /// The network of steps that have one, if the client chose it.
    pub network: Option<StepNetwork>,
    /// Size of `/dev/shm` in bytes.
    pub shm_size: Option<u64>,
    /// Resource limits.
    pub ulimits: Vec<Limit>,
    /// The parent control group.
    pub cgroup_parent: Option<String>,
    /// The host name.
    pub hostname: Option<String>,
    /// Limits on memory and processor time.
    #[serde(with = "ResourcesDocument", skip_serializing_if = "is_unlimited")]
    pub resources: Resources,
}

/// The limits by the names they have in a graph.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Resources", deny_unknown_fields)]
struct ResourcesDocument {
    memory: i64,
    memory_swap: i64,
    cpu_shares: i64,
    cpu_period: i64,
    cpu_quota: i64,
    cpuset_cpus: String,
    cpuset_mems: String,
}

fn is_unlimited(resources: &Resources) -> bool {
    *resources == Resources::default()
}

/// One resource limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// The name, such as `nofile`.
    pub name: String,
    /// The limit that the process may raise.
    pub soft: i64,
    /// The limit it may not.
    pub hard: i64,
}

impl ProcessSettings {
    /// The step with these settings; `network` is whether the plan lets it have
    /// a network, and `chosen` the one that the spec chose for those that have.
    pub(super) fn apply(&self, mut exec: Exec, network: bool, chosen: Option<StepNetwork>) -> Exec {
        exec = exec.network(match self.network.or(chosen) {
            _ if !network => Network::None,
            None | Some(StepNetwork::Sandbox) => Network::Sandbox,
            Some(StepNetwork::Host) => Network::Host,
            Some(StepNetwork::None) => Network::None,
        });
        if let Some(proxy) = self.proxy.as_ref().filter(|_| network) {
            exec = exec.proxy_env(proxy.clone());
        }
        for (host, ip) in &self.extra_hosts {
            exec = exec.extra_host(host, *ip);
        }
        for Limit { name, soft, hard } in &self.ulimits {
            let (name, soft, hard) = (name.clone(), *soft, *hard);
            exec = exec.ulimit(Ulimit { name, soft, hard });
        }
        if let Some(bytes) = self.shm_size {
            exec = exec.shm_size(bytes);
        }
        if let Some(parent) = &self.cgroup_parent {
            exec = exec.cgroup_parent(parent);
        }
        if !is_unlimited(&self.resources) {
            exec = exec.resources(self.resources.clone());
        }
        match &self.hostname {
            Some(name) => exec.hostname(name),
            None => exec,
        }
    }
}

/// The proxies among build arguments, whose names may be in any case. Where one
/// is given in two, the lower case counts, as it does for most programs.
pub fn proxy(build_args: &BTreeMap<String, String>) -> Option<ProxyEnv> {
    let mut proxy = ProxyEnv::default();
    for (name, value) in build_args {
        let known = match name.to_ascii_lowercase().as_str() {
            "http_proxy" => &mut proxy.http,
            "https_proxy" => &mut proxy.https,
            "ftp_proxy" => &mut proxy.ftp,
            "no_proxy" => &mut proxy.no,
            "all_proxy" => &mut proxy.all,
            _ => continue,
        };
        known.clone_from(value);
    }
    (proxy != ProxyEnv::default()).then_some(proxy)
}
