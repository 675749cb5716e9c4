//! Plan to LLB.
//!
//! Owns how each action becomes operations, their names, their places in the
//! spec, and the history that matches the layers. Pure: what the daemon knows
//! of an image comes in as [`Images`], what it can do is asked at marshalling.

mod files;
mod history;
mod images;
mod location;
mod named_context;
mod process;
mod progress;
mod record;
mod settings;
mod stage;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::BTreeMap;
use std::sync::Arc;

use buildkit_llb::{Output, Platform, SourceFile};
use thiserror::Error;

pub use history::COMMENT;
pub use images::{Images, KnownImage};
pub use location::{source_file, written};
pub use named_context::{NamedContext, PLATFORM_MARK, context_keys};
pub use process::{Limit, ProcessSettings, proxy};
pub use record::Record;
pub use settings::{CONTEXT_NAME, NoCache, Settings};

use crate::diagnostic::{SourceId, Sources};
use crate::image::{History, ImageConfig};
use crate::plan::{Base, Plan, Tree};
use crate::spec::Architecture;

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
    /// The image it stands on, by its reference in the plan, if it is one.
    pub base: Option<String>,
    history: Vec<History>,
}

/// A root filesystem on its way through the stages.
#[derive(Debug, Clone, Default)]
struct Filesystem {
    output: Output,
    /// Variables of the image it stands on, which every step sees.
    env: Vec<(String, String)>,
    base: Option<String>,
    history: Vec<History>,
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
        platform: platform(plan.architecture),
        files: sources
            .iter()
            .map(|(id, source)| (id, source_file(source)))
            .collect(),
        done: BTreeMap::new(),
    };
    for stage in &plan.stages {
        let base = match &stage.base {
            Base::Image(image) => emitter.base(image),
            Base::Stage(name) => emitter.left_by(name).clone(),
            Base::Scratch => Filesystem::default(),
        };
        let done = emitter.stage(stage, base);
        emitter.done.insert(stage.name.clone(), done);
    }
    let last = plan.stages.last().ok_or(EmitError::Empty)?;
    let Filesystem {
        output,
        base,
        history,
        ..
    } = emitter.left_by(&last.name).clone();
    Ok(Emitted {
        output,
        base,
        history,
    })
}

/// Every stage comes after those it uses; what follows relies on it.
fn check_order(plan: &Plan) -> Result<(), EmitError> {
    let mut known: Vec<&str> = Vec::new();
    for stage in &plan.stages {
        let base = match &stage.base {
            Base::Stage(name) => Some(name),
            Base::Image(_) | Base::Scratch => None,
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
    /// The config of the image, with one entry of history per layer.
    pub fn config(&self, plan: &Plan, base: &ImageConfig) -> ImageConfig {
        let mut config = plan.image.apply(base);
        config.history.extend(self.history.iter().cloned());
        config
    }
}

/// The platform of an architecture.
pub fn platform(architecture: Architecture) -> Platform {
    architecture.platform()
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
