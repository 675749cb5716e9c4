//! A build, from the daemon's options to the result: the pure passes with the
//! daemon's answers in between.
//!
//! Owns the order of calls. A trivial build makes six: `Ping`; the question for
//! inputs, the solve and the read that load the spec; the final solve, `Return`;
//! and one more for each image. One that uses the build context looks for its
//! ignore file too.

use std::collections::BTreeMap;

use buildkit_llb::Platform;
use futures_util::future;

use super::bridge::Bridge;
use super::build::Build;
use super::epoch;
use super::error::FrontendError;
use super::excludes;
use super::images::{Asked, Found};
use super::main_context::{self, Inputs, Loaded};
use super::named_contexts::{self, Named};
use super::options::Options;
use super::resolver::ImageResolver;
use super::result::Reply;
use super::serve::Request;
use super::spec_source::LoadedSpec;
use super::{
    convert_llb, findings, missing, no_cache, on_build, platforms, requests, sbom, subrequest,
    warnings,
};
use crate::diagnostic::{Code, Diagnostic, SourceKind, Sources, Span};
use crate::emit::{self, BuildContext};
use crate::pipeline::{self, Outcome};
use crate::plan::Plan;
use crate::spec::{Architecture, Input};

/// How often a policy may replace what stands in the place of an image.
const REWRITES: usize = 10;

/// Answers one request.
pub async fn handle<B: Bridge + 'static>(request: Request<B>) -> Result<Reply, FrontendError> {
    let Loaded {
        spec: loaded,
        context,
        inputs,
    } = main_context::load(&request).await?;
    let options = match &request.options {
        Ok(options) => options,
        Err(errors) => return Err(at_first_line(errors.into(), &loaded)),
    };
    if let Some(reply) = requests::without_spec(options) {
        return reply.map_err(|error| at_first_line(error, &loaded));
    }
    let platforms = platforms::of(&options.platforms, &request.environment)
        .map_err(|error| at_first_line(error, &loaded))?;
    let architectures: Vec<Architecture> = platforms.iter().map(|(_, one)| *one).collect();
    let input = Input {
        name: &loaded.filename,
        bytes: &loaded.data,
        build_args: &options.build_args,
        target: options.target.as_deref(),
    };
    let outcome = pipeline::plan(input, &architectures)
        .map_err(|error| at_first_line(FrontendError::bug(error), &loaded))?;
    // It outlives every question to the daemon, and would be in each of them.
    let mut outcome = Box::new(outcome);
    for plan in &mut outcome.plans {
        plan.use_contexts(named_contexts::names(options, plan.architecture));
    }
    if options.request_id.as_deref() == Some(subrequest::LINT) {
        let missing = missing_files(&request, options, &outcome, &loaded, &context).await;
        outcome.diagnostics.extend(missing);
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
    let chosen_at = outcome.plans.first().map(|plan| plan.chosen_at);
    if options.request_id.is_none() {
        warn(&request, options, &outcome, &loaded).await?;
    } else {
        findings::violation(&outcome).map_or(Ok(()), Err)?;
        let refused = convert_llb::only_one(&platforms);
        refused.map_err(|error| findings::located(error, chosen_at, &outcome.sources))?;
    }
    // The client's ignore file is read meanwhile: a registry takes its time.
    let wanted = Files::wanted(options, &outcome);
    let (found, context) = future::join(
        resolve(&request, options, &inputs, &mut outcome, &platforms),
        with_excludes(&request, options, wanted, &loaded, context),
    )
    .await;
    let located = |error| findings::located(error, chosen_at, &outcome.sources);
    let ((named, images), context) =
        FrontendError::all_of(found.map_err(located), context.map_err(located))?;
    if options.request_id.is_none() {
        let ignored = on_build::warnings(&outcome, &named, &images, &loaded.digest);
        let ignored = ignored.into_iter().map(|one| (on_build::RULE, one));
        let shown = warnings::show(&*request.bridge, &outcome.lint, ignored).await;
        shown.map_err(located)?;
    }
    let epoch = epoch::asked(&*request.bridge, options, &context).await;
    let build = Build {
        bridge: request.bridge.clone(),
        options,
        runs_on: request.environment.build_platform().into(),
        epoch: epoch.map_err(located)?,
        context,
        named,
        images,
        outcome: &outcome,
        loaded: &loaded,
    };
    let reply = match options.request_id {
        Some(_) => build.convert_llb(&platforms),
        None => build.run(&platforms).await,
    };
    reply.map_err(located)
}

