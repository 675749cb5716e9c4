//! The build of a spec that is in order: its images, its graphs, its result.
//!
//! Owns what is asked of the daemon between the plan and the answer. What is
//! built is decided before; what the graph looks like, in `emit`; what a graph
//! that is only looked at becomes, in `convert_llb`.

use std::collections::BTreeMap;
use std::sync::Arc;

use buildkit_llb::{
    Definition, Dropped, MarshalOptions, Marshalled, Output, Platform, caps, marshal,
};
use futures_util::future::try_join_all;

use super::bridge::{Bridge, BridgeError, Ref, Solve};
use super::caps::{Caps, name};
use super::dropped;
use super::error::FrontendError;
use super::image_checks::{self, Checked};
use super::images::Found;
use super::named_contexts::{FoundConfig, Named};
use super::options::Options;
use super::resolver::ResolvedImage;
use super::result::{BuildResult, PlatformResult, Reply};
use super::spec_source::LoadedSpec;
use super::warnings;
use crate::emit::{self, BaseConfig, BuildContext, Images, KnownImage, Record, Scanner, Settings};
use crate::image::{Epoch, ImageConfig};
use crate::pipeline::Outcome;
use crate::plan::Plan;
use crate::spec::Architecture;

/// What clients show at the end of a build, in the metadata of a result.
const MESSAGE: &str = "result.inlinemessage";

/// A build whose spec is in order.
pub(super) struct Build<'a, B> {
    /// The daemon.
    pub(super) bridge: Arc<B>,
    /// What the client asked for.
    pub(super) options: &'a Options,
    /// Where the daemon itself runs.
    pub(super) runs_on: Platform,
    /// The time that stands for the time of the build.
    pub(super) epoch: Option<Epoch>,
    /// What the build context is.
    pub(super) context: BuildContext,
    /// The named contexts that the plans use.
    pub(super) named: Named,
    /// The images of each plan.
    pub(super) images: Vec<Found>,
    /// What became of the spec.
    pub(super) outcome: &'a Outcome,
    /// The spec, beside which warnings are shown.
    pub(super) loaded: &'a LoadedSpec,
}

/// The graph of one platform.
pub(super) struct Graph {
    /// What it was marshalled from.
    pub(super) emitted: emit::Emitted,
    /// The images in it.
    images: Images,
    /// Its bytes for this daemon.
    pub(super) marshalled: Marshalled,
}

impl<B: Bridge + 'static> Build<'_, B> {
    /// Shows what the daemon cannot do, once for all platforms.
    async fn warn_of(&self, graphs: &[Graph]) -> Result<(), FrontendError> {
        let dropped = graphs.iter().flat_map(|graph| &graph.marshalled.dropped);
        let dropped: Vec<Dropped> = dropped.cloned().collect();
        let Caps { gateway, llb } = self.bridge.caps();
        let digest = &self.loaded.digest;
        let unsaid = !gateway.supports(name::WARNINGS) && self.outcome.lint.shows(dropped::RULE);
        if let Some(refusal) = dropped::refusal(&dropped, llb).filter(|_| unsaid) {
            return Err(refusal);
        }
        let mut warnings = dropped::warnings(&dropped, llb, digest);
        if !self.options.cache_imports.is_empty() && !gateway.supports(name::IMPORT_CACHES) {
            let reason = gateway.check(name::IMPORT_CACHES);
            warnings.push(dropped::warning("imported cache", reason, digest));
        }
        let annotated = |plan: &Plan| !plan.image.annotations.is_empty();
        if self.outcome.plans.iter().any(annotated) && !llb.supports(caps::EXPORTER_ANNOTATIONS) {
            let reason = llb.check(caps::EXPORTER_ANNOTATIONS);
            warnings.push(dropped::warning("image annotations", reason, digest));
        }
        let warnings = warnings.into_iter().map(|one| (dropped::RULE, one));
        warnings::show(&*self.bridge, &self.outcome.lint, warnings).await
    }

