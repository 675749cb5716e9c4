//! What computes, and what it is told: the engines, and the mocker that only
//! behaves like one.

use super::planes::{Planes, Router};
use super::wish::{Refusal, Wish};
use crate::spec::{Device, Framework};

/// What computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The inference engine of a framework.
    Engine(Framework),
    /// Answers like an engine, with words at random and no GPU.
    Mocker,
}

/// A flag with its values, which are left out together where the user gives the
/// flag.
type Group = &'static [&'static str];

impl Backend {
    /// The backend of a deployment: what is wished, or what the image has.
    pub(super) fn of(wish: &Wish, framework: Framework, device: Device) -> Result<Self, Refusal> {
        let backend = wish.backend.unwrap_or(match framework {
            Framework::Dynamo => Self::Mocker,
            _ => Self::Engine(framework),
        });
        if backend == Self::Engine(Framework::Dynamo) {
            return Err(Refusal::new(
                "the framework `dynamo` has no engine",
                "choose `--backend mocker`, or a framework with an engine in the spec",
            ));
        }
        if wish.small_gpu && (backend == Self::Mocker || device == Device::Cpu) {
            return Err(Refusal::new(
                "`--small-gpu` is for an engine that computes on a GPU",
                "leave it out",
            ));
        }
        Ok(backend)
    }

    /// Its name, for people and for deployments.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Engine(framework) => framework.word(),
            Self::Mocker => "mocker",
        }
    }

    /// Its program, and how it is told the model.
    pub(super) fn program(self) -> &'static [&'static str] {
        match self {
            Self::Engine(Framework::Vllm) => &["python3", "-m", "dynamo.vllm", "--model"],
            Self::Engine(Framework::Sglang) => &["python3", "-m", "dynamo.sglang", "--model-path"],
            Self::Engine(Framework::Trtllm) => &[
                "trtllm-llmapi-launch",
                "python3",
                "-m",
                "dynamo.trtllm",
                "--model-path",
            ],
            Self::Engine(Framework::Dynamo) | Self::Mocker => {
                &["python3", "-m", "dynamo.mocker", "--model-path"]
            }
        }
    }

    /// What else it is told, and last what the user says.
    pub(super) fn options(self, wish: &Wish, device: Device, planes: Planes) -> Vec<String> {
        let given = |flag: &str| {
            let is = |one: &String| one.split('=').next() == Some(flag);
            wish.backend_args.iter().any(is)
        };
        let events = self.events(wish.router, planes.nats);
        self.memory(wish, device)
            .iter()
            .chain(events.iter())
            .filter(|group| !given(group[0]))
            .flat_map(|group| group.iter().map(|&word| word.to_owned()))
            .chain(wish.backend_args.iter().cloned())
            .collect()
    }

    /// How much of the GPU it takes, and by which kernels it computes.
    fn memory(self, wish: &Wish, device: Device) -> Vec<Group> {
        let Self::Engine(framework) = self else {
            return Vec::new();
        };
        let mut groups: Vec<Group> = match (framework, wish.small_gpu) {
            _ if device == Device::Cpu => Vec::new(),
            (Framework::Vllm, false) => vec![&["--gpu-memory-utilization", "0.80"]],
            (Framework::Vllm, true) => vec![
                &["--gpu-memory-utilization", "0.20"],
                &["--enforce-eager"],
                &["--max-num-seqs", "64"],
            ],
            (Framework::Sglang, false) => vec![&["--mem-fraction-static", "0.80"]],
            (Framework::Sglang, true) => vec![
                &["--mem-fraction-static", "0.20"],
                &["--max-running-requests", "64"],
            ],
            (Framework::Trtllm, false) => vec![&["--free-gpu-memory-fraction", "0.80"]],
            (Framework::Trtllm, true) => vec![
                &["--free-gpu-memory-fraction", "0.20"],
                &["--max-num-tokens", "8192"],
                &["--max-batch-size", "64"],
            ],
            (Framework::Dynamo, _) => Vec::new(),
        };
        // A router that chooses by cached prefixes has nothing to go by without any.
        if framework == Framework::Vllm && wish.small_gpu && wish.router != Router::Kv {
            groups.push(&["--no-enable-prefix-caching"]);
        }
        if framework == Framework::Sglang && device == Device::Cuda && !wish.blackwell {
            groups.push(&["--attention-backend", "flashinfer"]);
        }
        groups
    }

    /// Whether it tells what is in its KV cache. vLLM does unless told otherwise,
    /// and then wants somebody who listens.
    fn events(self, router: Router, nats: bool) -> Option<Group> {
        let Self::Engine(framework) = self else {
            return None;
        };
        match (framework, router) {
            (Framework::Vllm, Router::Kv) => Some(&[
                "--kv-events-config",
                r#"{"enable_kv_cache_events": true, "publisher": "zmq", "endpoint": "tcp://*:20080"}"#,
            ]),
            (Framework::Vllm, _) if !nats => {
                Some(&["--kv-events-config", r#"{"enable_kv_cache_events": false}"#])
            }
            (Framework::Sglang, Router::Kv) => Some(&[
                "--kv-events-config",
                r#"{"publisher": "zmq", "topic": "kv-events", "endpoint": "tcp://*:5557"}"#,
            ]),
            (Framework::Trtllm, Router::Kv) => Some(&["--publish-events-and-metrics"]),
            _ => None,
        }
    }
}
