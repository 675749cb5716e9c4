//! The named build contexts that a plan uses, as the client gives them.
//!
//! Owns what is asked of the daemon about them. What a value says is read by
//! `given`, what a name stands for is the plan's business, and what else a client
//! names is nobody's.

mod given;

use std::collections::BTreeMap;
use std::sync::Arc;

use buildkit_proto::pb;
use futures_util::future::join_all;

pub(super) use given::Given;

use super::bridge::{Bridge, SourceQuery};
use super::error::FrontendError;
use super::excludes;
use super::findings;
use super::input_metadata;
use super::main_context::{Inputs, graph_of};
use super::options::Options;
use super::resolver::{ImageQuery, ImageResolver};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::emit::{self, KnownImage, NamedContext, PLATFORM_MARK, written};
use crate::image::{ImageConfig, Reference};
use crate::pipeline::Outcome;
use crate::plan::{NamedUse, Plan};
use crate::spec::Architecture;

/// The config of something to build on.
#[derive(Clone, Debug)]
pub(super) struct FoundConfig {
    /// The config.
    pub(super) config: ImageConfig,
    /// Its document as it came.
    pub(super) document: Vec<u8>,
}

/// The named contexts of a build, by `NAME::PLATFORM`.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    /// What they are.
    pub(super) contexts: BTreeMap<String, NamedContext>,
    /// Configs of those that have one.
    pub(super) configs: BTreeMap<String, FoundConfig>,
}

/// What the client gives for a context that a plan uses.
pub(super) struct Wanted<'a> {
    name: &'a str,
    place: Span,
    plan: &'a Plan,
    given: Given,
}

/// What the named contexts of a build are taken from.
pub(super) struct Source<'a, B> {
    /// The daemon.
    pub(super) bridge: Arc<B>,
    /// The client's options.
    pub(super) options: &'a Options,
    /// The client's session.
    pub(super) session: Option<&'a String>,
    /// What the client passed in.
    pub(super) inputs: &'a Inputs,
    /// The spec and its plans.
    pub(super) outcome: &'a Outcome,
    /// What a policy of the daemon put in the place of images.
    pub(super) replaced: &'a BTreeMap<String, String>,
}

/// The names that the client gives for a platform.
pub(super) fn names(options: &Options, architecture: Architecture) -> Vec<&str> {
    emit::context_names(options.named_contexts.keys(), &architecture.platform())
}

