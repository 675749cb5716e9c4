//! By which ways the processes of a deployment talk to each other.

use super::backend::Backend;
use super::dialect::Dialect;
use super::wish::{Refusal, Wish};

/// What a deployment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One machine, for development and tests: processes find each other by files.
    Local,
    /// With servers that other machines could reach: etcd and NATS.
    Distributed,
}

impl Mode {
    /// The value of the flag for discovery.
    pub(super) fn discovery(self) -> &'static str {
        match self {
            Self::Local => "file",
            Self::Distributed => "etcd",
        }
    }
}

/// How requests reach backends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestPlane {
    /// Directly.
    Tcp,
    /// Through NATS.
    Nats,
}

impl RequestPlane {
    /// The value of the flag.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Nats => "nats",
        }
    }
}

/// How events reach the frontend, such as what a backend has in its KV cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventPlane {
    /// Through NATS.
    Nats,
    /// Directly, by sockets that discovery tells of.
    Zmq,
}

impl EventPlane {
    /// The value of the flag.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Nats => "nats",
            Self::Zmq => "zmq",
        }
    }
}

/// By what the frontend chooses a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Router {
    /// In turn.
    RoundRobin,
    /// At random.
    Random,
    /// By what each has in its KV cache.
    Kv,
}

impl Router {
    /// The value of the flag.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::RoundRobin => "round-robin",
            Self::Random => "random",
            Self::Kv => "kv",
        }
    }
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Planes {
    pub(super) mode: Mode,
    pub(super) request: RequestPlane,
    /// None where the release knows only one.
    pub(super) event: Option<EventPlane>,
    /// Whether somebody wants a NATS server.
    pub(super) nats: bool,
}

impl Planes {
    pub(super) fn decide(
        wish: &Wish,
        dialect: &Dialect,
        backend: Backend,
    ) -> Result<Self, Refusal> {
        let mocker_wants_nats = backend == Backend::Mocker && dialect.mocker_wants_nats;
        let request = wish.request_plane.unwrap_or(match wish.mode {
            Mode::Local => RequestPlane::Tcp,
            Mode::Distributed => RequestPlane::Nats,
        });
        let usual = match wish.mode {
            Mode::Local if !mocker_wants_nats => EventPlane::Zmq,
            Mode::Local | Mode::Distributed => EventPlane::Nats,
        };
        let event = match (dialect.event_plane, wish.event_plane) {
            (None, Some(EventPlane::Zmq)) => {
                return Err(Refusal::new(
                    "this version of Dynamo sends events through NATS alone",
                    "leave out `--event-plane`, or build Dynamo 0.9.0 or newer",
                ));
            }
            (None, _) => None,
            (Some(_), wanted) => Some(wanted.unwrap_or(usual)),
        };
        let events = wish.router == Router::Kv || wish.mode == Mode::Distributed;
        let nats = request == RequestPlane::Nats
            || event == Some(EventPlane::Nats)
            || (event.is_none() && events)
            || mocker_wants_nats;
        Ok(Self {
            mode: wish.mode,
            request,
            event,
            nats,
        })
    }
}
