//! Plan to LLB.
//!
//! Owns how each action becomes operations, their names, their places in the
//! spec, and the history that matches the layers. Pure: what the daemon knows
//! of an image comes in as [`Images`], what it can do is asked at marshalling.

mod history;
mod images;
mod location;
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
pub use location::source_file;
pub use settings::{CONTEXT_NAME, NoCache, Settings};

use crate::diagnostic::{SourceId, Sources};
use crate::image::{History, ImageConfig};
use crate::plan::{Base, Plan};
use crate::spec::Architecture;

/// A plan that cannot become a graph: a mistake of ours.
#[derive(Debug, Error)]
pub enum EmitError {
    /// A stage stands on one that does not come before it.
    #[error("the stage `{stage}` stands on `{base}`, which does not come before it")]
    UnknownStage {
        /// The stage.
        stage: String,
        /// What it stands on.
        base: String,
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
#[derive(Debug, Clone)]
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
    };
    let mut stages = BTreeMap::<&str, Filesystem>::new();
    let mut last = None;
    for stage in &plan.stages {
        let base = match &stage.base {
            Base::Image(image) => emitter.base(image),
            Base::Stage(name) => {
                stages
                    .get(name.as_str())
                    .cloned()
                    .ok_or_else(|| EmitError::UnknownStage {
                        stage: stage.name.clone(),
                        base: name.clone(),
                    })?
            }
        };
        let done = emitter.stage(stage, base);
        stages.insert(&stage.name, done.clone());
        last = Some(done);
    }
    let Filesystem {
        output,
        base,
        history,
        ..
    } = last.ok_or(EmitError::Empty)?;
    Ok(Emitted {
        output,
        base,
        history,
    })
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
    Platform::new("linux", architecture.word())
}

struct Emitter<'a> {
    plan: &'a Plan,
    images: &'a Images,
    sources: &'a Sources,
    settings: &'a Settings,
    platform: Platform,
    files: BTreeMap<SourceId, Arc<SourceFile>>,
}
