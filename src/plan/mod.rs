//! From the spec as meant to what has to be done: stages, steps, image config.
//!
//! Pure data, complete enough to read before paying for it. Knows no LLB (that
//! is `emit`) and reads nothing but [`Resolved`].

mod action;
mod builder;
mod cache;
mod component;
mod config;
mod contexts;
mod diff;
mod explain;
mod extend;
mod framework;
mod graph;
mod image_checks;
mod installs;
mod named_paths;
mod render;
mod script;
mod stage;
mod summary;
#[cfg(test)]
mod tests;
mod title;

pub use action::{
    Action, CacheMount, ContextTree, EnvChange, FileAction, GitTree, Holds, Link, LinkedFile,
    Mount, NamedTree, Origin, Owner, Run, SecretVariable, Sharing, Tree, Unverified,
    download_places,
};
pub(crate) use component::account::home;
pub use config::{DEVELOPER_LABEL, ImagePlan};
pub use contexts::NamedUse;
pub use diff::{
    Comparison, Diff, Keyed, StepKeys, to_json as diff_to_json, to_markdown as diff_to_markdown,
    to_text as diff_to_text,
};
pub use explain::{
    Command, Content, Line, StepName, StepStory, explain_step, step_named, step_to_text,
    steps_like, steps_of,
};
pub use graph::{to_dot, to_html, to_json as graph_to_json, to_mermaid};
pub use image_checks::LayerLimit;
pub use installs::Installs;
pub use named_paths::NamedPaths;
pub use render::{to_json, to_text};
pub(crate) use script::image_check::{FAILURES, FOLDER as CHECK_FOLDER, TELL};
pub use title::public_url;

use builder::Builder;

use crate::check::{Resolved, When};
use crate::diagnostic::{Span, Spanned};
use crate::image::Reference;
use crate::spec::{Architecture, CHECK_IMAGE, StepNetwork};

/// Everything that is built for one architecture.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Plan {
    /// The catalog release the pins come from.
    pub catalog: String,
    /// The architecture.
    #[serde(serialize_with = "word")]
    pub architecture: Architecture,
    /// What was decided, in one line.
    pub summary: String,
    /// The stages, each after those it stands on; the last one is the result,
    /// unless it is a gate.
    pub stages: Vec<Stage>,
    /// Whether the last stage checks the result, which is the one that it stands on
    /// and is given out only when all checks pass.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gate: bool,
    /// The most layers that the image may have, by checks that say so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub layer_limits: Vec<LayerLimit>,
    /// The config of the resulting image.
    pub image: ImagePlan,
    /// The network of steps that have one, if the spec chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<StepNetwork>,
    /// Where the build was chosen: the place of what no key of the spec caused.
    #[serde(skip)]
    pub chosen_at: Span,
}

/// A named part of the build that becomes one root filesystem.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Stage {
    /// Its name, as in `--target`.
    pub name: String,
    /// What it stands on.
    pub base: Base,
    /// Its steps in order. If the last one is a command with an output, that
    /// is what the stage leaves; otherwise it leaves the root filesystem.
    pub steps: Vec<Step>,
}

/// What a stage stands on.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// An image.
    Image(ImageSource),
    /// An earlier stage, by name.
    Stage(String),
    /// A named build context of the client.
    NamedContext(NamedTree),
    /// Nothing.
    Scratch,
}

impl Stage {
    /// Whether its steps are checks of the image: they stand side by side on what
    /// the stage stands on, and it leaves their reports.
    pub fn checks_image(&self) -> bool {
        self.name == CHECK_IMAGE
    }
}

impl Base {
    /// An image.
    fn of(image: &Spanned<Reference>) -> Self {
        Self::Image(ImageSource::of(image))
    }
}

/// An image and the place that asks for it.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(transparent)]
pub struct ImageSource {
    /// The image, not yet pinned.
    #[serde(serialize_with = "display")]
    pub reference: Reference,
    /// Where it is asked for.
    #[serde(skip)]
    pub place: Span,
}

impl ImageSource {
    fn of(image: &Spanned<Reference>) -> Self {
        Self {
            reference: image.value.clone(),
            place: image.span,
        }
    }
}

