//! A build against the double: described, run, looked at.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::Duration;

use buildkit_proto::{canonical, gateway, pb, rpc};
use dynamo_frontend::gateway::double::{Call, Daemon, Double, Method};
use dynamo_frontend::gateway::errdefs::{self, Detail};
use dynamo_frontend::gateway::{Environment, frontend, serve};
use prost::Message;

/// A spec that can be built, and nothing more.
pub(crate) const MINIMAL: &str = "\
# syntax=nvidia/dynamo-frontend:1
framework: dynamo
device: cpu
dynamo: {source: {index: 1.0.0}}
components: {nats: false, etcd: false}
";

pub(crate) const BASE: &str = "docker.io/library/ubuntu:24.04";
pub(crate) const UV: &str = "ghcr.io/astral-sh/uv:0.12.0";
pub(crate) const DIGEST: &str =
    "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// The config document of an amd64 base image.
pub(crate) const CONFIG: &str = r#"{"os":"linux","architecture":"amd64","config":{"Env":["PATH=/bin","CA=/ca"],"Labels":{"from":"base"},"Healthcheck":{"Test":["NONE"]}},"rootfs":{"type":"layers","diff_ids":["sha256:b"]},"history":[{"created_by":"base"}],"vendor.key":1}"#;

/// What the daemon says of itself: it runs on amd64, whatever runs the test.
const WORKERS: &str = r#"[{"id":"w","platforms":[{"os":"linux","architecture":"amd64"}]}]"#;

/// How long a build may take on a machine that has much else to do.
const LIMIT: Duration = Duration::from_mins(1);

/// A build that can still be changed.
#[must_use = "a case does nothing until it is run"]
pub(crate) struct Case {
    double: Double,
    /// In the order in which the daemon numbers them.
    options: Vec<(String, String)>,
}

/// What came of a case.
pub(crate) struct Ran {
    pub(crate) calls: Vec<Call>,
    returned: gateway::ReturnRequest,
}

impl Case {
    /// A build of a spec on the newest daemon, whose registry has the images
    /// that specs use by default.
    pub(crate) fn spec(text: impl AsRef<[u8]>) -> Self {
        Self::on(Daemon::head(), text)
    }

    /// The same on another daemon.
    pub(crate) fn on(daemon: Daemon, text: impl AsRef<[u8]>) -> Self {
        let double = Double::new(daemon)
            .file("dynamo.yaml", text.as_ref())
            // Every image has it.
            .file("bin/bash", "")
            .image(BASE, DIGEST, CONFIG)
            .image(UV, DIGEST, CONFIG);
        let case = Self {
            double,
            options: Vec::new(),
        };
        case.option("filename", "dynamo.yaml")
    }

    /// Adds an option of the client; of two with the same key the last counts.
    pub(crate) fn option(mut self, key: &str, value: &str) -> Self {
        self.options.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Changes the daemon's script.
    pub(crate) fn script(mut self, change: impl FnOnce(Double) -> Double) -> Self {
        self.double = change(self.double);
        self
    }

    /// Runs the frontend to its end.
    #[track_caller]
    pub(crate) fn run(self) -> Ran {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let numbered = |(number, (key, value)): (usize, (String, String))| {
            let name = format!("BUILDKIT_FRONTEND_OPT_{number}");
            (name, format!("{key}={value}"))
        };
        let session = ("BUILDKIT_SESSION_ID".to_owned(), "SESSION".to_owned());
        let workers = ("BUILDKIT_WORKERS".to_owned(), WORKERS.to_owned());
        let variables = self.options.into_iter().enumerate().map(numbered);
        let variables = variables
            .chain([session, workers])
            .map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let environment = Environment::from_vars(variables);
        runtime.block_on(async {
            let (running, io) = self.double.connect();
            tokio::time::timeout(LIMIT, serve(environment, io, frontend::handle))
                .await
                .expect("an end")
                .expect("an answer that arrives");
            let returned = running.returned().expect("a return");
            Ran {
                calls: running.calls(),
                returned,
            }
        })
    }
}

impl Ran {
    /// The result, of a build that succeeded.
    #[track_caller]
    pub(crate) fn result(&self) -> &gateway::Result {
        let error = self.returned.error.as_ref().map(|error| &error.message);
        self.returned
            .result
            .as_ref()
            .unwrap_or_else(|| panic!("the build failed: {error:?}"))
    }

