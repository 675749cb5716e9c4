//! Plan to LLB.
//!
//! Owns how each action becomes operations, their names, their places in the
//! spec, and the history that matches the layers. Pure: what the daemon knows
//! of an image comes in as [`Images`], what it can do is asked at marshalling.

mod build_context;
mod fetched;
mod files;
mod git_url;
mod history;
mod image_checks;
mod images;
mod installs;
mod keys;
mod location;
mod named_context;
mod process;
mod progress;
mod record;
mod scan;
mod settings;
mod stage;
mod taken;
#[cfg(test)]
mod tests;
mod time;
mod tree;

use std::collections::BTreeMap;
use std::sync::Arc;

use buildkit_llb::{Location, Output, Platform, SourceFile};
use thiserror::Error;

pub use build_context::{
    BuildContext, CONTEXT_FILE, CONTEXT_NAME, git_context, remote_file, unpacked,
};
pub use fetched::Fetched;
pub use git_url::GitUrl;
pub use history::COMMENT;
pub use image_checks::{CheckStep, ImageChecks};
pub use images::{Images, KnownImage};
pub use installs::InstallStep;
pub use location::{source_file, written};
pub use named_context::{Graph, NamedContext, PLATFORM_MARK, context_keys, context_names};
pub use process::{Limit, ProcessSettings, proxy};
pub use record::Record;
pub use scan::Scanner;
pub use settings::{NoCache, Settings};
pub use taken::{Taken, TakenFrom};

use crate::diagnostic::{SourceId, Sources};
use crate::image::{Epoch, History, ImageConfig};
use crate::plan::{Base, Plan, Stage, Tree};

/// A plan that cannot become a graph: a mistake of ours.
#[derive(Debug, Error)]
pub enum EmitError {
    /// A stage uses one that does not come before it.
    #[error("the stage `{stage}` uses `{used}`, which does not come before it")]
    UnknownStage {
        /// The stage.
        stage: String,
        /// What it uses.
        used: String,
    },
    /// There is no stage.
    #[error("the plan has no stage")]
    Empty,
}

/// What a plan became.
#[derive(Debug, Clone)]
pub struct Emitted {
    /// The root filesystem.
    pub output: Output,
    /// What has the config that it stands on, if it stands on something.
    pub base: Option<BaseConfig>,
    /// Whether it is a build context as it is, with that one's config.
    pub as_given: bool,
    history: Vec<History>,
    /// What each step of each stage leaves.
    steps: Vec<(String, Vec<Output>)>,
    epoch: Option<Epoch>,
    /// The checks of the image, if there are some.
    pub checks: Option<ImageChecks>,
    /// What steps take by name.
    pub taken: Vec<Taken>,
    /// What the daemon fetches from hosts.
    pub fetched: Vec<Fetched>,
    /// The steps that install Python packages.
    pub installs: Vec<InstallStep>,
    /// What the other stages leave.
    stages: Vec<(String, Output)>,
    /// The build context.
    pub context: Output,
    /// Where the build was chosen.
    chosen_at: Vec<Location>,
}

/// What has the config of an image that is built on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaseConfig {
    /// An image, by its reference in the plan.
    Image(String),
    /// A named build context, by the key the client gives it under.
    NamedContext(String),
}

/// A root filesystem on its way through the stages.
#[derive(Debug, Clone, Default)]
struct Filesystem {
    output: Output,
    /// Variables of the image it stands on, which every step sees.
    env: Vec<(String, String)>,
    base: Option<BaseConfig>,
    history: Vec<History>,
    /// What each step of the last stage leaves, a link without what it is laid on.
    steps: Vec<Output>,
}

