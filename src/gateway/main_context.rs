//! The build context: a directory of the client, a git repository, a URL, or
//! what another build of the client makes.
//!
//! Owns in which of these the spec is looked for, and the spec that is found. It
//! must not look into the spec.

use std::collections::BTreeMap;

use buildkit_llb::{MarshalOptions, Output, marshal};
use buildkit_proto::pb;
use futures_util::future;

use super::bridge::{Bridge, BridgeError, Ref};
use super::caps::name;
use super::error::FrontendError;
use super::magic;
use super::options::SpecLocation;
use super::serve::Request;
use super::spec_source::{self, LoadedSpec};
use crate::emit::{
    BuildContext, CONTEXT_FILE, CONTEXT_NAME, GitUrl, Graph, git_context, remote_file, unpacked,
};
use crate::plan::public_url;

/// The input that stands for the directory of the spec.
const SPEC_INPUT: &str = "dockerfile";
/// The moment that all times are set to; commits have one of their own.
const EPOCH_ARG: &str = "build-arg:SOURCE_DATE_EPOCH";

/// The graphs that a client passes in, by name.
pub(super) type Inputs = BTreeMap<String, pb::Definition>;

/// A build before anybody has read its spec.
pub(super) struct Loaded {
    /// The spec.
    pub(super) spec: LoadedSpec,
    /// Where the files are.
    pub(super) context: BuildContext,
    /// What the client passed in.
    pub(super) inputs: Inputs,
}

/// Finds the build context and loads the spec.
pub(super) async fn load<B: Bridge>(request: &Request<B>) -> Result<Loaded, FrontendError> {
    let Request {
        bridge,
        environment,
        spec: location,
        ..
    } = request;
    if let Some(url) = &location.context {
        let (context, spec) = remote(&**bridge, request, url).await?;
        let spec = match spec {
            Some(spec) => spec,
            None => spec_source::load(&**bridge, location, environment).await?,
        };
        return Ok(Loaded {
            spec,
            context,
            inputs: inputs(&**bridge).await?,
        });
    }
    // The client's directory is asked for meanwhile: nothing is sent before it is
    // read, and almost every build has it there.
    let (inputs, local) = future::join(
        inputs(&**bridge),
        spec_source::solve(&**bridge, location, environment),
    )
    .await;
    let inputs = inputs?;
    let context = match inputs.get(CONTEXT_NAME) {
        Some(graph) => BuildContext::Input(graph_of(CONTEXT_NAME, graph)?),
        None => BuildContext::default(),
    };
    let given = inputs.get(SPEC_INPUT).map(|graph| (SPEC_INPUT, graph));
    let given = given.or(inputs.get(CONTEXT_NAME).map(|graph| (CONTEXT_NAME, graph)));
    let spec = match given.filter(|_| !location.forced_local) {
        Some((name, graph)) => {
            let tree = graph_of(name, graph)?.0;
            let place = format!("what the client passed in as `{name}`");
            in_tree(&**bridge, location, &tree, place).await?
        }
        None => spec_source::read(&**bridge, location, local?).await?,
    };
    Ok(Loaded {
        spec,
        context,
        inputs,
    })
}

/// What the client passed in, if the daemon can tell.
async fn inputs<B: Bridge>(bridge: &B) -> Result<Inputs, FrontendError> {
    if !bridge.caps().gateway.supports(name::INPUTS) {
        return Ok(Inputs::new());
    }
    bridge.inputs().await.map_err(FrontendError::from)
}

/// A graph that the client passed in.
pub(super) fn graph_of(name: &str, graph: &pb::Definition) -> Result<Graph, FrontendError> {
    let output = Output::from_definition(graph.clone());
    let output = output.map_err(|error| {
        FrontendError::new(format!("the input `{name}` cannot be used: {error}"))
    })?;
    Ok(Graph(output))
}

