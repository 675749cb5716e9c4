//! What is wrong with an option.
//!
//! Owns the messages. Each names the option and the value, since the user may
//! not know which of several tools wrote it.

use thiserror::Error;

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
    /// The client needs a frontend that can do something we cannot.
    #[error("unsupported frontend capability {0}")]
    FrontendCap(String),
}

/// All wrong options of one request.
#[derive(Debug, Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct OptionErrors(pub Vec<OptionError>);
