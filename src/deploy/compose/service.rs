//! The frontend and the backends: what they are told, and what they have of the
//! machine.

use indexmap::IndexMap;
use serde_saphyr::{Commented, FlowMap};

use super::backend::Backend;
use super::deployment::Deployment;
use super::dialect::Spelling;
use super::file::{Dependency, Deploy, GpuReservation, Mount, Resources, Service};
use super::health;
use super::planes::{Mode, Planes, Router};
use super::server::{ETCD_URL, NATS_URL, Server};
use super::text::{Noted, Text, noted, plain, texts, words};
use super::wish::Model;
use super::write::RENDER_GID;
use crate::deploy::{HF_HOME, HF_TOKEN, IPC, SHM_SIZE, ULIMITS};
use crate::spec::Device;

/// The port of the frontend inside its container.
const HTTP_PORT: &str = "8000";
/// The port on which a backend says how it is.
const SYSTEM_PORT: &str = "8081";
/// Where processes find each other by files.
const STORE: &str = "/tmp/dynamo_store_kv";
/// Open files of an engine: connections of requests, and of its own processes.
const NOFILE: i64 = 1_048_576;
/// The volume of [`STORE`].
pub(super) const DISCOVERY: &str = "discovery";
/// The volume with downloaded models and compiled kernels.
pub(super) const CACHE: &str = "cache";

