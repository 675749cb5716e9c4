//! A build, from the daemon's options to the result: the pure passes with the
//! daemon's answers in between.
//!
//! Owns the order of calls. A trivial build makes five: `Ping`, the solve and
//! the read that load the spec, the final solve, `Return`; and one more for
//! each image.

use std::sync::Arc;

use buildkit_llb::{MarshalOptions, Platform, marshal};
use buildkit_proto::pb;
use futures_util::future::{join_all, try_join_all};

use super::bridge::{Bridge, Ref, Solve};
use super::error::FrontendError;
use super::options::Options;
use super::resolver::{ImageQuery, ImageResolver, ResolvedImage};
use super::result::{BuildResult, PlatformResult, Reply};
use super::serve::Request;
use super::spec_source::{self, LoadedSpec};
use super::{findings, requests};
use crate::diagnostic::{SourceKind, Sources, Span};
use crate::emit::{self, Images, KnownImage, Settings};
use crate::image::ImageConfig;
use crate::pipeline::{self, Outcome};
use crate::plan::Plan;
use crate::spec::{Architecture, Input};

/// Key of the result's metadata that holds what images were resolved to, for
/// `dynamo-frontend llb --images`.
const IMAGES_KEY: &str = "dynamo.images";

/// Answers one request.
pub async fn handle<B: Bridge + 'static>(request: Request<B>) -> Result<Reply, FrontendError> {
    let session = request.environment.session_id.as_deref();
    let loaded = spec_source::load(&*request.bridge, &request.spec, &request.environment).await?;
    let options = match &request.options {
        Ok(options) => options,
        Err(errors) => {
            return Err(at_first_line(
                FrontendError::new(errors.to_string()),
                &loaded,
            ));
        }
    };
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
    let outcome = pipeline::plan(input, &architectures).map_err(FrontendError::bug)?;
    if let Some(request) = &options.request_id {
        return requests::answer(request, &outcome);
    }
    if outcome.diagnostics.has_errors() {
        return Err(findings::failure(&outcome.diagnostics, &outcome.sources));
    }
    let build = Build {
        bridge: request.bridge.clone(),
        options,
        session,
        outcome: &outcome,
    };
    build.warn(&loaded).await;
    let chosen_at = outcome.plans.first().map(|plan| plan.chosen_at);
    build
        .run(&platforms)
        .await
        .map_err(|error| findings::located(error, chosen_at, &outcome.sources))
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
                "images exist for linux/amd64 and linux/arm64, not for {platform}"
            ))
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

/// A build whose spec is in order.
struct Build<'a, B> {
    bridge: Arc<B>,
    options: &'a Options,
    session: Option<&'a str>,
    outcome: &'a Outcome,
}

impl<B: Bridge + 'static> Build<'_, B> {
    /// Shows the warnings. One that cannot be shown is no reason to fail.
    async fn warn(&self, loaded: &LoadedSpec) {
        for one in self.outcome.diagnostics.warnings() {
            let warning = findings::warning(one, &self.outcome.sources, &loaded.digest);
            if let Err(error) = self.bridge.warn(warning).await {
                eprintln!("dynamo-frontend: a warning was not shown: {error}");
            }
        }
    }

    /// Builds every platform, all at the same time.
    async fn run(&self, platforms: &[(Platform, Architecture)]) -> Result<Reply, FrontendError> {
        let resolver = ImageResolver::new(self.bridge.clone());
        let builds = platforms
            .iter()
            .zip(&self.outcome.plans)
            .map(|((platform, _), plan)| self.platform(plan, platform, &resolver));
        let built = try_join_all(builds).await?;
        let mut result = BuildResult {
            multi_platform: self.options.multi_platform,
            ..BuildResult::default()
        };
        let mut known = serde_json::Map::new();
        for (platform, images) in built {
            let id = super::result::platform_id(&platform.platform);
            known.insert(
                id,
                serde_json::to_value(images).map_err(FrontendError::bug)?,
            );
            result.platforms.push(platform);
        }
        let known = serde_json::Value::Object(known).to_string();
        result
            .frontend_metadata
            .insert(IMAGES_KEY.to_owned(), known);
        Ok(Reply::Build(result))
    }

