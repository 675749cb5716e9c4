//! A build, from the daemon's options to the result: the pure passes with the
//! daemon's answers in between.
//!
//! Owns the order of calls. A trivial build makes five: `Ping`, the solve and
//! the read that load the spec, the final solve, `Return`; and one more for
//! each image. One that uses the build context looks for its ignore file too.

use buildkit_llb::Platform;

use super::bridge::Bridge;
use super::build::Build;
use super::contexts;
use super::epoch::{self, Dated};
use super::error::FrontendError;
use super::named_contexts;
use super::options::Options;
use super::result::Reply;
use super::serve::Request;
use super::spec_source::{self, LoadedSpec};
use super::{findings, requests, sbom, subrequest};
use crate::diagnostic::{SourceKind, Sources, Span};
use crate::emit;
use crate::pipeline;
use crate::plan::Plan;
use crate::spec::{Architecture, Input};

/// Answers one request.
pub async fn handle<B: Bridge + 'static>(request: Request<B>) -> Result<Reply, FrontendError> {
    let loaded = load(&request).await?;
    let options = match &request.options {
        Ok(options) => options,
        Err(errors) => {
            return Err(at_first_line(
                FrontendError::new(errors.to_string()),
                &loaded,
            ));
        }
    };
    contexts::refuse_remote(options).map_err(|error| at_first_line(error, &loaded))?;
    if let Some(reply) = requests::without_spec(options) {
        return reply.map_err(|error| at_first_line(error, &loaded));
    }
    let platforms = platforms(&request, options).map_err(|error| at_first_line(error, &loaded))?;
    let architectures: Vec<Architecture> = platforms.iter().map(|(_, one)| *one).collect();
    let input = Input {
        name: &loaded.filename,
        bytes: &loaded.data,
        build_args: &options.build_args,
        target: options.target.as_deref(),
    };
    let mut outcome = pipeline::plan(input, &architectures).map_err(FrontendError::bug)?;
    if options.request_id.as_deref() == Some(subrequest::LINT) {
        pipeline::lint(&mut outcome);
    }
    if let Some(request) = &options.request_id
        && !requests::needs_graph(request)
    {
        return requests::answer(request, &outcome);
    }
    if outcome.diagnostics.has_errors() {
        return Err(findings::failure(&outcome.diagnostics, &outcome.sources));
    }
    contexts::refuse_named(options, &outcome)?;
    let named_contexts = named_contexts::take(&request, options, &outcome).await?;
    let chosen_at = outcome.plans.first().map(|plan| plan.chosen_at);
    let located = |error| findings::located(error, chosen_at, &outcome.sources);
    let session = options
        .local_sessions
        .get(emit::CONTEXT_NAME)
        .or(request.environment.session_id.as_ref());
    let uses_context = |plan: &Plan| !plan.context_paths().is_empty();
    let list_context = sbom::lists_context(options.sbom.as_ref(), &outcome.plans);
    let uses_context = list_context || outcome.plans.iter().any(uses_context);
    let session = session.filter(|_| uses_context);
    let excludes = if uses_context {
        let refused = contexts::refuse_inputs(&*request.bridge).await;
        refused.map_err(located)?;
        let session = session.map(String::as_str);
        let excludes = contexts::excludes(&*request.bridge, &loaded, session).await;
        excludes.map_err(located)?
    } else {
        Vec::new()
    };
    let epoch = epoch::asked(&*request.bridge, options, |_| Dated::default()).await;
    let build = Build {
        bridge: request.bridge.clone(),
        options,
        session: session.cloned(),
        runs_on: request.environment.build_platform().into(),
        list_context,
        epoch: epoch.map_err(located)?,
        excludes,
        named_contexts,
        outcome: &outcome,
        loaded: &loaded,
    };
    let reply = match options.request_id {
        Some(_) => build.convert_llb(&platforms).await,
        None => build.run(&platforms).await,
    };
    reply.map_err(located)
}

/// Loads the spec. Where there is none, a context that is not supported is the
/// better explanation: the spec may be in it.
async fn load<B: Bridge>(request: &Request<B>) -> Result<LoadedSpec, FrontendError> {
    let remote = request.options.as_ref().map(contexts::refuse_remote);
    match remote {
        Ok(Err(refused)) if !request.spec.forced_local => return Err(refused),
        _ => {}
    }
    match spec_source::load(&*request.bridge, &request.spec, &request.environment).await {
        Ok(loaded) => Ok(loaded),
        Err(error) => {
            contexts::refuse_inputs(&*request.bridge).await?;
            Err(error.into())
        }
    }
}

/// The platforms to build, those asked for or the daemon's own.
fn platforms<B: Bridge>(
    request: &Request<B>,
    options: &Options,
) -> Result<Vec<(Platform, Architecture)>, FrontendError> {
    let own = request.environment.build_platform();
    let asked = match options.platforms.as_slice() {
        [] => vec![format!("{}/{}", own.os, own.architecture)],
        asked => asked.to_vec(),
    };
    let mut platforms = Vec::new();
    for text in &asked {
        let platform = Platform::parse(text)
            .map_err(|error| {
                FrontendError::new(format!("failed to parse platform `{text}`: {error}"))
            })?
            .normalized();
        let architecture = Architecture::of(&platform).ok_or_else(|| {
            FrontendError::new(format!(
                "images exist for linux/amd64 and linux/arm64, not for `{platform}`"
            ))
            .help("name one of them with `--platform`, as in `--platform linux/amd64`")
        })?;
        // One platform may be asked for under two names.
        if !platforms.contains(&(platform.clone(), architecture)) {
            platforms.push((platform, architecture));
        }
    }
    Ok(platforms)
}

/// An error that no value of the spec causes; without a place, clients would
/// blame the line that names this frontend.
fn at_first_line(error: FrontendError, loaded: &LoadedSpec) -> FrontendError {
    let mut sources = Sources::default();
    let text = String::from_utf8_lossy(&loaded.data);
    let source = sources.add(SourceKind::Spec, &loaded.filename, text);
    findings::located(error, Some(Span::new(source, 0, 0)), &sources)
}
