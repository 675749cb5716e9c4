//! The pipes a daemon starts a frontend with.
//!
//! Owns standard input and output as one stream without a thread that blocks on
//! reading: such a thread would keep the process, and so the build, alive.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::unix::pipe;

/// Standard input or output that is no pipe.
#[derive(Debug, Error)]
#[error(
    "{stream} is not a pipe ({source}): as a frontend this program speaks to BuildKit over \
     pipes; see --help for what it does on a command line"
)]
pub struct StdioError {
    stream: &'static str,
    source: io::Error,
}

/// The process's own standard input and output. Needs a tokio runtime.
pub fn open() -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static, StdioError> {
    let input = io::stdin()
        .as_fd()
        .try_clone_to_owned()
        .map_err(|error| not_a_pipe(INPUT, error));
    let output = io::stdout()
        .as_fd()
        .try_clone_to_owned()
        .map_err(|error| not_a_pipe(OUTPUT, error));
    join(input?, output?)
}

/// Two pipe ends as one stream. Needs a tokio runtime.
pub fn join(
    input: OwnedFd,
    output: OwnedFd,
) -> Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static, StdioError> {
    let reader = pipe::Receiver::from_owned_fd(input).map_err(|error| not_a_pipe(INPUT, error))?;
    let writer = pipe::Sender::from_owned_fd(output).map_err(|error| not_a_pipe(OUTPUT, error))?;
    Ok(tokio::io::join(reader, writer))
}

const INPUT: &str = "standard input";
const OUTPUT: &str = "standard output";

fn not_a_pipe(stream: &'static str, source: io::Error) -> StdioError {
    StdioError { stream, source }
}