    async fn platform(
        &self,
        plan: &Plan,
        platform: &Platform,
        resolver: &ImageResolver<B>,
    ) -> Result<(PlatformResult, Images), FrontendError> {
        let wire = platform.to_pb();
        let found = self.resolve(plan, &wire, resolver).await?;
        let mut images = Images::default();
        for (asked, image) in plan.images().into_iter().zip(&found) {
            let env = image.config.config.env.as_slice().to_vec();
            images.insert(
                &asked.reference,
                KnownImage {
                    pinned: image.reference.to_string(),
                    env,
                },
            );
        }
        let emitted = emit::emit(plan, &images, &self.outcome.sources, &self.settings())
            .map_err(FrontendError::bug)?;
        let base = plan
            .images()
            .into_iter()
            .zip(&found)
            .find(|(image, _)| Some(image.reference.to_string()) == emitted.base)
            .map(|(_, found)| found);
        let config = base.map_or_else(
            || ImageConfig::new(&wire.os, &wire.architecture),
            |base| base.config.clone(),
        );
        let mut config = emitted.config(plan, &config);
        // `--label` wins over the spec, as it does over a Dockerfile.
        config.config.labels.extend(self.options.labels.clone());
        let reference = self.solve(&emitted, platform).await?;
        let result = PlatformResult {
            platform: wire,
            reference,
            config: Some(config),
            base_config: base.map(|base| base.config_document.clone()),
        };
        Ok((result, images))
    }

    /// Resolves every image of a plan, all at the same time, in their order.
    async fn resolve(
        &self,
        plan: &Plan,
        platform: &pb::Platform,
        resolver: &ImageResolver<B>,
    ) -> Result<Vec<Arc<ResolvedImage>>, FrontendError> {
        let images = plan.images();
        let answers = join_all(images.iter().map(|image| {
            resolver.resolve(ImageQuery {
                reference: image.reference.clone(),
                platform: platform.clone(),
                mode: self.options.resolve_mode,
                log_name: self.options.multi_platform.then(|| {
                    format!(
                        "[{}/{} internal] load metadata for {}",
                        platform.os, platform.architecture, image.reference
                    )
                }),
            })
        }));
        let mut found = Vec::new();
        for (image, answer) in images.iter().zip(answers.await) {
            let place = Some(image.place);
            let located = |error| findings::located(error, place, &self.outcome.sources);
            let answer = answer.map_err(|error| located(FrontendError::from(&*error)))?;
            if !answer.fits(platform) {
                let ImageConfig {
                    os, architecture, ..
                } = &answer.config;
                return Err(located(FrontendError::new(format!(
                    "the image {} is for {os}/{architecture}, and the build for {}/{}",
                    image.reference.familiar(),
                    platform.os,
                    platform.architecture,
                ))));
            }
            found.push(answer);
        }
        Ok(found)
    }

    async fn solve(
        &self,
        emitted: &emit::Emitted,
        platform: &Platform,
    ) -> Result<Ref, FrontendError> {
        let caps = self.bridge.caps();
        let options = MarshalOptions::new(platform.clone()).caps(caps.llb.clone());
        let marshalled = marshal(&emitted.output, &options)
            .map_err(|error| FrontendError::new(error.to_string()))?;
        let solve = Solve {
            definition: marshalled.definition.into_pb(),
            evaluate: false,
            cache_imports: self.options.cache_imports.clone(),
        };
        self.bridge
            .solve(solve)
            .await
            .map_err(|error| FrontendError::from(&error))
    }

    fn settings(&self) -> Settings {
        let argument = |name: &str| self.options.build_args.get(name).cloned();
        Settings {
            session: self
                .options
                .local_sessions
                .get(emit::CONTEXT_NAME)
                .map(String::as_str)
                .or(self.session)
                .map(str::to_owned),
            cache_namespace: argument("BUILDKIT_CACHE_MOUNT_NS").filter(|name| !name.is_empty()),
            context_excludes: Vec::new(),
            name_platform: self.options.multi_platform,
            merge_copies: !self
                .bridge
                .caps()
                .llb
                .supports(buildkit_llb::caps::MERGE_OP),
            no_cache: self.options.no_cache.clone(),
            resolve_mode: self.options.resolve_mode,
        }
    }
}
