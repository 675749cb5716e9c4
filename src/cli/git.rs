//! What git says of a directory. Asked as a process, with arguments and without a
//! shell; what follows from the answers is `deploy`'s.

use std::io;
use std::path::Path;
use std::process::Command;

use super::output::CliError;
use crate::deploy::bake::{History, web_address};
use crate::image::Epoch;

/// What to do where git has no answer.
const INSTEAD: &str = "help: say which version the tags are of with `--tag-version`";

/// What a build is recorded as being made of.
#[derive(Debug)]
pub(super) struct Checkout {
    /// The commit, tags and release branches.
    pub(super) history: History,
    /// When the commit was made.
    pub(super) committed: Option<Epoch>,
    /// Where the sources are read on the web.
    pub(super) address: Option<String>,
    /// Whether files differ from the commit's.
    pub(super) changed: bool,
    /// Whether older commits, and with them tags, may be missing.
    pub(super) shallow: bool,
}

/// What git says of the work tree that a directory is in.
pub(super) fn checkout(directory: &Path) -> Result<Checkout, CliError> {
    let shown = directory.display();
    let git = |arguments: &[&str]| ask(directory, arguments);
    if let Err(said) = git(&["rev-parse", "--git-dir"])? {
        return Err(CliError::Usage(format!(
            "git knows no repository at `{shown}`: {said}\n{INSTEAD}"
        )));
    }
    let Ok(commit) = git(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])? else {
        return Err(CliError::Usage(format!(
            "the repository at `{shown}` has no commit yet\n{INSTEAD}"
        )));
    };
    let answer = |arguments: &[&str]| git(arguments).map(Result::unwrap_or_default);
    let format = format!("--format={}", History::FORMAT);
    let references = [&["for-each-ref", &format], &History::PATTERNS[..]].concat();
    let references = answer(&references)?;
    let time = [
        "show",
        "--no-patch",
        "--no-show-signature",
        "--format=%ct",
        "HEAD",
    ];
    let tracked = ["status", "--porcelain", "--untracked-files=no"];
    Ok(Checkout {
        history: History::read(&commit, &references),
        committed: Epoch::parse(&answer(&time)?),
        address: web_address(&answer(&["config", "--get", "remote.origin.url"])?),
        changed: !answer(&tracked)?.is_empty(),
        shallow: answer(&["rev-parse", "--is-shallow-repository"])? == "true",
    })
}

/// What git answers, or says instead of an answer.
fn ask(directory: &Path, arguments: &[&str]) -> Result<Result<String, String>, CliError> {
    let output = Command::new("git")
        .arg("-C")
        .arg(directory)
        .args(arguments)
        // Looking must not wait for, or get in the way of, somebody else's git.
        .env("GIT_OPTIONAL_LOCKS", "0")
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => CliError::Usage(format!("git is not on PATH\n{INSTEAD}")),
            _ => CliError::Usage(format!("git cannot be started: {error}\n{INSTEAD}")),
        })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    Ok(if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    })
}
