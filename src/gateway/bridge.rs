//! The calls a frontend can make to the daemon that started it.
//!
//! Owns the trait that everything which talks to a daemon goes through, and the
//! values that go in and out. How a call travels is `grpc`'s business.

use std::collections::BTreeMap;
use std::time::Duration;

use buildkit_proto::{fsutil, gateway, pb, rpc};
use thiserror::Error;

use buildkit_llb::CapError;

use super::caps::Caps;
use super::options::{CacheImport, ResolveMode};

/// Why a call failed.
#[derive(Debug, Error)]
pub enum BridgeError {
    /// The daemon, or the way to it, reported an error.
    #[error("{}", .0.message)]
    Status(Box<rpc::Status>),
    /// The daemon cannot do what the graph or the call needs.
    #[error(transparent)]
    Cap(#[from] CapError),
    /// The stream could not be used at all.
    #[error("cannot speak to BuildKit: {0}")]
    Connect(#[from] tonic::transport::Error),
    /// The daemon does not answer.
    #[error("BuildKit did not answer {call} within {limit:?}")]
    Timeout {
        /// The call.
        call: &'static str,
        /// How long it was waited for.
        limit: Duration,
    },
    /// A file is larger than it may be.
    #[error("`{path}` is larger than {}, which is the most that is read of it", size(*limit))]
    TooLarge {
        /// The file.
        path: String,
        /// How large it may be, in bytes.
        limit: u64,
        /// How it begins.
        head: Vec<u8>,
    },
    /// The answer lacks what it must have.
    #[error("BuildKit's answer to {call} has {problem}")]
    Answer {
        /// The call.
        call: &'static str,
        /// What is wrong with the answer.
        problem: &'static str,
    },
}

impl BridgeError {
    /// Whether the client gave up: no failure of what was asked for.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Status(status) if status.code == i32::from(tonic::Code::Cancelled))
    }
}

/// A result inside the daemon, by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ref(String);

impl Ref {
    /// The result with this id; an empty id is the empty tree.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The empty tree.
    pub fn scratch() -> Self {
        Self::default()
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.0
    }

    /// Whether it is the empty tree.
    pub fn is_scratch(&self) -> bool {
        self.0.is_empty()
    }
}

/// A graph to solve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Solve {
    /// The graph.
    pub definition: pb::Definition,
    /// Whether to build now, so that a failing step fails this call.
    pub evaluate: bool,
    /// Where cache is imported from, in order.
    pub cache_imports: Vec<CacheImport>,
}

impl From<pb::Definition> for Solve {
    fn from(definition: pb::Definition) -> Self {
        Self {
            definition,
            ..Self::default()
        }
    }
}

/// A question about a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceQuery {
    /// The source as it would stand in a graph.
    pub source: pb::SourceOp,
    /// For which platform.
    pub platform: Option<pb::Platform>,
    /// How images are looked up.
    pub mode: ResolveMode,
    /// The progress line.
    pub log_name: String,
    /// Whether to tell the commit itself, if it is a git repository.
    pub return_object: bool,
}

/// What the daemon knows of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceMeta {
    /// The source, which a policy of the daemon may have rewritten.
    pub source: pb::SourceOp,
    /// If it is an image.
    pub image: Option<ImageMeta>,
    /// If it is a git repository.
    pub git: Option<gateway::ResolveSourceGitResponse>,
    /// If it is a file of a web server.
    pub http: Option<gateway::ResolveSourceHttpResponse>,
}

/// What the daemon knows of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageMeta {
    /// Digest of its manifest or index.
    pub digest: String,
    /// Its config document.
    pub config: Vec<u8>,
}

/// Something the user should know although the build goes on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Warning {
    /// The operation it is shown beside.
    pub digest: String,
    /// How important it is; 1 is the usual.
    pub level: i64,
    /// One line.
    pub short: String,
    /// More lines.
    pub detail: Vec<String>,
    /// Where to read on.
    pub url: String,
    /// The file it is about.
    pub info: Option<pb::SourceInfo>,
    /// The lines it is about.
    pub ranges: Vec<pb::Range>,
}

/// A container outside of the graph, in which one program runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container {
    /// Its name, which no other container of the daemon has.
    pub id: String,
    /// Results and where they are, the root first. A failed step's have ids too.
    pub mounts: Vec<(String, String)>,
    /// The program and its arguments.
    pub args: Vec<String>,
    /// For which platform the program is.
    pub platform: pb::Platform,
}

/// The daemon, as a frontend sees it.
pub trait Bridge: Send + Sync {
    /// What the daemon can do.
    fn caps(&self) -> &Caps;

    /// Solves a graph. It is built when it is needed, unless asked for now.
    fn solve(&self, solve: Solve) -> impl Future<Output = Result<Ref, BridgeError>> + Send;

    /// Reads a whole file of up to `limit` bytes.
    fn read_file(
        &self,
        reference: &Ref,
        path: &str,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>, BridgeError>> + Send;

    /// Lists a directory. A pattern that matches nothing gives an empty list,
    /// which is the way to ask whether a file is there.
    fn read_dir(
        &self,
        reference: &Ref,
        path: &str,
        include: Option<&str>,
    ) -> impl Future<Output = Result<Vec<fsutil::Stat>, BridgeError>> + Send;

    /// The attributes of a file.
    fn stat_file(
        &self,
        reference: &Ref,
        path: &str,
    ) -> impl Future<Output = Result<fsutil::Stat, BridgeError>> + Send;

    /// Builds a result now.
    fn evaluate(&self, reference: &Ref) -> impl Future<Output = Result<(), BridgeError>> + Send;

    /// Runs a program outside of the graph and gives what it printed, up to `limit`
    /// bytes. Nothing of it is cached.
    fn run(
        &self,
        container: Container,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<u8>, BridgeError>> + Send;

    /// The graphs that the client passed in, by name.
    fn inputs(
        &self,
    ) -> impl Future<Output = Result<BTreeMap<String, pb::Definition>, BridgeError>> + Send;

    /// What is known of a source before it is fetched. Asking makes it a material
    /// of the build's provenance, so only what is used is asked for.
    fn resolve_source_meta(
        &self,
        query: SourceQuery,
    ) -> impl Future<Output = Result<SourceMeta, BridgeError>> + Send;

    /// Shows a warning, if the daemon can.
    fn warn(&self, warning: Warning) -> impl Future<Output = Result<(), BridgeError>> + Send;

    /// Ends the request with a result.
    fn return_result(
        &self,
        result: gateway::Result,
    ) -> impl Future<Output = Result<(), BridgeError>> + Send;

    /// Ends the request with an error.
    fn return_error(
        &self,
        error: rpc::Status,
    ) -> impl Future<Output = Result<(), BridgeError>> + Send;
}

fn size(bytes: u64) -> String {
    match bytes {
        0x10_0000.. if bytes.is_multiple_of(0x10_0000) => format!("{} MiB", bytes >> 20),
        0x400.. if bytes.is_multiple_of(0x400) => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}
