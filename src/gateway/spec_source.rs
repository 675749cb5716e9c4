//! The spec, out of the client's directory.
//!
//! Owns the operation that loads it, which is exactly the one `BuildKit`'s own
//! loader made a moment before: the daemon sees one vertex, transfers the file
//! once and shows one line. It must not look into the spec.

use buildkit_llb::{Differ, Local, MarshalError, MarshalOptions, Output, marshal};
use buildkit_proto::pb;
use thiserror::Error;

use super::bridge::{Bridge, BridgeError, Ref};
use super::environment::Environment;
use super::errdefs::{Source, SourceInfo};
use super::error::FrontendError;
use super::options::SpecLocation;
use crate::spec::MAX_BYTES;

/// The largest spec. It travels in every error that points into it, and those
/// must fit into a message and into the headers that clients accept.
const SIZE_LIMIT: u64 = MAX_BYTES as u64;
/// The language by which `GitHub` knows the spec.
const LANGUAGE: &str = "YAML";
/// The name whose lower-case form the loader asks for as well.
const CLASSIC_NAME: &str = "Dockerfile";
/// That form.
const CLASSIC_LOWER: &str = "dockerfile";
/// What stands for the session of a client that has none.
const NO_SESSION: &str = "dynamo-frontend";
/// Characters that a path to follow takes for a pattern.
const WILDCARDS: [char; 4] = ['*', '?', '[', '\\'];

/// Why there is no spec.
#[derive(Debug, Error)]
pub enum SpecError {
    /// The client's directory does not have it.
    #[error(
        "cannot find `{filename}` in {place}\n\
         help: name the spec with `-f`, as in `docker buildx build -f dynamo.yaml .`"
    )]
    Missing {
        /// The spec.
        filename: String,
        /// Where it is looked for.
        place: String,
    },
    /// It is too large.
    #[error("cannot load the spec: {source}")]
    TooLarge {
        /// The spec.
        filename: String,
        /// How it begins.
        head: Vec<u8>,
        /// What was read.
        source: BridgeError,
    },
    /// The daemon could not load it.
    #[error("failed to load `{filename}`: {source}")]
    Load {
        /// The spec.
        filename: String,
        /// What the daemon said.
        source: BridgeError,
    },
    /// The daemon cannot load anything.
    #[error("failed to load `{filename}`: {source}")]
    Graph {
        /// The spec.
        filename: String,
        /// What is missing.
        source: MarshalError,
    },
}

/// The spec as it was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadedSpec {
    /// Its path.
    pub filename: String,
    /// Its content.
    pub data: Vec<u8>,
    /// The operation that loaded it, beside which warnings are shown.
    pub digest: String,
    /// The graph that loaded it.
    pub definition: pb::Definition,
    /// The result, which has the ignore file next to the spec as well.
    pub reference: Ref,
}

/// A tree with the spec in it, before it is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Solved {
    /// Where it is, for a sentence.
    pub place: String,
    /// The operation that makes it.
    pub digest: String,
    /// Its graph.
    pub definition: pb::Definition,
    /// The tree.
    pub reference: Ref,
}

/// Loads the spec from the client's directory.
pub async fn load<B: Bridge>(
    bridge: &B,
    location: &SpecLocation,
    environment: &Environment,
) -> Result<LoadedSpec, SpecError> {
    let solved = solve(bridge, location, environment).await?;
    read(bridge, location, solved).await
}

/// Solves the client's directory. Nothing of it is sent before it is read.
pub async fn solve<B: Bridge>(
    bridge: &B,
    location: &SpecLocation,
    environment: &Environment,
) -> Result<Solved, SpecError> {
    let filename = location.filename.clone();
    let options = marshal_options(location, environment);
    let definition = match marshal(&output(location), &options) {
        Ok(marshalled) => marshalled.definition,
        Err(source) => return Err(SpecError::Graph { filename, source }),
    };
    let digest = definition.head().unwrap_or_default();
    let definition = definition.into_pb();
    let reference = bridge.solve(definition.clone().into()).await;
    Ok(Solved {
        place: format!("the directory that the client sent as `{}`", location.local),
        digest,
        definition,
        reference: reference.map_err(|source| SpecError::Load { filename, source })?,
    })
}