    /// The error, of a build that failed.
    #[track_caller]
    pub(crate) fn error(&self) -> &rpc::Status {
        self.returned.error.as_ref().expect("the build failed")
    }

    /// The error, if the build failed.
    pub(crate) fn failure(&self) -> Option<&rpc::Status> {
        self.returned.error.as_ref()
    }

    /// The metadata of the result as JSON.
    #[track_caller]
    pub(crate) fn metadata(&self, key: &str) -> serde_json::Value {
        let bytes = self
            .result()
            .metadata
            .get(key)
            .unwrap_or_else(|| panic!("no {key}"));
        serde_json::from_slice(bytes).expect("JSON")
    }

    /// The names of the calls in order.
    pub(crate) fn methods(&self) -> Vec<Method> {
        self.calls.iter().map(Call::method).collect()
    }

    /// The warnings that were shown, each by its first line.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let shown = self.warn_requests().into_iter();
        shown
            .map(|warning| String::from_utf8_lossy(&warning.short).into_owned())
            .collect()
    }

    /// The warnings that were shown, in order, with all that they say.
    pub(crate) fn warn_requests(&self) -> Vec<&gateway::WarnRequest> {
        fn shown(call: &Call) -> Option<&gateway::WarnRequest> {
            match call {
                Call::Warn(request) => Some(request),
                _ => None,
            }
        }
        self.calls.iter().filter_map(shown).collect()
    }

    /// The graphs that were solved, the spec's first.
    pub(crate) fn definitions(&self) -> Vec<pb::Definition> {
        let solved = |call: &Call| match call {
            Call::Solve(request) => request.definition.clone(),
            _ => None,
        };
        self.calls.iter().filter_map(solved).collect()
    }

    /// The last graph that was solved.
    #[track_caller]
    pub(crate) fn graph(&self) -> pb::Definition {
        self.definitions().pop().expect("a solve")
    }

    /// The places of the error, as clients print them: `file:first-last`.
    pub(crate) fn places(&self) -> Vec<String> {
        let details = self.error().details.iter();
        let sources = details
            .filter(|detail| detail.type_url == errdefs::type_url(errdefs::Source::NAME))
            .map(|detail| -> errdefs::Source {
                serde_json::from_slice(&detail.value).expect("a source")
            });
        // Clients print the last detail first.
        sources
            .rev()
            .flat_map(|source| {
                let file = source.info.expect("a file").filename;
                let place = move |range: errdefs::Range| {
                    format!("{file}:{}-{}", range.start.line, range.end.line)
                };
                source.ranges.into_iter().map(place)
            })
            .collect()
    }
}

/// The operations of a graph with their digests, the terminal one last.
pub(crate) fn operations(definition: &pb::Definition) -> Vec<(String, pb::Op)> {
    definition
        .def
        .iter()
        .map(|bytes| {
            (
                canonical::digest(bytes),
                pb::Op::decode(bytes.clone()).expect("an op"),
            )
        })
        .collect()
}

/// Operations of a graph by their names, without the terminal one.
pub(crate) fn named(definition: &pb::Definition) -> BTreeMap<String, Named> {
    let mut all = operations(definition);
    all.pop();
    let one = |(digest, op): (String, pb::Op)| {
        let metadata = definition.metadata.get(&digest).cloned();
        let metadata = metadata.unwrap_or_default();
        let name = metadata.description.get("llb.customname");
        let name = name.cloned().unwrap_or_else(|| digest.clone());
        (name, Named { op, metadata })
    };
    all.into_iter().map(one).collect()
}

/// An operation with what is said of it.
pub(crate) struct Named {
    pub(crate) op: pb::Op,
    pub(crate) metadata: pb::OpMetadata,
}

impl Named {
    /// The source, if it is one.
    pub(crate) fn source(&self) -> Option<&pb::SourceOp> {
        match &self.op.op {
            Some(pb::op::Op::Source(source)) => Some(source),
            _ => None,
        }
    }

    /// The process, if it is one.
    pub(crate) fn exec(&self) -> Option<&pb::ExecOp> {
        match &self.op.op {
            Some(pb::op::Op::Exec(exec)) => Some(exec),
            _ => None,
        }
    }
}