    /// Builds every platform, all at the same time.
    pub(super) async fn run(
        &self,
        platforms: &[(Platform, Architecture)],
    ) -> Result<Reply, FrontendError> {
        let scanner = self.scanner().await?;
        let scanner = scanner.as_ref();
        let all = platforms.iter().zip(&self.outcome.plans).zip(&self.images);
        let all = all.map(|(((platform, _), plan), found)| (platform, plan, &found[..]));
        let graphs = self.graphs(all.clone())?;
        // A build that is refused takes no time, and one that fails has been warned of.
        self.warn_of(&graphs).await?;
        let builds = all.zip(graphs).map(|((platform, plan, found), graph)| {
            self.platform(plan, platform, found, graph, scanner)
        });
        let mut built = try_join_all(builds).await?;
        let failures = built
            .iter_mut()
            .filter_map(|(.., checked)| checked.as_mut()?.failure.take());
        if let Some(failure) = FrontendError::all(failures) {
            return Err(failure);
        }
        let mut result = BuildResult {
            multi_platform: self.options.multi_platform,
            source_date_epoch: self.epoch,
            ..BuildResult::default()
        };
        let mut record = Record {
            images: BTreeMap::new(),
            settings: self.settings(),
            lacking: Record::lacking(&self.bridge.caps().llb),
        };
        let mut checked = Vec::new();
        for (platform, images, came) in built {
            checked.extend(came);
            let id = super::result::platform_id(&platform.platform);
            record.images.insert(id, images);
            result.platforms.push(platform);
        }
        let record = serde_json::to_string(&record).map_err(FrontendError::bug)?;
        result
            .frontend_metadata
            .insert(Record::KEY.to_owned(), record);
        if let Some(message) = image_checks::message(&checked) {
            result.frontend_metadata.insert(MESSAGE.to_owned(), message);
        }
        Ok(Reply::Build(result))
    }

    /// The graphs of all platforms, if none of them makes more layers than it may.
    fn graphs<'p>(
        &self,
        all: impl Iterator<Item = (&'p Platform, &'p Plan, &'p [Arc<ResolvedImage>])>,
    ) -> Result<Vec<Graph>, FrontendError> {
        let mut graphs = Vec::new();
        let mut failures = Vec::new();
        for (platform, plan, found) in all {
            let graph = self.graph(plan, platform, found)?;
            failures.extend(
                self.limit_layers(&graph.emitted, plan, platform, found)
                    .err(),
            );
            graphs.push(graph);
        }
        FrontendError::all(failures).map_or(Ok(graphs), Err)
    }

    async fn platform(
        &self,
        plan: &Plan,
        platform: &Platform,
        found: &[Arc<ResolvedImage>],
        graph: Graph,
        scanner: Option<&Scanner>,
    ) -> Result<(PlatformResult, Images, Option<Checked>), FrontendError> {
        let wire = platform.to_pb();
        let emitted = &graph.emitted;
        let base = emitted
            .base
            .as_ref()
            .and_then(|base| self.base(base, plan, found));
        let config = base.as_ref().map_or_else(
            || ImageConfig::new(&wire.os, &wire.architecture),
            |base| base.config.clone(),
        );
        let mut config = emitted.config(plan, &config);
        // `--label` wins over the spec, as it does over a Dockerfile.
        config.config.labels.extend(self.options.labels.clone());
        let reference = self.built(&graph, plan, platform).await?;
        let checked = self.check_image(emitted, plan, platform, &reference);
        let checked = checked.await?;
        let attestations = match scanner {
            Some(scanner) => vec![self.list(scanner, emitted, plan, platform).await?],
            None => Vec::new(),
        };
        let result = PlatformResult {
            platform: wire,
            reference,
            attestations,
            annotations: self.annotations(plan, &config),
            config: Some(config),
            base_config: base.map(|base| base.document),
        };
        Ok((result, graph.images, checked))
    }

    /// The config of what an image stands on.
    pub(super) fn base(
        &self,
        base: &BaseConfig,
        plan: &Plan,
        found: &[Arc<ResolvedImage>],
    ) -> Option<FoundConfig> {
        match base {
            BaseConfig::NamedContext(key) => self.named.configs.get(key).cloned(),
            BaseConfig::Image(reference) => {
                let images = plan.images().into_iter().zip(found);
                let mut same =
                    images.filter(|(image, _)| image.reference.to_string() == *reference);
                same.next().map(|(_, image)| FoundConfig {
                    config: image.config.clone(),
                    document: image.config_document.clone(),
                })
            }
        }
    }

