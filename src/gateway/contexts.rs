//! Where the files of a build come from, beside the spec.
//!
//! Owns the ignore file, and the refusal of contexts that cannot be used yet: a
//! build that leaves one out would not be the build that was asked for. Named
//! contexts that the plan asks for are the business of `named_contexts`.

use buildkit_llb::{Differ, Local, MarshalOptions, marshal};

use super::bridge::{Bridge, BridgeError, Ref};
use super::caps::name;
use super::error::FrontendError;
use super::findings;
use super::ignore_file;
use super::options::Options;
use super::spec_source::{LoadedSpec, escape};
use crate::emit::{CONTEXT_NAME, PLATFORM_MARK, written};
use crate::image::Reference;
use crate::pipeline::Outcome;
use crate::plan::public_url;

/// The ignore file of a context.
const IGNORE_FILE: &str = ".dockerignore";
/// The largest ignore file.
const IGNORE_LIMIT: u64 = 1 << 20;
/// The input that stands for the directory of the spec.
const SPEC_INPUT: &str = "dockerfile";

/// What the client must not send of the build context: the ignore file next to
/// the spec says it, or else that of the context.
pub(super) async fn excludes<B: Bridge>(
    bridge: &B,
    loaded: &LoadedSpec,
    session: Option<&str>,
) -> Result<Vec<String>, FrontendError> {
    let own = format!("{}{IGNORE_FILE}", loaded.filename);
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

/// Refuses a build context that is a URL.
pub(super) fn refuse_remote(options: &Options) -> Result<(), FrontendError> {
    match &options.context {
        None => Ok(()),
        Some(url) => Err(FrontendError::new(format!(
            "a build context that is a URL is not supported by this version: `{}`\n\
             help: check it out, and give the directory, as in `docker buildx build -f dynamo.yaml .`",
            public_url(url)
        ))),
    }
}

/// Refuses a spec or a build context that another build made.
pub(super) async fn refuse_inputs<B: Bridge>(bridge: &B) -> Result<(), FrontendError> {
    if !bridge.caps().gateway.supports(name::INPUTS) {
        return Ok(());
    }
    let inputs = bridge.inputs().await?;
    let Some(given) = [CONTEXT_NAME, SPEC_INPUT]
        .into_iter()
        .find(|name| inputs.contains_key(*name))
    else {
        return Ok(());
    };
    Err(FrontendError::new(format!(
        "a build context that another build makes is not supported by this version: the input `{given}`\n\
         help: give a directory, as in `docker buildx build -f dynamo.yaml .`"
    )))
}

/// Refuses named contexts that stand for something of the build. Others are
/// nobody's business: a client may name more than this build needs.
pub(super) fn refuse_named(options: &Options, outcome: &Outcome) -> Result<(), FrontendError> {
    let frontend = options.source.as_deref().and_then(image_name);
    let mut refused = Vec::new();
    for key in options.named_contexts.keys() {
        let context = key.split(PLATFORM_MARK).next().unwrap_or(key);
        let image = image_name(context);
        if image.is_some() && image == frontend {
            // This very frontend, which the daemon has replaced already.
            continue;
        }
        let place = outcome.plans.iter().find_map(|plan| {
            let images = plan.images().into_iter();
            let mut same = images.filter(|one| image_name(&one.reference.to_string()) == image);
            let stage = plan
                .stages
                .iter()
                .find(|stage| stage.name.eq_ignore_ascii_case(context));
            same.next()
                .filter(|_| image.is_some())
                .map(|one| ("image", written(one.place, plan, &outcome.sources)))
                .or(stage.map(|_| ("stage", plan.chosen_at)))
        });
        if let Some((what, place)) = place {
            let error = FrontendError::new(format!(
                "replacing the {what} `{context}` by a build context is not supported by this version\n\
                 help: leave `--build-context {context}=…` out; images are set under `images` and `mirrors`"
            ));
            refused.push(findings::located(error, Some(place), &outcome.sources));
        }
    }
    FrontendError::all(refused).map_or(Ok(()), Err)
}

/// Repository and tag of an image, whatever the form it is written in.
fn image_name(text: &str) -> Option<(String, Option<String>)> {
    let reference = Reference::parse(text).ok()?.with_default_tag();
    Some((reference.name(), reference.tag().map(str::to_owned)))
}