/// One thing that is done.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Step {
    /// What it does, for the progress line and the image history.
    pub title: String,
    /// The component it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Which values made it so, the main one first.
    #[serde(skip)]
    pub places: Vec<Span>,
    /// How it is done.
    #[serde(flatten)]
    pub action: Action,
}

impl Plan {
    /// Plans the target of a spec: the stages it reaches, and no other.
    pub fn new(resolved: &Resolved) -> Self {
        let mut plan = Self {
            catalog: resolved.release.clone(),
            architecture: resolved.architecture,
            summary: summary::summary(resolved),
            stages: Builder::new(resolved).target(resolved.target.value),
            gate: matches!(resolved.tests.when, When::Gate(_)),
            layer_limits: Vec::new(),
            image: ImagePlan::new(resolved),
            network: resolved.network,
            chosen_at: resolved.chosen_at,
        };
        if resolved.tests.when != When::Never {
            plan.check_image(resolved);
        }
        plan
    }

    /// Adds the stage that checks the last one. Alone, it leaves reports and no
    /// image.
    fn check_image(&mut self, resolved: &Resolved) {
        let Some(last) = self.stages.last() else {
            return;
        };
        let (stage, limits) = image_checks::stage(resolved, &last.name, &self.image);
        self.stages.push(stage);
        self.layer_limits = limits;
        if !self.gate {
            self.image = ImagePlan::default();
        }
    }

    /// The stage that is given out.
    pub fn result(&self) -> Option<&Stage> {
        let mut stages = self.stages.iter().rev();
        stages.find(|stage| !self.gate || !stage.checks_image())
    }

    /// The stage whose steps check the image, if that is done.
    pub fn checks(&self) -> Option<&Stage> {
        self.stages.last().filter(|stage| stage.checks_image())
    }

    /// Every image that is used, in order, without repetition.
    pub fn images(&self) -> Vec<&ImageSource> {
        let mut images: Vec<&ImageSource> = Vec::new();
        let bases = self.stages.iter().filter_map(|stage| match &stage.base {
            Base::Image(image) => Some(image),
            Base::Stage(_) | Base::NamedContext(_) | Base::Scratch => None,
        });
        for image in bases.chain(self.trees().filter_map(Tree::image)) {
            if !images
                .iter()
                .any(|known| known.reference == image.reference)
            {
                images.push(image);
            }
        }
        images
    }

    /// What is downloaded or checked out and compared with no checksum and no
    /// commit, in order, without repetition.
    pub fn unverified(&self) -> Vec<Unverified> {
        let mut all: Vec<Unverified> = Vec::new();
        let steps = self.stages.iter().flat_map(|stage| &stage.steps);
        let trees = steps.flat_map(|step| step.action.trees());
        let found = trees.filter_map(Tree::unverified);
        for one in found {
            match all.iter_mut().find(|known| known.what == one.what) {
                None => all.push(one),
                Some(known) => {
                    for place in one.places {
                        if !known.places.contains(&place) {
                            known.places.push(place);
                        }
                    }
                }
            }
        }
        all
    }

    /// The steps whose layers the image gets, from its base on. Those of the base
    /// image are not known here.
    pub fn layers(&self) -> Vec<&Step> {
        let named = |name: &str| self.stages.iter().find(|stage| stage.name == name);
        let below = |stage: &&Stage| match &stage.base {
            Base::Stage(name) => named(name),
            Base::Image(_) | Base::NamedContext(_) | Base::Scratch => None,
        };
        let image = match self.checks() {
            Some(checks) => below(&checks),
            None => self.stages.last(),
        };
        let stages: Vec<&Stage> = std::iter::successors(image, below).collect();
        stages.iter().rev().flat_map(|stage| &stage.steps).collect()
    }

    fn trees(&self) -> impl Iterator<Item = &Tree> {
        self.stages
            .iter()
            .flat_map(|stage| &stage.steps)
            .flat_map(|step| step.action.trees())
    }
}

fn display<T: std::fmt::Display, S: serde::Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn word<S: serde::Serializer>(value: &Architecture, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.word())
}
