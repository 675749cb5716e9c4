//! A daemon that plays a script, for tests.
//!
//! Owns a real gRPC server over any stream: it answers from a script, records
//! every request in order and keeps what the frontend returned. What the daemon
//! it plays does not know, it refuses. It must not build anything. Only the feature `double` compiles it.

use std::collections::BTreeMap;
use std::future;
use std::io;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use buildkit_proto::gateway::llb_bridge_server::LlbBridgeServer;
use buildkit_proto::{gateway, pb, rpc};
use futures_util::stream;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tonic::transport::Server;

mod call;
mod daemon;
mod service;
mod strict;

pub use call::{Call, Method};
pub use daemon::Daemon;

use super::stdio;
use service::Service;

/// How much may be under way inside the double.
const BUFFER: usize = 64 << 10;

/// A script, until it is attached to a frontend.
#[derive(Clone, Debug)]
pub struct Double {
    daemon: Daemon,
    script: Script,
}

/// What is answered to what.
#[derive(Clone, Debug, Default)]
struct Script {
    files: BTreeMap<(Option<String>, String), Vec<u8>>,
    /// By reference, and platform where it matters.
    images: BTreeMap<(String, Option<String>), Image>,
    /// Nanoseconds since 1970, by path.
    times: BTreeMap<String, i64>,
    /// By identifier.
    sources: BTreeMap<String, gateway::ResolveSourceMetaResponse>,
    inputs: BTreeMap<String, pb::Definition>,
    failures: BTreeMap<(Method, Option<usize>), rpc::Status>,
    delays: BTreeMap<Method, Duration>,
    /// How many calls of a method must have come before one is answered.
    together: BTreeMap<Method, usize>,
    hang_up: Option<Method>,
}

#[derive(Clone, Debug)]
struct Image {
    rewritten: Option<String>,
    digest: String,
    config: Vec<u8>,
}

/// A double at work.
#[derive(Debug)]
pub struct Running {
    calls: Arc<Mutex<Vec<Call>>>,
    hang_up: Arc<Notify>,
    relay: JoinHandle<()>,
}

impl Double {
    /// A daemon of this version that has nothing.
    pub fn new(daemon: Daemon) -> Self {
        Self {
            daemon,
            script: Script::default(),
        }
    }

