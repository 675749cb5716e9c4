//! The edge of a request: from the daemon's call to the process's exit.
//!
//! Owns that whatever happens inside reaches the user: one `Return`, with a
//! result or an error, and an exit code of 0 once it has arrived. It must not
//! know what a request is about.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::sync::Arc;

use futures_util::FutureExt;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};

use super::bridge::{Bridge, BridgeError};
use super::caps::name;
use super::environment::Environment;
use super::error::FrontendError;
use super::grpc::GrpcBridge;
use super::options::{OptionErrors, Options, SpecLocation};
use super::result::Reply;
use super::stdio::{self, StdioError};

/// Why a request ended without an answer.
#[derive(Debug, Error)]
pub enum ServeError {
    /// There are no pipes.
    #[error(transparent)]
    Stdio(#[from] StdioError),
    /// There is no runtime.
    #[error("cannot start the runtime: {0}")]
    Runtime(#[source] std::io::Error),
    /// The daemon did not answer the first call.
    #[error("BuildKit is not there: {0}")]
    Connect(#[source] BridgeError),
    /// The daemon did not take the answer.
    #[error("BuildKit did not take the answer: {0}")]
    Return(#[source] BridgeError),
}

/// One request.
#[derive(Debug)]
pub struct Request<B> {
    /// The daemon, with what it can do.
    pub bridge: Arc<B>,
    /// What the daemon said before.
    pub environment: Environment,
    /// Where the spec is, whatever else is wrong with the options.
    pub spec: SpecLocation,
    /// The options. Errors are left to the handler, which can load the spec and
    /// show them at a place in it.
    pub options: Result<Options, OptionErrors>,
}

/// Answers the daemon that started this process, over standard input and output.
pub fn run<H, F>(environment: Environment, handler: H) -> ExitCode
where
    H: FnOnce(Request<GrpcBridge>) -> F,
    F: Future<Output = Result<Reply, FrontendError>>,
{
    match run_to_end(environment, handler) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // This reaches the daemon's log; the user cannot be reached any more.
            eprintln!("dynamo-frontend: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_to_end<H, F>(environment: Environment, handler: H) -> Result<(), ServeError>
where
    H: FnOnce(Request<GrpcBridge>) -> F,
    F: Future<Output = Result<Reply, FrontendError>>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Runtime)?;
    let outcome = runtime.block_on(async {
        let io = stdio::open()?;
        serve(environment, io, handler).await
    });
    // Nothing that still runs may delay the exit.
    runtime.shutdown_background();
    outcome
}

/// Answers one request over `io`.
pub async fn serve<I, H, F>(environment: Environment, io: I, handler: H) -> Result<(), ServeError>
where
    I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    H: FnOnce(Request<GrpcBridge>) -> F,
    F: Future<Output = Result<Reply, FrontendError>>,
{
    let bridge = GrpcBridge::connect(io, environment.product.as_deref())
        .await
        .map_err(ServeError::Connect)?;
    answer(Arc::new(bridge), environment, handler).await
}

/// Runs the handler and returns what came of it, once.
async fn answer<B, H, F>(
    bridge: Arc<B>,
    environment: Environment,
    handler: H,
) -> Result<(), ServeError>
where
    B: Bridge,
    H: FnOnce(Request<B>) -> F,
    F: Future<Output = Result<Reply, FrontendError>>,
{
    let request = Request {
        bridge: bridge.clone(),
        spec: SpecLocation::parse(&environment.options),
        options: Options::parse(&environment.options),
        environment,
    };
    // The handler's own call is inside, so that a panic before its first await
    // is caught too. Nothing of it is used after a panic.
    let caught = AssertUnwindSafe(async move { handler(request).await })
        .catch_unwind()
        .await;
    let outcome = caught.unwrap_or_else(|panic| Err(from_panic(&*panic)));
    let ref_array = bridge.caps().gateway.supports(name::REF_ARRAY);
    let wire = outcome.and_then(|reply| reply.into_wire(ref_array).map_err(FrontendError::bug));
    let returned = match wire {
        Ok(result) => bridge.return_result(result).await,
        Err(error) => {
            eprintln!("dynamo-frontend: {error}");
            bridge.return_error(error.into_status()).await
        }
    };
    returned.map_err(ServeError::Return)
}

fn from_panic(panic: &(dyn Any + Send)) -> FrontendError {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    FrontendError::bug(text.unwrap_or("it panicked without a message"))
}
