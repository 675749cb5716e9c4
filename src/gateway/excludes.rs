//! What a client must not send of its directories.
//!
//! Owns which ignore file counts and how it is loaded; its text is
//! `pipeline::ignore_file`'s business. What comes from elsewhere than a directory of the
//! client has none.

use buildkit_llb::{Differ, Local, MarshalOptions, marshal};

use super::bridge::{Bridge, BridgeError, Ref};
use super::error::FrontendError;
use super::spec_source::{LoadedSpec, escape};
use crate::emit::CONTEXT_NAME;
use crate::pipeline::ignore_file::{self, IGNORE_FILE};

/// The largest ignore file.
const IGNORE_LIMIT: u64 = 1 << 20;

/// What the client must not send of the build context: the ignore file next to
/// the spec says it, or else that of the context.
pub(super) async fn excludes<B: Bridge>(
    bridge: &B,
    loaded: &LoadedSpec,
    session: Option<&str>,
) -> Result<Vec<String>, FrontendError> {
    let own = own_file(loaded);
    let found = read(bridge, &loaded.reference, &own).await;
    let found = found.map_err(|error| unreadable(&error, &own))?;
    let (path, content) = if found.is_some() {
        (own.as_str(), found)
    } else {
        let local = Local::new(CONTEXT_NAME)
            .shared_key_hint(format!("{CONTEXT_NAME}-{IGNORE_FILE}"))
            .name(format!("[internal] load {IGNORE_FILE}"));
        let content = of_directory(bridge, local, session).await?;
        (IGNORE_FILE, content)
    };
    parse(path, content)
}

/// The ignore file next to the spec.
fn own_file(loaded: &LoadedSpec) -> String {
    format!("{}{IGNORE_FILE}", loaded.filename)
}

/// The ignore file that counts for the build context.
pub(super) async fn file_name<B: Bridge>(bridge: &B, loaded: &LoadedSpec) -> String {
    let own = own_file(loaded);
    match read(bridge, &loaded.reference, &own).await {
        Ok(Some(_)) => own,
        Ok(None) | Err(_) => IGNORE_FILE.to_owned(),
    }
}

/// What the client must not send of a named context: its own ignore file says it.
pub(super) async fn excludes_of_named<B: Bridge>(
    bridge: &B,
    context: &str,
    directory: &str,
    session: Option<&str>,
) -> Result<Vec<String>, FrontendError> {
    let local = Local::new(directory)
        .shared_key_hint(format!("context:{context}-{IGNORE_FILE}"))
        .name(format!("[context {context}] load {IGNORE_FILE}"));
    parse(IGNORE_FILE, of_directory(bridge, local, session).await?)
}

/// The ignore file of a directory of the client.
async fn of_directory<B: Bridge>(
    bridge: &B,
    directory: Local,
    session: Option<&str>,
) -> Result<Option<Vec<u8>>, FrontendError> {
    let tree = load_ignore_file(bridge, directory, session).await?;
    let found = read(bridge, &tree, IGNORE_FILE).await;
    found.map_err(|error| unreadable(&error, IGNORE_FILE))
}

fn parse(path: &str, content: Option<Vec<u8>>) -> Result<Vec<String>, FrontendError> {
    ignore_file::parse(&content.unwrap_or_default())
        .map_err(|error| FrontendError::new(format!("failed parsing `{path}`: {error}")))
}

/// A file, if it is there. A missing one has no error code of its own.
async fn read<B: Bridge>(
    bridge: &B,
    reference: &Ref,
    path: &str,
) -> Result<Option<Vec<u8>>, BridgeError> {
    let (directory, base) = path.rsplit_once('/').unwrap_or((".", path));
    let pattern = escape(base);
    let found = bridge.read_dir(reference, directory, Some(&pattern));
    if found.await?.is_empty() {
        return Ok(None);
    }
    bridge
        .read_file(reference, path, IGNORE_LIMIT)
        .await
        .map(Some)
}

/// The operation by which the Dockerfile frontend loads the file as well.
async fn load_ignore_file<B: Bridge>(
    bridge: &B,
    local: Local,
    session: Option<&str>,
) -> Result<Ref, FrontendError> {
    let local = local
        .follow_paths([IGNORE_FILE])
        .differ(Differ::None)
        .output();
    let options = MarshalOptions::default().caps(bridge.caps().llb.clone());
    let options = match session {
        Some(session) => options.session(session),
        None => options.local_unique(CONTEXT_NAME),
    };
    let graph = marshal(&local, &options).map_err(|error| FrontendError::new(error.to_string()))?;
    let solved = bridge.solve(graph.definition.into_pb().into()).await;
    solved.map_err(|error| unreadable(&error, IGNORE_FILE))
}

fn unreadable(error: &BridgeError, path: &str) -> FrontendError {
    FrontendError::from(error).context(format_args!("failed to load `{path}`"))
}