    /// Every result has this file.
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.script
            .files
            .insert((None, path.to_owned()), content.into());
        self
    }

    /// No result has this file after all.
    pub fn without_file(mut self, path: &str) -> Self {
        self.script.files.remove(&(None, path.to_owned()));
        self
    }

    /// One result has this file. Results are called `ref-0`, `ref-1`, … in the
    /// order in which they were solved.
    pub fn file_in(mut self, reference: &str, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.script.files.insert(
            (Some(reference.to_owned()), path.to_owned()),
            content.into(),
        );
        self
    }

    /// The registry has this image, by its full reference.
    pub fn image(self, reference: &str, digest: &str, config: impl Into<Vec<u8>>) -> Self {
        self.add_image(reference, None, digest, config.into())
    }

    /// The registry has this image for one platform, such as `linux/arm64`.
    pub fn image_for(
        mut self,
        platform: &str,
        reference: &str,
        digest: &str,
        config: impl Into<Vec<u8>>,
    ) -> Self {
        let image = Image {
            rewritten: None,
            digest: digest.to_owned(),
            config: config.into(),
        };
        let key = (reference.to_owned(), Some(platform.to_owned()));
        self.script.images.insert(key, image);
        self
    }

    /// A policy puts the source `identifier`, an image as well, in the place of
    /// this image.
    pub fn rewritten_image(
        self,
        reference: &str,
        identifier: &str,
        digest: &str,
        config: impl Into<Vec<u8>>,
    ) -> Self {
        self.add_image(
            reference,
            Some(identifier.to_owned()),
            digest,
            config.into(),
        )
    }

    /// A file of this path was changed so many seconds after 1970.
    pub fn modified(mut self, path: &str, seconds: i64) -> Self {
        let nanoseconds = seconds.saturating_mul(1_000_000_000);
        self.script.times.insert(path.to_owned(), nanoseconds);
        self
    }

    /// This is known of a source that is no image, by its identifier.
    pub fn source(mut self, identifier: &str, known: gateway::ResolveSourceMetaResponse) -> Self {
        self.script.sources.insert(identifier.to_owned(), known);
        self
    }

    /// The client passed in this graph.
    pub fn input(mut self, name: &str, definition: pb::Definition) -> Self {
        self.script.inputs.insert(name.to_owned(), definition);
        self
    }

    /// All calls of this method fail.
    pub fn fail(mut self, method: Method, status: rpc::Status) -> Self {
        self.script.failures.insert((method, None), status);
        self
    }

    /// One call of this method fails; the first has number 0.
    pub fn fail_nth(mut self, method: Method, number: usize, status: rpc::Status) -> Self {
        self.script.failures.insert((method, Some(number)), status);
        self
    }

    /// Calls of this method take their time.
    pub fn delay(mut self, method: Method, time: Duration) -> Self {
        self.script.delays.insert(method, time);
        self
    }

    /// No call of this method is answered before so many have come. Who asks one
    /// after the other waits for ever.
    pub fn together(mut self, method: Method, number: usize) -> Self {
        self.script.together.insert(method, number);
        self
    }

    /// The connection breaks where the answer to this method would be.
    pub fn hang_up_at(mut self, method: Method) -> Self {
        self.script.hang_up = Some(method);
        self
    }

    /// The daemon does not know this capability.
    pub fn without_cap(mut self, cap: &str) -> Self {
        self.daemon = self.daemon.without(cap);
        self
    }

    /// The daemon knows this capability and has it off.
    pub fn disabled_cap(mut self, cap: &str, reason: &str) -> Self {
        self.daemon = self.daemon.disabled(cap, reason);
        self
    }

    /// Starts the double and gives the frontend's end of the stream. Needs a
    /// tokio runtime, as the other two do.
    pub fn connect(self) -> (Running, DuplexStream) {
        let (ours, theirs) = tokio::io::duplex(BUFFER);
        (self.attach(ours), theirs)
    }

    /// Starts the double on the pipes of a child process.
    pub fn attach_child(self, child: &mut Child) -> io::Result<Running> {
        let missing = || io::Error::other("the child needs piped standard input and output");
        let output = child.stdout.take().ok_or_else(missing)?;
        let input = child.stdin.take().ok_or_else(missing)?;
        let io = stdio::join(output.into(), input.into()).map_err(io::Error::other)?;
        Ok(self.attach(io))
    }

    /// Starts the double on a stream.
    pub fn attach<I>(self, mut io: I) -> Running
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let calls = Arc::<Mutex<Vec<Call>>>::default();
        let hang_up = Arc::new(Notify::new());
        let limit = self.daemon.message_limit();
        let service = Service::new(self.daemon, self.script, calls.clone(), hang_up.clone());
        // The server gets a stream of its own, so that the real one can be cut.
        let (served, mut relayed) = tokio::io::duplex(BUFFER);
        let playing = Server::builder()
            .add_service(LlbBridgeServer::new(service).max_decoding_message_size(limit))
            .serve_with_incoming(stream::once(future::ready(Ok::<_, io::Error>(served))));
        let cut = hang_up.clone();
        let relay = tokio::spawn(async move {
            tokio::spawn(playing);
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut io, &mut relayed) => {}
                () = cut.notified() => {}
            }
        });
        Running {
            calls,
            hang_up,
            relay,
        }
    }

    fn add_image(
        mut self,
        reference: &str,
        rewritten: Option<String>,
        digest: &str,
        config: Vec<u8>,
    ) -> Self {
        let image = Image {
            rewritten,
            digest: digest.to_owned(),
            config,
        };
        self.script
            .images
            .insert((reference.to_owned(), None), image);
        self
    }
}

impl Running {
    /// All requests so far, in the order in which they came.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.calls).clone()
    }

    /// The names of all requests so far.
    pub fn methods(&self) -> Vec<Method> {
        lock(&self.calls).iter().map(Call::method).collect()
    }

    /// The graphs that were solved.
    pub fn definitions(&self) -> Vec<pb::Definition> {
        let solved = |call: Call| match call {
            Call::Solve(request) => request.definition,
            _ => None,
        };
        self.calls().into_iter().filter_map(solved).collect()
    }

    /// What was returned, once it was.
    pub fn returned(&self) -> Option<gateway::ReturnRequest> {
        self.calls().into_iter().find_map(|call| match call {
            Call::Return(request) => Some(*request),
            _ => None,
        })
    }

    /// The result that was returned.
    pub fn result(&self) -> Option<gateway::Result> {
        self.returned().and_then(|returned| returned.result)
    }

    /// The error that was returned.
    pub fn error(&self) -> Option<rpc::Status> {
        self.returned().and_then(|returned| returned.error)
    }

    /// Breaks the connection.
    pub fn hang_up(&self) {
        self.hang_up.notify_one();
    }

    /// Waits until the connection is closed.
    pub async fn closed(&mut self) {
        // A relay that panicked is closed as well.
        let _ = (&mut self.relay).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