impl<'a, B: Bridge + 'static> Source<'a, B> {
    /// What the client gives for the contexts that the plans use. All that are
    /// missing or wrong are reported at once, each at the line that asks for it, and
    /// before anything is asked of a registry.
    pub(super) fn wanted(&self) -> Result<Vec<Wanted<'a>>, FrontendError> {
        let mut missing = Diagnostics::default();
        let mut failures: Vec<FrontendError> = Vec::new();
        let mut wanted = Vec::new();
        for plan in &self.outcome.plans {
            let platform = plan.architecture.platform();
            for NamedUse { name, place, .. } in plan.named_contexts() {
                let place = written(place, plan, &self.outcome.sources);
                let keys = emit::context_keys(name, &platform);
                let given = keys
                    .iter()
                    .find_map(|key| self.options.named_contexts.get_key_value(key));
                let own = self.replaced.get_key_value(name);
                match own.or(given).map(|(key, value)| (key, Given::parse(value))) {
                    None => missing.push(
                        Diagnostic::error(
                            Code::MissingValue,
                            place,
                            format!("no build context `{name}`"),
                        )
                        .help(format!("add `--build-context {name}=DIR`")),
                    ),
                    Some((_, Ok(given))) => wanted.push(Wanted {
                        name,
                        place,
                        plan,
                        given,
                    }),
                    Some((key, Err(why))) => {
                        let error = FrontendError::new(format!("the build context `{key}` {why}"));
                        self.fail(&mut failures, error, place);
                    }
                }
            }
        }
        let missing = missing
            .has_errors()
            .then(|| findings::failure(&missing, &self.outcome.sources));
        match FrontendError::all(missing.into_iter().chain(failures)) {
            Some(error) => Err(error),
            None => Ok(wanted),
        }
    }

    /// What there is to know of them.
    pub(super) async fn take(
        &self,
        wanted: &[Wanted<'_>],
        resolver: &ImageResolver<B>,
    ) -> Result<Named, FrontendError> {
        let found = wanted
            .iter()
            .map(|one| self.find(one.name, one.plan, &one.given, resolver));
        let found = join_all(found).await;
        let mut named = Named::default();
        let mut failures = Vec::new();
        for (one, found) in wanted.iter().zip(found) {
            let platform = one.plan.architecture.platform();
            let key = format!("{}{PLATFORM_MARK}{platform}", one.name);
            match found {
                Ok((context, config)) => {
                    named
                        .configs
                        .extend(config.map(|config| (key.clone(), config)));
                    named.contexts.insert(key, context);
                }
                Err(error) => self.fail(&mut failures, error, one.place),
            }
        }
        FrontendError::all(failures).map_or(Ok(named), Err)
    }

    /// Keeps a failure with its place; the same for two platforms is one.
    fn fail(&self, failures: &mut Vec<FrontendError>, error: FrontendError, place: Span) {
        if !failures.iter().any(|one| one.message() == error.message()) {
            failures.push(findings::located(error, Some(place), &self.outcome.sources));
        }
    }

    async fn find(
        &self,
        name: &str,
        plan: &Plan,
        given: &Given,
        resolver: &ImageResolver<B>,
    ) -> Result<(NamedContext, Option<FoundConfig>), FrontendError> {
        match given {
            Given::Local(directory) => Ok((self.local(name, directory).await?, None)),
            Given::Git(git) => Ok((NamedContext::Git(git.clone()), None)),
            Given::Http(url) => Ok((NamedContext::Http(url.clone()), None)),
            Given::Scratch => Ok((NamedContext::Scratch, None)),
            Given::Image(reference) => self.image(name, plan, reference, resolver).await,
            Given::Layout { reference, store } => self.layout(name, plan, reference, store).await,
            Given::Input(input) => self.input(name, input, plan),
        }
    }

    /// A directory of the client, without what its ignore file names.
    async fn local(&self, name: &str, directory: &str) -> Result<NamedContext, FrontendError> {
        let own = self.options.local_sessions.get(directory);
        let session = own.or(self.session).cloned();
        let excludes =
            excludes::excludes_of_named(&*self.bridge, name, directory, session.as_deref());
        Ok(NamedContext::Local {
            name: directory.to_owned(),
            excludes: excludes.await?,
            shared_key: self.options.shared_keys.get(directory).cloned(),
            session,
        })
    }

    async fn image(
        &self,
        name: &str,
        plan: &Plan,
        reference: &Reference,
        resolver: &ImageResolver<B>,
    ) -> Result<(NamedContext, Option<FoundConfig>), FrontendError> {
        let platform = plan.architecture.platform().to_pb();
        let reference = reference.with_default_tag();
        let image = resolver
            .resolve(ImageQuery {
                log_name: Some(format!("[context {name}] load metadata for {reference}")),
                reference,
                platform: platform.clone(),
                mode: self.options.resolve_mode,
            })
            .await
            .map_err(|error| FrontendError::from(&*error))?;
        check_platform(name, &image.config, &platform)?;
        let known = KnownImage {
            pinned: image.reference.to_string(),
            env: image.config.config.env.as_slice().to_vec(),
        };
        let found = FoundConfig {
            config: image.config.clone(),
            document: image.config_document.clone(),
        };
        Ok((NamedContext::Image(known), Some(found)))
    }

    /// An image in a folder of the client.
    async fn layout(
        &self,
        name: &str,
        plan: &Plan,
        reference: &str,
        store: &str,
    ) -> Result<(NamedContext, Option<FoundConfig>), FrontendError> {
        let platform = plan.architecture.platform().to_pb();
        let mut attrs = BTreeMap::from([("oci.store".to_owned(), store.to_owned())]);
        attrs.extend(
            self.session
                .map(|session| ("oci.session".to_owned(), session.clone())),
        );
        let shown = reference.rsplit('@').next().unwrap_or(reference);
        let query = SourceQuery {
            source: pb::SourceOp {
                identifier: format!("oci-layout://{reference}"),
                attrs,
            },
            platform: Some(platform.clone()),
            mode: self.options.resolve_mode,
            log_name: format!("[context {name}] load metadata for {name}@{shown}"),
            return_object: false,
        };
        let failed = |error| {
            FrontendError::from(&error).context(format_args!("failed to resolve `{name}@{shown}`"))
        };
        let meta = self
            .bridge
            .resolve_source_meta(query)
            .await
            .map_err(failed)?;
        let document = meta.image.map(|image| image.config).unwrap_or_default();
        let config = ImageConfig::parse(&document).map_err(|error| {
            FrontendError::new(format!("failed to resolve `{name}@{shown}`: {error}"))
        })?;
        check_platform(name, &config, &platform)?;
        let context = NamedContext::OciLayout {
            reference: reference.to_owned(),
            session: self.session.cloned(),
            store: store.to_owned(),
            env: config.config.env.as_slice().to_vec(),
        };
        Ok((context, Some(FoundConfig { config, document })))
    }

    /// What another build of the client makes.
    fn input(
        &self,
        name: &str,
        input: &str,
        plan: &Plan,
    ) -> Result<(NamedContext, Option<FoundConfig>), FrontendError> {
        let Some(graph) = self.inputs.get(input) else {
            return Err(FrontendError::new(format!(
                "the build context `{name}` is the input `{input}`, which the client did not pass in"
            )));
        };
        let graph = graph_of(input, graph)?;
        let given = self.options.input_metadata.get(input);
        let found = given
            .map(|given| input_metadata::config(input, given, plan.architecture))
            .transpose()?
            .flatten();
        let env = found
            .as_ref()
            .map(|found| found.config.config.env.as_slice().to_vec());
        let env = env.unwrap_or_default();
        Ok((NamedContext::Input { graph, env }, found))
    }
}

/// A registry and a folder answer with what they have, if it is only one.
fn check_platform(
    name: &str,
    config: &ImageConfig,
    platform: &pb::Platform,
) -> Result<(), FrontendError> {
    let fits = config.os == platform.os && config.architecture == platform.architecture;
    if fits || config.architecture.is_empty() {
        return Ok(());
    }
    let ImageConfig {
        os, architecture, ..
    } = config;
    let wanted = format!("{}/{}", platform.os, platform.architecture);
    let error = FrontendError::new(format!(
        "the build context `{name}` is for `{os}/{architecture}`, and the build for `{wanted}`"
    ));
    Err(error.help(format_args!(
        "give one for `{wanted}`, as in `--build-context {name}{PLATFORM_MARK}{wanted}=…`"
    )))
}
