//! Standard output, standard error and exit codes.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use thiserror::Error;

use crate::catalog::CatalogError;
use crate::diagnostic::{Diagnostic, Screen, Sources, to_terminal};

/// All is well.
pub(super) const OK: u8 = 0;
/// There are findings.
pub(super) const FINDINGS: u8 = 1;
/// The command line is wrong, or the machine is.
const USAGE: u8 = 2;

/// Why a command did not run.
#[derive(Debug, Error)]
pub(super) enum CliError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read { path: String, source: io::Error },
    /// Output cannot be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
    /// An argument is wrong.
    #[error("{0}")]
    Usage(String),
    /// The catalog is wrong.
    #[error("this is a bug in dynamo-frontend: {0}")]
    Catalog(#[from] CatalogError),
    /// The graph could not be made.
    #[error("{0}")]
    Graph(String),
}

/// Prints the error and gives its exit code.
pub(super) fn fail(error: &CliError) -> ExitCode {
    note(&format!("error: {error}"));
    ExitCode::from(USAGE)
}

/// Writes data to standard output. A reader that has gone away, as `head` does,
/// is no error, and changes no exit code.
pub(super) fn data(bytes: &[u8]) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes bytes that no terminal should get to standard output.
pub(super) fn binary(bytes: &[u8]) -> Result<(), CliError> {
    if io::stdout().is_terminal() {
        return Err(CliError::Usage(
            "standard output is a terminal, and a definition is not text; \
             write it to a file with `> build.llb`, or read it with `--format json`"
                .to_owned(),
        ));
    }
    data(bytes)
}

/// Writes a line to standard error. There is nobody to tell when that fails.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Writes findings for a person to standard error.
pub(super) fn findings(found: &[&Diagnostic], sources: &Sources) {
    if !found.is_empty() {
        let text = to_terminal(found, sources, screen(&io::stderr()));
        note(&format!("{text}\n"));
    }
}

/// What a stream is drawn on. Colours are for terminals, unless somebody said no.
pub(super) fn screen(stream: &impl IsTerminal) -> Screen {
    if !stream.is_terminal() {
        return Screen::FILE;
    }
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    Screen {
        color: !no_color,
        // A terminal without a size is one of a program.
        width: width
            .filter(|width| *width > 0)
            .unwrap_or(Screen::FILE.width),
    }
}