    /// The graph of a plan, whose images are known.
    pub(super) fn graph(
        &self,
        plan: &Plan,
        platform: &Platform,
        found: &[Arc<ResolvedImage>],
    ) -> Result<Graph, FrontendError> {
        let mut images = Images::default();
        for (asked, image) in plan.images().into_iter().zip(found) {
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
        let marshalled = marshal(&emitted.output, &self.marshalling(platform))
            .map_err(|error| dropped::unsupported(&error))?;
        Ok(Graph {
            emitted,
            images,
            marshalled,
        })
    }

    /// What the manifest says, where the daemon writes such things: the plan's
    /// annotations, with the values of the labels of the same names. An exporter
    /// puts these over `--annotation`, and so `--label` is the way to change one.
    fn annotations(&self, plan: &Plan, config: &ImageConfig) -> BTreeMap<String, String> {
        if !self.bridge.caps().llb.supports(caps::EXPORTER_ANNOTATIONS) {
            return BTreeMap::new();
        }
        let labels = &config.config.labels;
        let own = plan.image.annotations.iter();
        own.map(|(name, value)| (name.clone(), labels.get(name).unwrap_or(value).clone()))
            .collect()
    }

    /// Builds a graph. What steps take by name may not be there, what is fetched may
    /// be out of reach, and only a frontend that waits for the end can tell. Reports
    /// of checks are not built here: the first check that fails would be the end, and
    /// the others were not heard of.
    async fn built(
        &self,
        graph: &Graph,
        plan: &Plan,
        platform: &Platform,
    ) -> Result<Ref, FrontendError> {
        let definition = graph.marshalled.definition.clone();
        let emitted = &graph.emitted;
        let waits = !(emitted.taken.is_empty()
            && emitted.fetched.is_empty()
            && emitted.installs.is_empty());
        let is_reports = emitted.checks.is_some() && !plan.gate;
        let evaluate = waits && !is_reports;
        match self.solve_now(definition, evaluate).await {
            Ok(reference) => Ok(reference),
            Err(error) => Err(self.explained(error, emitted, plan, platform).await),
        }
    }

    /// A part of a graph, which is built when it is asked for.
    pub(super) async fn solved(
        &self,
        output: &Output,
        platform: &Platform,
    ) -> Result<Ref, FrontendError> {
        let marshalled = marshal(output, &self.marshalling(platform));
        let marshalled = marshalled.map_err(|error| dropped::unsupported(&error))?;
        self.solve(marshalled.definition).await
    }

    /// How graphs are written for this daemon.
    pub(super) fn marshalling(&self, platform: &Platform) -> MarshalOptions {
        MarshalOptions::new(platform.clone()).caps(self.bridge.caps().llb.clone())
    }

    pub(super) async fn solve(&self, definition: Definition) -> Result<Ref, FrontendError> {
        let solved = self.solve_now(definition, false).await;
        solved.map_err(FrontendError::from)
    }

    async fn solve_now(&self, definition: Definition, evaluate: bool) -> Result<Ref, BridgeError> {
        let imports = self.bridge.caps().gateway.supports(name::IMPORT_CACHES);
        let solve = Solve {
            definition: definition.into_pb(),
            evaluate,
            cache_imports: if imports {
                self.options.cache_imports.clone()
            } else {
                Vec::new()
            },
        };
        self.bridge.solve(solve).await
    }

    pub(super) fn settings(&self) -> Settings {
        let argument = |name: &str| self.options.build_args.get(name).cloned();
        let lacks = |cap: &str| !self.bridge.caps().llb.supports(cap);
        Settings {
            context: self.context.clone(),
            context_folder: self.options.context_subdir.clone().unwrap_or_default(),
            cache_namespace: argument("BUILDKIT_CACHE_MOUNT_NS").filter(|name| !name.is_empty()),
            named_contexts: self.named.contexts.clone(),
            name_platform: self.options.multi_platform,
            merge_copies: lacks(caps::MERGE_OP),
            git_by_commit: lacks(caps::SOURCE_GIT_CHECKSUM),
            source_date_epoch: self.epoch,
            no_cache: self.options.no_cache.clone(),
            resolve_mode: self.options.resolve_mode,
            process: self.options.process.clone(),
        }
    }
}
