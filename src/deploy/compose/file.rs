//! A Compose file, as much of it as is written.
//!
//! Owns the names of keys and their order. What is in them is said elsewhere.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;
use serde_saphyr::{Commented, FlowMap, FlowSeq, SpaceAfter};

use super::text::{Noted, Text};
use crate::deploy::{Inputs, SecretSource};

/// The file.
#[derive(Debug, Clone, Serialize)]
pub struct File {
    pub(super) name: SpaceAfter<Text>,
    pub(super) services: IndexMap<String, SpaceAfter<Service>>,
    pub(super) networks: SpaceAfter<IndexMap<&'static str, Network>>,
    /// Those of the build, which containers do not get.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) secrets: Option<SpaceAfter<IndexMap<String, Secret>>>,
    pub(super) volumes: IndexMap<&'static str, Volume>,
}

/// A service.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Service {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pull_policy: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) build: Option<Build>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) platform: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) entrypoint: Option<Vec<Text>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) command: Vec<Noted>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) environment: IndexMap<&'static str, Noted>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ports: Vec<Noted>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) volumes: Vec<Mount>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) depends_on: IndexMap<String, FlowMap<Dependency>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) healthcheck: Option<Healthcheck>,
    pub(super) init: bool,
    pub(super) restart: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stop_grace_period: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) group_add: Vec<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) devices: Vec<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ipc: Option<Commented<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) shm_size: Option<&'static str>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub(super) ulimits: IndexMap<String, i64>,
    #[serde(skip_serializing_if = "Deploy::is_empty")]
    pub(super) deploy: Deploy,
}

/// How an image is built.
#[derive(Debug, Clone, Serialize)]
pub struct Build {
    context: Text,
    dockerfile: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Text>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    args: IndexMap<String, Text>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    additional_contexts: IndexMap<String, Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ssh: Vec<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    platforms: Vec<Text>,
    #[serde(skip)]
    sources: BTreeMap<String, SecretSource>,
}

impl Build {
    /// A build of a spec that is in a build context, with a target instead of the
    /// spec's, for a platform instead of the machine's.
    pub fn new(
        context: &str,
        spec: &str,
        target: Option<&str>,
        args: impl IntoIterator<Item = (String, String)>,
        platform: Option<&str>,
    ) -> Self {
        let args = args.into_iter();
        Self {
            context: context.into(),
            dockerfile: spec.into(),
            target: target.map(Text::from),
            args: args
                .map(|(name, value)| (name, Text::from(value)))
                .collect(),
            additional_contexts: IndexMap::new(),
            secrets: Vec::new(),
            ssh: Vec::new(),
            platforms: platform.map(Text::from).into_iter().collect(),
            sources: BTreeMap::new(),
        }
    }

    /// The same, given what it needs besides the spec.
    pub fn given(self, inputs: Inputs) -> Self {
        let contexts = inputs.contexts.into_iter();
        Self {
            additional_contexts: contexts
                .map(|(name, place)| (name, Text::from(place)))
                .collect(),
            secrets: inputs.secrets.keys().map(Text::from).collect(),
            ssh: inputs.ssh.iter().map(Text::from).collect(),
            sources: inputs.secrets,
            ..self
        }
    }

    /// Where its secrets are.
    pub(super) fn secret_sources(&self) -> Option<SpaceAfter<IndexMap<String, Secret>>> {
        let sources = self.sources.iter();
        let secrets = sources.map(|(id, source)| (id.clone(), Secret::of(id, source)));
        (!self.sources.is_empty()).then(|| SpaceAfter(secrets.collect()))
    }
}

/// Where the value of a secret is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Secret {
    File(Text),
    Environment(Text),
}

impl Secret {
    fn of(id: &str, source: &SecretSource) -> Self {
        match source {
            SecretSource::File(path) => Self::File(path.into()),
            SecretSource::Variable(name) => Self::Environment(name.into()),
            SecretSource::Id => Self::Environment(id.into()),
        }
    }
}

/// What a service has of a volume, or of the machine.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Mount {
    /// A folder of the machine.
    Bind {
        source: Text,
        target: Text,
        read_only: bool,
        bind: FlowMap<BindOptions>,
    },
    /// One of the file's volumes.
    Volume { source: &'static str, target: Text },
}

impl Mount {
    /// A folder that has to be there.
    pub(super) fn bind(source: &str, target: &str, read_only: bool) -> Self {
        Self::Bind {
            source: source.into(),
            target: target.into(),
            read_only,
            bind: FlowMap(BindOptions {
                create_host_path: false,
            }),
        }
    }
}

/// How a folder of the machine is mounted.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BindOptions {
    create_host_path: bool,
}

/// When a service is there for another one.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Dependency {
    pub(super) condition: &'static str,
}

/// How a service is asked whether it is well.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Healthcheck {
    pub(super) test: FlowSeq<Vec<Text>>,
    pub(super) interval: &'static str,
    pub(super) timeout: &'static str,
    pub(super) retries: u32,
    pub(super) start_period: &'static str,
    pub(super) start_interval: &'static str,
}

/// How often a service runs, and on what.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Deploy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replicas: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resources: Option<Resources>,
}

impl Deploy {
    fn is_empty(&self) -> bool {
        self.replicas.is_none() && self.resources.is_none()
    }
}

/// What a service needs of the machine.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Resources {
    reservations: Reservations,
}

impl Resources {
    pub(super) fn new(gpus: GpuReservation) -> Self {
        Self {
            reservations: Reservations {
                devices: vec![gpus],
            },
        }
    }
}

#[derive(Debug, Clone, Serialize)]
struct Reservations {
    devices: Vec<GpuReservation>,
}

/// GPUs that a service gets.
#[derive(Debug, Clone, Serialize)]
pub(super) struct GpuReservation {
    driver: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<DeviceCount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_ids: Option<FlowSeq<Vec<Text>>>,
    capabilities: FlowSeq<[&'static str; 1]>,
}

impl GpuReservation {
    /// So many.
    pub(super) fn count(count: DeviceCount) -> Self {
        Self::new(Some(count), None)
    }

    /// These.
    pub(super) fn devices(ids: Vec<Text>) -> Self {
        Self::new(None, Some(FlowSeq(ids)))
    }

    fn new(count: Option<DeviceCount>, device_ids: Option<FlowSeq<Vec<Text>>>) -> Self {
        Self {
            driver: "nvidia",
            count,
            device_ids,
            capabilities: FlowSeq(["gpu"]),
        }
    }
}

/// How many devices.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum DeviceCount {
    All(&'static str),
    Number(u32),
}

/// A network.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Network {
    pub(super) name: Text,
}

/// A volume.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Volume {
    #[serde(skip_serializing_if = "Option::is_none")]
    driver_opts: Option<DriverOptions>,
}

impl Volume {
    /// One in memory, in which every account may write.
    pub(super) fn memory() -> Self {
        Self {
            driver_opts: Some(DriverOptions {
                kind: "tmpfs",
                device: "tmpfs",
                options: "mode=1777",
            }),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
struct DriverOptions {
    #[serde(rename = "type")]
    kind: &'static str,
    device: &'static str,
    #[serde(rename = "o")]
    options: &'static str,
}