/// Shows what is known before anything is asked for: pulling images for a build
/// that warnings are to end would be in vain.
async fn warn<B: Bridge>(
    request: &Request<B>,
    options: &Options,
    outcome: &Outcome,
    loaded: &LoadedSpec,
) -> Result<(), FrontendError> {
    let bridge = &*request.bridge;
    let stages = no_cache::warnings(&options.no_cache, &outcome.plans, &loaded.digest);
    let stages = stages.into_iter().map(|one| (Code::UnknownStage, one));
    let shown = warnings::show(bridge, &outcome.lint, stages).await;
    warnings::show_findings(bridge, outcome, loaded).await?;
    shown.map_err(|error| at_first_line(error, loaded))
}

/// Files of the client's directory that the spec names and that are not there.
async fn missing_files<B: Bridge>(
    request: &Request<B>,
    options: &Options,
    outcome: &Outcome,
    loaded: &LoadedSpec,
    context: &BuildContext,
) -> Vec<Diagnostic> {
    if !matches!(context, BuildContext::Local { .. }) {
        return Vec::new();
    }
    let session = context_session(request, options);
    missing::in_directory(&*request.bridge, loaded, session, outcome).await
}

/// The session that has the client's directory.
fn context_session<'a, B>(request: &'a Request<B>, options: &'a Options) -> Option<&'a String> {
    let own = options.local_sessions.get(emit::CONTEXT_NAME);
    own.or(request.environment.session_id.as_ref())
}

/// The images and named contexts of a build. A policy of the daemon may put
/// anything in the place of an image, which is then a build context of its name.
async fn resolve<B: Bridge + 'static>(
    request: &Request<B>,
    options: &Options,
    inputs: &Inputs,
    outcome: &mut Outcome,
    platforms: &[(Platform, Architecture)],
) -> Result<(Named, Vec<Found>), FrontendError> {
    let resolver = ImageResolver::new(request.bridge.clone());
    let mut replaced = BTreeMap::new();
    for _ in 0..=REWRITES {
        let source = named_contexts::Source {
            bridge: request.bridge.clone(),
            options,
            session: request.environment.session_id.as_ref(),
            inputs,
            outcome,
            replaced: &replaced,
        };
        let asked = Asked { options, outcome };
        let wanted = source.wanted()?;
        let (named, images) = future::join(
            source.take(&wanted, &resolver),
            asked.images(platforms, &resolver),
        )
        .await;
        match FrontendError::all_of(named, images)? {
            (named, Ok(images)) => return Ok((named, images)),
            (_, Err(others)) => {
                for other in others {
                    for plan in &mut outcome.plans {
                        plan.use_contexts([other.image.as_str()]);
                    }
                    replaced.insert(other.image, other.identifier);
                }
            }
        }
    }
    Err(FrontendError::new(format!(
        "the daemon's source policy replaced images {REWRITES} times in a row"
    )))
}

/// Which files of the build context a build needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Files {
    None,
    /// Those that the plans use.
    Used,
    /// All, because they are to be listed.
    All,
}

impl Files {
    fn wanted(options: &Options, outcome: &Outcome) -> Self {
        let listed = |plan: &Plan| sbom::lists_context(options.sbom.as_ref(), plan);
        let used = |plan: &Plan| !plan.context_paths().is_empty();
        if outcome.plans.iter().any(listed) {
            Self::All
        } else if outcome.plans.iter().any(used) {
            Self::Used
        } else {
            Self::None
        }
    }
}

/// The build context without what its ignore file names, if files of it are wanted.
async fn with_excludes<B: Bridge>(
    request: &Request<B>,
    options: &Options,
    wanted: Files,
    loaded: &LoadedSpec,
    context: BuildContext,
) -> Result<BuildContext, FrontendError> {
    if !matches!(context, BuildContext::Local { .. }) || wanted == Files::None {
        return Ok(context);
    }
    let session = context_session(request, options);
    let excludes = excludes::excludes(&*request.bridge, loaded, session.map(String::as_str));
    Ok(BuildContext::Local {
        excludes: excludes.await?,
        session: session.cloned(),
        whole: wanted == Files::All,
    })
}

/// An error that no value of the spec causes; without a place, clients would
/// blame the line that names this frontend.
fn at_first_line(error: FrontendError, loaded: &LoadedSpec) -> FrontendError {
    let mut sources = Sources::default();
    let text = String::from_utf8_lossy(&loaded.data);
    let source = sources.add(SourceKind::Spec, &loaded.filename, text);
    findings::located(error, Some(Span::new(source, 0, 0)), &sources)
}
