//! Standard output, standard error and exit codes.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use thiserror::Error;

use crate::catalog::CatalogError;
use crate::diagnostic::{Diagnostic, Screen, Severity, Sources, to_terminal};

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
    self::error(error);
    ExitCode::from(USAGE)
}

/// Writes an error to standard error, whatever the manner.
pub(super) fn error(error: impl std::fmt::Display) {
    note(&format!("error: {error}"));
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
            "a definition is not text, and standard output is a terminal\n\
             help: write it to a file with `> build.llb`, or read it with `--format json`"
                .to_owned(),
        ));
    }
    data(bytes)
}

/// Writes a line to standard error. There is nobody to tell when that fails.
fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// How a person wants to be talked to.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Manner {
    /// Write nothing to standard error but errors
    #[arg(short, long, global = true)]
    quiet: bool,
    /// When to use colors
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    color: Color,
}

/// When to use colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Color {
    /// On a terminal, unless `NO_COLOR` or `CLICOLOR` say otherwise, and wherever
    /// `CLICOLOR_FORCE` asks for them
    Auto,
    /// Into files and pipes as well
    Always,
    /// Nowhere
    Never,
}

impl Manner {
    /// Whether only errors are to be heard.
    pub(super) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Writes a line to standard error that is good to know.
    pub(super) fn note(self, text: &str) {
        if !self.quiet {
            note(text);
        }
    }

    /// Writes findings for a person to standard error.
    pub(super) fn findings(self, found: &[&Diagnostic], sources: &Sources) {
        let heard = |one: &&Diagnostic| !self.quiet || one.severity == Severity::Error;
        let found: Vec<_> = found.iter().copied().filter(heard).collect();
        if !found.is_empty() {
            let text = to_terminal(&found, sources, self.screen(&io::stderr()));
            note(&format!("{text}\n"));
        }
    }

    /// What a stream is drawn on.
    pub(super) fn screen(self, stream: &impl IsTerminal) -> Screen {
        let terminal = stream.is_terminal();
        let size = terminal.then(terminal_size::terminal_size).flatten();
        // A terminal without a size is one of a program.
        let width = size.map(|(width, _)| usize::from(width.0));
        Screen {
            color: self
                .color
                .is_wanted(terminal, &|name| std::env::var_os(name)),
            width: width
                .filter(|width| *width > 0)
                .unwrap_or(Screen::FILE.width),
        }
    }
}

impl Color {
    /// Whether a stream gets colours, by the variables that programs agree on.
    fn is_wanted(self, terminal: bool, variable: &dyn Fn(&str) -> Option<OsString>) -> bool {
        let is = |name, text: &str| variable(name).is_some_and(|value| value == text);
        let has = |name| variable(name).is_some_and(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if has("NO_COLOR") => false,
            Self::Auto if has("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0") => true,
            Self::Auto => terminal && !is("CLICOLOR", "0") && !is("TERM", "dumb"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_unless_somebody_says_otherwise() {
        let wanted = |color: Color, terminal, set: &[(&str, &str)]| {
            color.is_wanted(terminal, &|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            })
        };
        assert!(wanted(Color::Auto, true, &[]));
        assert!(!wanted(Color::Auto, false, &[]));
        assert!(!wanted(Color::Auto, true, &[("NO_COLOR", "1")]));
        assert!(wanted(Color::Auto, true, &[("NO_COLOR", "")]));
        assert!(!wanted(Color::Auto, true, &[("TERM", "dumb")]));
        assert!(!wanted(Color::Auto, true, &[("CLICOLOR", "0")]));
        assert!(wanted(Color::Auto, false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!wanted(Color::Auto, false, &[("CLICOLOR_FORCE", "0")]));
        let both = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")];
        assert!(!wanted(Color::Auto, true, &both));
        assert!(wanted(Color::Always, false, &both));
        assert!(!wanted(Color::Never, true, &[]));
    }
}