/// Reads the spec in a tree.
pub async fn read<B: Bridge>(
    bridge: &B,
    location: &SpecLocation,
    solved: Solved,
) -> Result<LoadedSpec, SpecError> {
    let data = content(bridge, &solved, location).await?;
    Ok(LoadedSpec {
        filename: location.filename.clone(),
        data,
        digest: solved.digest,
        definition: solved.definition,
        reference: solved.reference,
    })
}

/// The operation that loads the spec.
fn output(location: &SpecLocation) -> Output {
    let filename = &location.filename;
    let mut paths = vec![
        escape(filename),
        escape(&format!("{filename}.dockerignore")),
    ];
    paths.extend(classic_lower(filename));
    Local::new(&location.local)
        .follow_paths(paths)
        .shared_key_hint(&location.local)
        .differ(Differ::None)
        .name(format!("[internal] load build definition from {filename}"))
        .output()
}

fn marshal_options(location: &SpecLocation, environment: &Environment) -> MarshalOptions {
    let options = MarshalOptions::default();
    let own = environment
        .options
        .get(&format!("local-sessionid:{}", location.local));
    match own
        .filter(|id| !id.is_empty())
        .or(environment.session_id.as_ref())
    {
        Some(session) => options.session(session),
        None => options.local_unique(NO_SESSION),
    }
}

async fn content<B: Bridge>(
    bridge: &B,
    solved: &Solved,
    location: &SpecLocation,
) -> Result<Vec<u8>, SpecError> {
    let filename = location.filename.clone();
    let reference = &solved.reference;
    let source = match bridge.read_file(reference, &filename, SIZE_LIMIT).await {
        Ok(data) => return Ok(data),
        Err(BridgeError::TooLarge { path, limit, head }) => {
            let source = BridgeError::TooLarge {
                path,
                limit,
                head: Vec::new(),
            };
            return Err(SpecError::TooLarge {
                filename,
                head,
                source,
            });
        }
        Err(source) => source,
    };
    if let Some(lower) = classic_lower(&filename)
        && let Ok(data) = bridge.read_file(reference, &lower, SIZE_LIMIT).await
    {
        return Ok(data);
    }
    // A missing file has no error code of its own; an empty list says it.
    let (directory, base) = filename.rsplit_once('/').unwrap_or((".", &filename));
    match bridge
        .read_dir(reference, directory, Some(&escape(base)))
        .await
    {
        Ok(entries) if entries.is_empty() => Err(SpecError::Missing {
            filename,
            place: solved.place.clone(),
        }),
        _ => Err(SpecError::Load { filename, source }),
    }
}

fn classic_lower(filename: &str) -> Option<String> {
    match filename.rsplit_once('/') {
        Some((directory, CLASSIC_NAME)) => Some(format!("{directory}/{CLASSIC_LOWER}")),
        None if filename == CLASSIC_NAME => Some(CLASSIC_LOWER.to_owned()),
        _ => None,
    }
}

/// A literal name as a path to follow.
pub(super) fn escape(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for character in path.chars() {
        if WILDCARDS.contains(&character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

impl From<SpecError> for FrontendError {
    fn from(error: SpecError) -> Self {
        match error {
            SpecError::Load { filename, source } => {
                Self::from(source).context(format_args!("failed to load `{filename}`"))
            }
            // Without a place of ours, the built-in frontend would add one with
            // the whole file, and clients break over a header of that size.
            SpecError::TooLarge {
                ref filename,
                ref head,
                ..
            } => {
                let info = SourceInfo {
                    filename: filename.clone(),
                    data: head.clone(),
                    language: LANGUAGE.to_owned(),
                };
                Self::new(error.to_string()).with_source(Source::lines(info, 1, 1))
            }
            other => Self::new(other.to_string()),
        }
    }
}