/// Emits the graph of a plan.
pub fn emit(
    plan: &Plan,
    images: &Images,
    sources: &Sources,
    settings: &Settings,
) -> Result<Emitted, EmitError> {
    check_order(plan)?;
    let mut emitter = Emitter {
        plan,
        images,
        sources,
        settings,
        platform: plan.architecture.platform(),
        files: sources
            .iter()
            .map(|(id, source)| (id, source_file(source)))
            .collect(),
        done: BTreeMap::new(),
    };
    let mut checks = None;
    for stage in &plan.stages {
        let base = match &stage.base {
            Base::Image(image) => emitter.base(image),
            Base::Stage(name) => emitter.left_by(name).clone(),
            Base::NamedContext(context) => emitter.base_of_context(context),
            Base::Scratch => Filesystem::default(),
        };
        let done = if stage.checks_image() {
            let (reports, found) = emitter.image_checks(stage, &base);
            checks = Some(found);
            reports
        } else {
            emitter.stage(stage, base)
        };
        emitter.done.insert(stage.name.clone(), done);
    }
    let last = plan.result().ok_or(EmitError::Empty)?;
    let Filesystem {
        output,
        base,
        history,
        ..
    } = emitter.left_by(&last.name).clone();
    let others = plan.stages.iter();
    let others = others.filter(|stage| stage.name != last.name && !stage.checks_image());
    let left = |stage: &Stage| {
        (
            stage.name.clone(),
            emitter.left_by(&stage.name).output.clone(),
        )
    };
    let steps = |stage: &Stage| {
        let done = emitter.left_by(&stage.name);
        (stage.name.clone(), done.steps.clone())
    };
    let chosen_at = [plan.chosen_at];
    Ok(Emitted {
        output,
        base,
        as_given: matches!(last.base, Base::NamedContext(_)) && last.steps.is_empty(),
        history,
        steps: plan.stages.iter().map(steps).collect(),
        epoch: settings.source_date_epoch,
        checks,
        taken: emitter.taken(),
        fetched: emitter.fetched(),
        installs: emitter.installs(),
        stages: others.map(left).collect(),
        context: emitter.build_context(&chosen_at),
        chosen_at: emitter.locations(&chosen_at),
    })
}

/// Every stage comes after those it uses; what follows relies on it.
fn check_order(plan: &Plan) -> Result<(), EmitError> {
    let mut known: Vec<&str> = Vec::new();
    for stage in &plan.stages {
        let base = match &stage.base {
            Base::Stage(name) => Some(name),
            Base::Image(_) | Base::NamedContext(_) | Base::Scratch => None,
        };
        let trees = stage.steps.iter().flat_map(|step| step.action.trees());
        let used = trees.filter_map(|tree| match tree {
            Tree::Stage(name) => Some(name),
            _ => None,
        });
        if let Some(missing) = base
            .into_iter()
            .chain(used)
            .find(|name| !known.contains(&name.as_str()))
        {
            return Err(EmitError::UnknownStage {
                stage: stage.name.clone(),
                used: missing.clone(),
            });
        }
        known.push(&stage.name);
    }
    Ok(())
}

impl Emitted {
    /// The config of the image, with one entry of history per layer. It says when it
    /// was made only where a time was given; an exporter says it otherwise.
    pub fn config(&self, plan: &Plan, base: &ImageConfig) -> ImageConfig {
        let mut config = if self.as_given {
            base.derived()
        } else {
            plan.image.apply(base)
        };
        config.created = self.epoch.map(|epoch| epoch.to_string());
        config.history.extend(self.history.iter().cloned());
        config
    }
}

/// Variables out of `NAME=value`.
fn split_env(env: &[String]) -> Vec<(String, String)> {
    let split = |pair: &String| {
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    };
    env.iter().filter_map(split).collect()
}

struct Emitter<'a> {
    plan: &'a Plan,
    images: &'a Images,
    sources: &'a Sources,
    settings: &'a Settings,
    platform: Platform,
    files: BTreeMap<SourceId, Arc<SourceFile>>,
    /// What the stages so far leave.
    done: BTreeMap<String, Filesystem>,
}

impl Emitter<'_> {
    /// What an earlier stage leaves.
    fn left_by(&self, stage: &str) -> &Filesystem {
        self.done
            .get(stage)
            .expect("`check_order` saw that it comes before")
    }
}
