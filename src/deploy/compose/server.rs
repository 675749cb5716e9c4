//! NATS and etcd: from the image of the spec where it has them, which is then the
//! only image and of the version that was built; from the official images
//! otherwise.

use indexmap::IndexMap;
use serde_saphyr::FlowMap;

use super::file::{Dependency, Healthcheck, Service};
use super::health;
use super::text::{Text, texts, words};

/// Where the frontend and backends find NATS.
pub(super) const NATS_URL: &str = "nats://nats:4222";
/// Where they find etcd.
pub(super) const ETCD_URL: &str = "http://etcd:2379";

/// The port on which NATS says how it is.
const NATS_MONITOR: &str = "8222";

/// A server, and when it is there for others.
pub(super) struct Server {
    pub(super) name: &'static str,
    pub(super) service: Service,
}

impl Server {
    /// NATS with `JetStream`. Official images without a shell cannot be asked how
    /// they are.
    pub(super) fn nats(image: &ServerImage) -> Self {
        let arguments = ["-js", "-m", NATS_MONITOR];
        let url = format!("http://127.0.0.1:{NATS_MONITOR}/healthz");
        let check = match image {
            ServerImage::OfSpec(_) => Some(health::server(NATS_MONITOR, "/healthz")),
            ServerImage::Official(name) if name.contains("alpine") => {
                Some(health::program(&["wget", "-q", "-O", "/dev/null", &url]))
            }
            ServerImage::Official(_) => None,
        };
        Self {
            name: "nats",
            service: service(image, &["nats-server"], &arguments, false, check),
        }
    }

    /// One member of etcd.
    pub(super) fn etcd(image: &ServerImage) -> Self {
        let arguments = [
            "--data-dir=/tmp/etcd",
            "--listen-client-urls=http://0.0.0.0:2379",
            &format!("--advertise-client-urls={ETCD_URL}"),
        ];
        let check = match image {
            ServerImage::OfSpec(_) => health::server("2379", "/health"),
            ServerImage::Official(_) => health::program(&["etcdctl", "endpoint", "health"]),
        };
        Self {
            name: "etcd",
            service: service(image, &["etcd"], &arguments, true, Some(check)),
        }
    }

    /// What services that need it wait for.
    pub(super) fn depend(&self, on: &mut IndexMap<String, FlowMap<Dependency>>) {
        let condition = match self.service.healthcheck {
            Some(_) => "service_healthy",
            None => "service_started",
        };
        on.insert(self.name.to_owned(), FlowMap(Dependency { condition }));
    }
}

/// The image of a server.
pub(super) enum ServerImage {
    /// The one that Dynamo is in.
    OfSpec(Text),
    /// One of its own.
    Official(String),
}

impl ServerImage {
    /// The one the user wants, the official one where the spec's has no such server,
    /// or the spec's.
    pub(super) fn choose(wanted: Option<&str>, official: Option<&str>, of_spec: &Text) -> Self {
        match wanted.or(official) {
            Some(name) => Self::Official(name.to_owned()),
            None => Self::OfSpec(of_spec.clone()),
        }
    }
}

/// The image of Dynamo begins with a program of its own, which a server has no use
/// for; that of NATS begins with the server.
fn service(
    image: &ServerImage,
    program: &[&str],
    arguments: &[&str],
    say_program: bool,
    healthcheck: Option<Healthcheck>,
) -> Service {
    let whole = [program, arguments].concat();
    let (image, entrypoint, command) = match image {
        ServerImage::OfSpec(image) => (image.clone(), Some(texts(&whole)), Vec::new()),
        ServerImage::Official(name) if say_program => (name.into(), None, words(&whole)),
        ServerImage::Official(name) => (name.into(), None, words(arguments)),
    };
    Service {
        image: Some(image),
        entrypoint,
        command,
        healthcheck,
        init: true,
        restart: "unless-stopped",
        ..Service::default()
    }
}
