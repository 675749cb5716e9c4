//! The whole of a deployment: what is decided, and which services there are.

use indexmap::IndexMap;
use serde_saphyr::SpaceAfter;

use super::backend::Backend;
use super::dialect::Dialect;
use super::file::{Build, File, Network, Service, Volume};
use super::gpus::reservations;
use super::planes::{Mode, Planes};
use super::server::{Server, ServerImage};
use super::service::{CACHE, DISCOVERY};
use super::text::Text;
use super::wish::{Refusal, Wish};
use crate::deploy::{Built, Gpus};
use crate::spec::{Device, Target};

impl File {
    /// The deployment of a spec's image.
    pub fn new(wish: &Wish, built: &Built) -> Result<Self, Refusal> {
        can_serve(built)?;
        let dialect = wish.dialect(built.dynamo_version.as_deref())?;
        let backend = Backend::of(wish, built.framework(), built.device())?;
        let planes = Planes::decide(wish, &dialect, backend)?;
        Deployment {
            wish,
            built,
            dialect,
            backend,
            planes,
        }
        .file()
    }
}

/// Whether the image of a target has Dynamo in it, installed.
fn can_serve(built: &Built) -> Result<(), Refusal> {
    match built.name.target {
        Target::Runtime | Target::Dev | Target::LocalDev | Target::Test => Ok(()),
        target => Err(Refusal::new(
            format!("the target `{target}` has no backend in it"),
            "deploy another with `--target`, such as `runtime`",
        )),
    }
}

/// Everything that is decided of a deployment.
pub(super) struct Deployment<'a> {
    pub(super) wish: &'a Wish,
    pub(super) built: &'a Built,
    pub(super) dialect: Dialect,
    pub(super) backend: Backend,
    pub(super) planes: Planes,
}

impl Deployment<'_> {
    fn file(&self) -> Result<File, Refusal> {
        let servers = self.servers();
        let mut services = IndexMap::new();
        let backends = self.backends(&servers)?;
        let frontend = self.frontend(&servers, backends.keys());
        services.insert("frontend".to_owned(), frontend);
        services.extend(backends);
        for server in servers {
            services.insert(server.name.to_owned(), server.service);
        }
        let name = self.name();
        Ok(File {
            networks: SpaceAfter(IndexMap::from([(
                "default",
                Network { name: name.clone() },
            )])),
            name: SpaceAfter(name),
            services: services
                .into_iter()
                .map(|(name, service)| (name, SpaceAfter(service)))
                .collect(),
            secrets: self.wish.build.as_ref().and_then(Build::secret_sources),
            volumes: self.volumes(),
        })
    }

    fn name(&self) -> Text {
        match &self.wish.name {
            Some(name) => name.into(),
            None => format!("dynamo-{}", self.backend.word()).into(),
        }
    }

    fn servers(&self) -> Vec<Server> {
        let image = self.image();
        let choose = |name: &str, wanted: &Option<String>| {
            let official = self.built.servers.get(name);
            let official = official.and_then(Option::as_deref);
            ServerImage::choose(wanted.as_deref(), official, &image)
        };
        let mut servers = Vec::new();
        if self.planes.nats {
            let image = choose("nats", &self.wish.nats_image);
            servers.push(Server::nats(&image));
        }
        if self.planes.mode == Mode::Distributed {
            let image = choose("etcd", &self.wish.etcd_image);
            servers.push(Server::etcd(&image));
        }
        servers
    }

    /// One service that runs several times, or one for each share of the GPUs.
    fn backends(&self, servers: &[Server]) -> Result<IndexMap<String, Service>, Refusal> {
        let replicas = self.wish.replicas;
        let computes = self.backend != Backend::Mocker && self.built.device() == Device::Cuda;
        let gpus = match (&self.wish.gpus, computes) {
            (Some(Gpus::None), _) | (None, false) => Gpus::None,
            (None, true) => Gpus::All,
            (Some(gpus), true) => gpus.clone(),
            (Some(_), false) => {
                return Err(Refusal::new(
                    "`--gpus` is for an engine that computes on CUDA",
                    "leave it out",
                ));
            }
        };
        let mut shares = reservations(&gpus, replicas)?;
        if shares.len() < 2 {
            let mut service = self.backend(servers, shares.pop());
            service.deploy.replicas = (replicas > 1).then_some(replicas);
            return Ok(IndexMap::from([("backend".to_owned(), service)]));
        }
        let numbered = shares.into_iter().zip(1..);
        let service = |(share, number)| {
            let service = self.backend(servers, Some(share));
            (format!("backend-{number}"), service)
        };
        Ok(numbered.map(service).collect())
    }

    fn volumes(&self) -> IndexMap<&'static str, Volume> {
        let mut volumes = IndexMap::new();
        if self.planes.mode == Mode::Local {
            volumes.insert(DISCOVERY, Volume::memory());
        }
        if self.wish.hf_cache.is_none() {
            volumes.insert(CACHE, Volume::default());
        }
        volumes
    }
}
