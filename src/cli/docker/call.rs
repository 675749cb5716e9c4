//! Calls of Docker that do something: a pull, a build, a container.
//!
//! Owns how they are started, what signals they get, and their exit status.

use std::io;
use std::process::{Command, ExitStatus, Stdio};

use super::{absent, build_command, command};
use crate::cli::output::{CliError, Manner};
use crate::cli::signals::{End, Signals, Vigil, pass_on};

/// Pulls an image; what Docker says of it is no data of ours. Whether it is there.
pub(in crate::cli) fn pull(name: &str, platform: Option<&str>) -> Result<bool, CliError> {
    let mut command = command();
    command.arg("pull");
    command.args(platform.map(|platform| format!("--platform={platform}")));
    command.args(["--quiet", name]).stdin(Stdio::null());
    command.stdout(Stdio::null());
    let status = command.status().map_err(|error| absent(&error))?;
    Ok(status.success())
}

/// Runs `docker` with these arguments to its end; what it prints is no data of ours.
/// It is told what this program is told. Its exit status, or that of the signal; what
/// comes afterwards ends this program.
pub(in crate::cli) fn run(arguments: &[String], manner: Manner) -> Result<u8, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let vigil = Vigil::begin()?;
    let status = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let mut command = tokio::process::Command::from(build_command(manner));
        command.args(arguments).stdin(Stdio::null());
        command.stdout(io::stderr());
        let mut child = command.spawn().map_err(|error| absent(&error))?;
        let mut told: Option<End> = None;
        loop {
            tokio::select! {
                status = child.wait() => return Ok(told.map_or(code(status?), End::status)),
                how = signals.next() => {
                    told = Some(how);
                    // One that was not waited for has its number to itself.
                    child.id().into_iter().for_each(|child| pass_on(how, child));
                }
            }
        }
    });
    vigil.end().map_or(status, |how| Ok(how.status()))
}

/// An exit status; that of a process that was ended is one of failure.
fn code(status: ExitStatus) -> u8 {
    let code = status.code().and_then(|code| code.try_into().ok());
    code.unwrap_or(1)
}

/// Becomes `docker` with these arguments. Returns only where it cannot.
pub(in crate::cli) fn become_docker(arguments: &[String]) -> Result<u8, CliError> {
    let mut command = command();
    command.args(arguments);
    become_it(command)
}

/// Becomes this command of `docker`, so that signals and the exit status are its own.
/// Returns only where it cannot.
#[cfg(unix)]
pub(in crate::cli) fn become_it(mut command: Command) -> Result<u8, CliError> {
    use std::os::unix::process::CommandExt;
    Err(absent(&command.exec()))
}

/// Runs this command of `docker` to its end, and returns its exit status.
#[cfg(not(unix))]
pub(in crate::cli) fn become_it(mut command: Command) -> Result<u8, CliError> {
    Ok(code(command.status().map_err(|error| absent(&error))?))
}