impl Deployment<'_> {
    pub(super) fn image(&self) -> Text {
        match &self.wish.image {
            Some(image) => image.into(),
            None => (&self.built.image).into(),
        }
    }

    pub(super) fn frontend<'n>(
        &self,
        servers: &[Server],
        backends: impl Iterator<Item = &'n String>,
    ) -> Service {
        let mut command = words(&["python3", "-m", "dynamo.frontend", "--http-port"]);
        command.push(plain(HTTP_PORT));
        let mut service = self.service(servers);
        self.tell_planes(&mut command, &mut service, self.dialect.event_plane);
        if self.wish.router != Router::RoundRobin {
            command.extend(words(&["--router-mode", self.wish.router.word()]));
        }
        service.command = command;
        let port = format!("{}:{HTTP_PORT}", self.wish.http_port);
        let note = format!("`127.0.0.1:{port}` answers this machine alone");
        service.ports = vec![noted(port.into(), &note)];
        for backend in backends {
            let condition = "service_healthy";
            let wait = FlowMap(Dependency { condition });
            service.depends_on.insert(backend.clone(), wait);
        }
        service.healthcheck = Some(health::frontend(HTTP_PORT));
        service.stop_grace_period = Some("30s");
        // One service that builds the image is enough: the others are of it.
        service.build.clone_from(&self.wish.build);
        service
    }

    pub(super) fn backend(&self, servers: &[Server], gpus: Option<GpuReservation>) -> Service {
        let device = self.built.device();
        let (wish, backend) = (self.wish, self.backend);
        let mut service = self.service(servers);
        let mut command = words(backend.program());
        command.push(noted(self.model(), "the model"));
        let event = match backend {
            Backend::Mocker => self.dialect.mocker_event_plane,
            Backend::Engine(_) => self.dialect.event_plane,
        };
        self.tell_planes(&mut command, &mut service, event);
        command.extend(words(&backend.options(wish, device, self.planes)));
        service.command = command;
        let port = plain(SYSTEM_PORT);
        service.environment.insert("DYN_SYSTEM_PORT", port);
        service.healthcheck = Some(health::backend(SYSTEM_PORT));
        service.stop_grace_period = Some("1m");
        if let Backend::Engine(_) = backend {
            self.equip(&mut service, gpus);
        }
        service
    }

    /// What an engine gets of the machine.
    fn equip(&self, service: &mut Service, gpus: Option<GpuReservation>) {
        let comment = "shared memory is the machine's, for tensors between containers";
        service.ipc = Some(Commented(IPC, comment.to_owned()));
        service.shm_size = Some(SHM_SIZE);
        for limit in &ULIMITS {
            let own = limit.name == "nofile";
            let value = if own { NOFILE } else { limit.soft };
            service.ulimits.insert(limit.name.to_string(), value);
        }
        service.deploy = Deploy {
            replicas: None,
            resources: gpus.map(Resources::new),
        };
        if self.built.device() == Device::Xpu {
            service.devices = texts(&["/dev/dri:/dev/dri"]);
            let group = self.wish.render_group.map(|group| group.to_string());
            service.group_add.push(group.map_or_else(
                || Text::required(RENDER_GID, "number of the group render"),
                Text::from,
            ));
        }
    }

    /// What frontend and backends have in common.
    fn service(&self, servers: &[Server]) -> Service {
        let own = self.built.entrypoint_of_spec;
        let mut service = Service {
            image: Some(self.image()),
            entrypoint: own.then(Vec::new),
            environment: self.environment(),
            volumes: self.mounts(),
            init: true,
            restart: "unless-stopped",
            // Images let this group write where their own account may.
            group_add: texts(&["0"]),
            ..Service::default()
        };
        for server in servers {
            server.depend(&mut service.depends_on);
        }
        service
    }

    fn environment(&self) -> IndexMap<&'static str, Noted> {
        let note = "from .env; empty does for public models";
        let mut all = IndexMap::from([(HF_TOKEN, noted(Text::variable(HF_TOKEN), note))]);
        all.insert(HF_HOME, plain(self.hf_home()));
        match self.planes.mode {
            Mode::Local => all.insert("DYN_FILE_KV", plain(STORE)),
            Mode::Distributed => all.insert("ETCD_ENDPOINTS", plain(ETCD_URL)),
        };
        if self.planes.nats {
            all.insert("NATS_SERVER", plain(NATS_URL));
        }
        all
    }

    fn home_cache(&self) -> String {
        format!("{}/.cache", self.built.home.trim_end_matches('/'))
    }

    fn hf_home(&self) -> String {
        format!("{}/huggingface", self.home_cache())
    }

    fn model(&self) -> Text {
        match &self.wish.model {
            Model::Named(name) => name.into(),
            Model::Folder(folder) => mounted(folder).into(),
        }
    }

    fn mounts(&self) -> Vec<Mount> {
        let mut mounts = Vec::new();
        if self.planes.mode == Mode::Local {
            mounts.push(Mount::Volume {
                source: DISCOVERY,
                target: STORE.into(),
            });
        }
        if let Model::Folder(folder) = &self.wish.model {
            mounts.push(Mount::bind(folder, &mounted(folder), true));
        }
        // The folder above that of Hugging Face: images have it and it is their
        // account's, which a new volume takes over.
        mounts.push(match &self.wish.hf_cache {
            Some(folder) => Mount::bind(folder, &self.hf_home(), false),
            None => Mount::Volume {
                source: CACHE,
                target: self.home_cache().into(),
            },
        });
        mounts
    }

    fn tell_planes(
        &self,
        command: &mut Vec<Noted>,
        service: &mut Service,
        event: Option<Spelling>,
    ) {
        let Planes { mode, request, .. } = self.planes;
        let discovery = [self.dialect.discovery, mode.discovery()];
        command.extend(words(&discovery));
        command.extend(words(&["--request-plane", request.word()]));
        match (event, self.planes.event) {
            (Some(Spelling::Flag(flag)), Some(plane)) => {
                command.extend(words(&[flag, plane.word()]));
            }
            (Some(Spelling::Variable(name)), Some(plane)) => {
                service.environment.insert(name, plain(plane.word()));
            }
            (None, _) | (_, None) => {}
        }
    }
}

/// Where a folder of this machine with a model is in containers.
pub(super) fn mounted(folder: &str) -> String {
    let name = folder.trim_end_matches('/').rsplit('/').next();
    format!(
        "/models/{}",
        name.filter(|name| !name.is_empty()).unwrap_or("model")
    )
}
