//! What is wrong with an option.
//!
//! Owns the messages. Each names the option and the value, since the user may
//! not know which of several tools wrote it.

use std::fmt;

use thiserror::Error;

use crate::diagnostic::printable;
use crate::image::ReferenceError;

/// Between what is wrong and what to do about it.
const HELP: &str = "\nhelp: ";

/// One option with a value that cannot be used.
#[derive(Debug, Error)]
pub enum OptionError {
    /// Neither `default`, `pull` nor `local`.
    #[error("invalid image-resolve-mode: {0}")]
    ResolveMode(String),
    /// Neither true nor false.
    #[error("invalid {option}: `{value}` is neither true nor false")]
    Boolean {
        /// The option.
        option: String,
        /// What it was given.
        value: String,
    },
    /// A list with a quote that does not end.
    #[error("invalid {option}: `{value}` is not a comma-separated list")]
    List {
        /// The option.
        option: String,
        /// What it was given.
        value: String,
    },
    /// JSON of the wrong shape.
    #[error("invalid {option}: `{value}`: {source}")]
    Json {
        /// The option.
        option: String,
        /// What it was given.
        value: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Several platforms, and the wish for a result without a platform list.
    #[error(
        "conflicting config: returning multiple target platforms is not allowed \
         (platform={platforms}, multi-platform={value})"
    )]
    OnePlatformOnly {
        /// The platforms asked for.
        platforms: String,
        /// What `multi-platform` was given.
        value: String,
    },
    /// A line for `/etc/hosts` without a name or an address.
    #[error(
        "invalid add-hosts: `{0}` is not a name and an address\n\
         help: write `--add-host NAME=ADDRESS`, as in `--add-host mirror=10.0.0.2`"
    )]
    Host(String),
    /// A network that does not exist.
    #[error(
        "invalid netmode: `{0}` is not a network of builds\n\
         help: give `--network` one of `default`, `none` and `host`"
    )]
    Network(String),
    /// A size that is no number.
    #[error(
        "invalid shm-size: `{0}` is not a number of bytes\n\
         help: write `--shm-size SIZE`, as in `--shm-size 2g`"
    )]
    Size(String),
    /// A resource limit that Linux does not have.
    #[error(
        "invalid ulimit: `{0}` is not a limit\n\
         help: write `--ulimit NAME=SOFT:HARD`, as in `--ulimit nofile=1024:2048`"
    )]
    Limit(String),
    /// A limit on memory or processor time that is none.
    #[error("invalid {option} value: {value}: must be {rule}\nhelp: write `{example}`")]
    Resource {
        /// The option.
        option: &'static str,
        /// What it was given.
        value: String,
        /// What it takes.
        rule: &'static str,
        /// The flag that sets it, with a value.
        example: &'static str,
    },
    /// An option that frontends once had.
    #[error(
        "`{0}` is not supported any more\nhelp: leave it out: it has no effect since BuildKit 0.11"
    )]
    Removed(String),
    /// Neither a time nor something that has one.
    #[error(
        "invalid SOURCE_DATE_EPOCH: `{0}` is neither a number of seconds since 1970, nor \
         `context`, nor the name of a build context\n\
         help: write `--build-arg SOURCE_DATE_EPOCH=SECONDS`, as in \
         `--build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct)`"
    )]
    Epoch(String),
    /// An attestation that nobody makes.
    #[error(
        "unknown attestation type \"{0}\"\n\
         help: there are `--attest type=sbom` and `--attest type=provenance`"
    )]
    AttestationType(String),
    /// A list of what is in the image that nothing is to make.
    #[error(
        "sbom scanner cannot be empty\n\
         help: leave `generator` out, or name an image, as in \
         `--attest type=sbom,generator=IMAGE`"
    )]
    NoGenerator,
    /// What is to make it is no image.
    #[error("failed to parse sbom scanner `{generator}`: {source}")]
    Generator {
        /// What it was given.
        generator: String,
        /// What is wrong with it.
        source: ReferenceError,
    },
    /// The client needs a frontend that can do something we cannot.
    #[error("unsupported frontend capability {0}")]
    FrontendCap(String),
}

/// All wrong options of one request.
#[derive(Debug, Error)]
pub struct OptionErrors(pub Vec<OptionError>);

impl fmt::Display for OptionErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.0.iter().map(|error| {
            let text = error.to_string();
            // Whoever chose a value may not be who reads this; a help holds none.
            match text.rsplit_once(HELP) {
                Some((message, help)) => format!("{}{HELP}{help}", printable(message)),
                None => printable(&text),
            }
        });
        formatter.write_str(&lines.collect::<Vec<_>>().join("\n"))
    }
}