/// A context at a URL, and the spec in it unless that is in a directory of the
/// client.
async fn remote<B: Bridge>(
    bridge: &B,
    request: &Request<B>,
    url: &str,
) -> Result<(BuildContext, Option<LoadedSpec>), FrontendError> {
    let location = &request.spec;
    let shown = public_url(url);
    if GitUrl::is_git(url) {
        let mut git = GitUrl::parse(url)
            .map_err(|why| FrontendError::new(format!("the build context {why}")))?;
        let given = |name: &str| request.environment.options.get(name);
        git.keep_git |= request.options.as_ref().is_ok_and(|all| all.keep_git_dir);
        let knows_time = bridge
            .caps()
            .llb
            .supports(buildkit_llb::caps::SOURCE_GIT_MTIME);
        git.commit_time |= knows_time && given(EPOCH_ARG).is_some_and(|text| !text.is_empty());
        if location.forced_local {
            return Ok((BuildContext::Git(git), None));
        }
        let by_commit = !bridge
            .caps()
            .llb
            .supports(buildkit_llb::caps::SOURCE_GIT_CHECKSUM);
        let tree = git_context(&git, by_commit).output();
        let place = format!("`{}`", git.shown());
        let spec = in_tree(bridge, location, &tree, place).await?;
        return Ok((BuildContext::Git(git), Some(spec)));
    }
    let is_url = ["http://", "https://"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    if !is_url {
        return Err(FrontendError::new(format!(
            "the build context `{shown}` is no URL that is understood\n\
             help: give a directory, a git repository or the `https://` URL of an archive"
        )));
    }
    let file = remote_file(url).output();
    let (reference, definition, digest) = solve(bridge, &file)
        .await
        .map_err(|error| error.context(format_args!("failed to load `{shown}`")))?;
    let head = match bridge
        .read_file(&reference, CONTEXT_FILE, magic::HEAD)
        .await
    {
        Ok(all) => all,
        Err(BridgeError::TooLarge { head, .. }) => head,
        Err(error) => {
            let error = FrontendError::from(error);
            return Err(error.context(format_args!("failed to load `{shown}`")));
        }
    };
    if !magic::is_archive(&head) {
        let context = BuildContext::File(url.to_owned());
        if location.forced_local {
            return Ok((context, None));
        }
        let name = shown.split(['?', '#']).next().unwrap_or(&shown);
        let name = name.rsplit('/').find(|part| !part.is_empty());
        let at = SpecLocation {
            filename: CONTEXT_FILE.to_owned(),
            ..location.clone()
        };
        let solved = spec_source::Solved {
            place: format!("`{shown}`"),
            digest,
            definition,
            reference,
        };
        let mut spec = spec_source::read(bridge, &at, solved).await?;
        name.unwrap_or(CONTEXT_FILE).clone_into(&mut spec.filename);
        return Ok((context, Some(spec)));
    }
    let context = BuildContext::Archive(url.to_owned());
    if location.forced_local {
        return Ok((context, None));
    }
    let tree = unpacked(&file, url).output();
    let spec = in_tree(bridge, location, &tree, format!("`{shown}`")).await?;
    Ok((context, Some(spec)))
}

/// The spec in a tree.
async fn in_tree<B: Bridge>(
    bridge: &B,
    location: &SpecLocation,
    tree: &Output,
    place: String,
) -> Result<LoadedSpec, FrontendError> {
    let (reference, definition, digest) = solve(bridge, tree).await.map_err(|error| {
        error.context(format_args!(
            "failed to load `{}` from {place}",
            location.filename
        ))
    })?;
    let solved = spec_source::Solved {
        place,
        digest,
        definition,
        reference,
    };
    Ok(spec_source::read(bridge, location, solved).await?)
}

/// Solves a tree that is looked into before the build.
async fn solve<B: Bridge>(
    bridge: &B,
    tree: &Output,
) -> Result<(Ref, pb::Definition, String), FrontendError> {
    let options = MarshalOptions::default().caps(bridge.caps().llb.clone());
    let graph = marshal(tree, &options).map_err(|error| FrontendError::new(error.to_string()))?;
    let digest = graph.definition.head().unwrap_or_default();
    let definition = graph.definition.into_pb();
    let reference = bridge.solve(definition.clone().into()).await?;
    Ok((reference, definition, digest))
}
