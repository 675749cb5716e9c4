//! Engines beside the main one, which goes on running: those of the two Debian
//! releases before it, and the main one's own version with the image store of
//! containerd. Only the slow tests need them, so they come up when asked for and
//! not with the main one.
//!
//! They share this machine's network with it, and so its registry on the
//! loopback; sockets, data, and bridges are their own.

use std::path::PathBuf;

use anyhow::Result;

use super::cache::Cache;
use super::client::Client;
use super::daemon::{self, Daemon};
use super::debian::{self, Recipe};

/// What makes an engine another one.
struct Kind {
    /// Names its daemon, and its socket.
    name: &'static str,
    /// How its variables begin.
    variable: &'static str,
    recipe: &'static Recipe,
    /// Plugins of the client that the root has.
    plugins: &'static [&'static str],
    bridge: &'static str,
    /// Three bytes of addresses that are set aside for tests of networks, so that
    /// nothing else has them.
    subnet: &'static str,
    arguments: &'static [&'static str],
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "docker-20",
        variable: "ENGINE_20",
        recipe: &debian::DEBIAN_12,
        plugins: &[],
        bridge: "dynamo-20",
        subnet: "198.18.20",
        arguments: &[],
    },
    Kind {
        name: "docker-26",
        variable: "ENGINE_26",
        recipe: &debian::DEBIAN_13,
        plugins: &["docker-buildx"],
        bridge: "dynamo-26",
        subnet: "198.18.26",
        arguments: &[],
    },
    Kind {
        name: "docker-containerd",
        variable: "ENGINE_CONTAINERD",
        recipe: &debian::ENGINE,
        plugins: &["docker-buildx", "docker-compose"],
        bridge: "dynamo-cd",
        subnet: "198.18.28",
        arguments: &["--feature=containerd-snapshotter=true"],
    },
];

/// What there is beside the main engine.
pub(crate) enum Engines {
    /// How to reach each, by how its variables begin.
    Ready(Vec<(&'static str, Client)>),
    /// Why this machine has none, in a sentence.
    Missing(String),
}

/// Brings up those that are not, as far as this machine can.
pub(crate) fn up() -> Result<Engines> {
    let cache = Cache::open()?;
    let _lock = cache.lock()?;
    if let Some(reason) = debian::obstacle() {
        return Ok(Engines::Missing(reason));
    }
    let start = |kind: &Kind| Ok((kind.variable, kind.up(&cache)?));
    KINDS
        .iter()
        .map(start)
        .collect::<Result<_>>()
        .map(Engines::Ready)
}

/// Ends those that run.
pub(super) fn down(cache: &Cache) -> Result<()> {
    KINDS
        .iter()
        .try_for_each(|kind| daemon::end(cache, kind.name))
}

impl Engines {
    /// The variables that the tests read.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let shown = |path: PathBuf| path.display().to_string();
        match self {
            Self::Missing(reason) => vec![("ENGINES_MISSING".to_owned(), reason.clone())],
            Self::Ready(engines) => engines
                .iter()
                .flat_map(|(variable, client)| {
                    let bin = client.bin.clone().unwrap_or_default();
                    [
                        (format!("{variable}_HOST"), client.host.clone()),
                        (format!("{variable}_CONFIG"), shown(client.config.clone())),
                        (format!("{variable}_BIN"), shown(bin)),
                    ]
                })
                .collect(),
        }
    }
}

impl Kind {
    fn up(&self, cache: &Cache) -> Result<Client> {
        let root = debian::root(cache, self.recipe)?;
        let host = format!("unix://{}", cache.socket_of(self.name).display());
        let config = cache.docker_config_of(self.name);
        let client = Client::of_root(host, config, &root, self.plugins)?;
        if daemon::is_running(cache, self.name) && client.answers() {
            return Ok(client);
        }
        let [subnet, address] = ["0", "1"].map(|last| format!("{}.{last}/24", self.subnet));
        let host = format!("--host=unix:///run/host/{}.sock", self.name);
        let bridge = format!("--bridge={}", self.bridge);
        let script = include_str!("bridge.sh");
        let mut program = vec!["sh", "-c", script, "bridge", self.bridge, &subnet, &address];
        program.extend([
            "dockerd",
            &host,
            &bridge,
            "--iptables=false",
            "--ip6tables=false",
        ]);
        program.extend(self.arguments);
        let daemon = Daemon {
            name: self.name,
            root: &root,
            mountpoint: "/var/lib/docker",
            program: &program,
        };
        daemon.start(cache, || client.answers())?;
        Ok(client)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{KINDS, Kind};

    #[test]
    fn no_two_engines_share_anything() {
        let names = |kind: &Kind| [kind.name, kind.variable, kind.bridge, kind.subnet];
        let different: BTreeSet<&str> = KINDS.iter().flat_map(names).collect();
        assert_eq!(different.len(), 4 * KINDS.len(), "{different:?}");
        // The kernel's limit.
        assert!(KINDS.iter().all(|kind| kind.bridge.len() <= 15));
    }
}
