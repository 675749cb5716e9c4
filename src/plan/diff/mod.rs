//! What another spec changes: two plans of one platform, side by side.
//!
//! Owns what is compared with what, and what counts as a difference. Whether a
//! step runs again is not decided here: it does when its key is another one, and
//! keys are the digests of operations, which `emit` knows. The files below draw
//! the result for a terminal, for a pull request, and for programs.

mod causes;
mod change;
mod comparison;
mod definition;
mod image;
mod json;
mod markdown;
mod matching;
mod sources;
mod summary;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;

use change::Change;
pub use comparison::Comparison;
pub use json::to_json;
pub use markdown::to_markdown;
pub use text::to_text;

use super::{Base, NamedTree, Plan, Stage, Step};
use causes::Causes;
use matching::Pair;

/// The keys of the steps of each stage, by the stage's name. Steps of one key
/// run once.
pub type StepKeys = BTreeMap<String, Vec<String>>;

/// A plan and the keys of its steps.
#[derive(Debug, Clone, Copy)]
pub struct Keyed<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The keys of its steps.
    pub keys: &'a StepKeys,
}

/// What is different in the new plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// What was decided for the build as a whole.
    pub build: Vec<Change>,
    /// The stages that are different, in the order of the new plan.
    pub stages: Vec<StageDiff>,
    /// The steps whose own definition is the same, and that run again because of
    /// what they see or stand on.
    pub again: Vec<Again>,
    /// Images, checkouts and downloads.
    pub sources: Vec<Change>,
    /// Cache mounts. One with another id begins empty.
    pub caches: Vec<Change>,
    /// Secrets that the client is asked for.
    pub secrets: Vec<Change>,
    /// The config of the image.
    pub image: Vec<Change>,
}

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The old plan does not have it.
    Added,
    /// The new plan does not have it.
    Removed,
    /// Both have it, and it is defined otherwise.
    Changed,
}

/// A stage that is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageDiff {
    /// Its name.
    pub name: String,
    /// What became of it; changed when its base or a step is.
    pub fate: Fate,
    /// What it stands on, if that is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Change>,
    /// Its steps that are different.
    pub steps: Vec<StepDiff>,
}

/// A step that is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepDiff {
    /// Its number in the stage, from 1; in the old plan if the new one has it not.
    pub number: usize,
    /// Its title.
    pub title: String,
    /// Its title in the old plan, if it had another one there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// What is different in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// A step that runs again although nothing changed in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Again {
    /// Its stage.
    pub stage: String,
    /// Its number in the stage, from 1.
    pub number: usize,
    /// Its title.
    pub title: String,
    /// The changes that it stands on or sees, the first one first. Empty where the
    /// plan does not show them, such as the order of steps.
    pub because: Vec<String>,
}

impl Diff {
    /// Compares two plans of one platform.
    pub fn new(old: Keyed<'_>, new: Keyed<'_>) -> Self {
        let mut diff = Self {
            build: build(old.plan, new.plan),
            sources: sources::images_and_files(old.plan, new.plan),
            caches: sources::caches(old.plan, new.plan),
            secrets: sources::secrets(old.plan, new.plan),
            image: image::changes(&old.plan.image, &new.plan.image),
            ..Self::default()
        };
        let mut causes = Causes::new(old.plan.network != new.plan.network);
        for stage in &new.plan.stages {
            let before = find(old.plan, &stage.name);
            let pairs = matching::pairs(before, stage);
            diff.add(before, stage, &pairs);
            let why = causes.of(before, stage, &pairs);
            let key =
                |side: Keyed<'_>, index: usize| side.keys.get(&stage.name)?.get(index).cloned();
            for (pair, because) in pairs.iter().zip(why) {
                let Some((was, is)) = pair.unchanged(before, stage) else {
                    continue;
                };
                if key(old, was) != key(new, is) {
                    diff.again.push(Again {
                        stage: stage.name.clone(),
                        number: is + 1,
                        title: stage.steps[is].title.clone(),
                        because,
                    });
                }
            }
        }
        let gone = |stage: &&Stage| find(new.plan, &stage.name).is_none();
        diff.stages
            .extend(old.plan.stages.iter().filter(gone).map(removed));
        diff
    }

    /// Whether the plans are the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what is different in a stage of the new plan.
    fn add(&mut self, old: Option<&Stage>, new: &Stage, pairs: &[Pair]) {
        let base = old.and_then(|old| base(&old.base, &new.base));
        let steps: Vec<_> = pairs
            .iter()
            .filter_map(|pair| pair.different(old, new))
            .collect();
        if old.is_some() && base.is_none() && steps.is_empty() {
            return;
        }
        self.stages.push(StageDiff {
            name: new.name.clone(),
            fate: old.map_or(Fate::Added, |_| Fate::Changed),
            base,
            steps,
        });
    }
}

fn find<'p>(plan: &'p Plan, stage: &str) -> Option<&'p Stage> {
    plan.stages.iter().find(|one| one.name == stage)
}

/// A stage that the new plan does not have, with all of its steps.
fn removed(stage: &Stage) -> StageDiff {
    let step = |(index, step): (usize, &Step)| StepDiff {
        number: index + 1,
        title: step.title.clone(),
        was: None,
        fate: Fate::Removed,
        changes: Vec::new(),
    };
    StageDiff {
        name: stage.name.clone(),
        fate: Fate::Removed,
        base: None,
        steps: stage.steps.iter().enumerate().map(step).collect(),
    }
}

/// What was decided for the build as a whole.
fn build(old: &Plan, new: &Plan) -> Vec<Change> {
    let network = |plan: &Plan| plan.network.map(|network| network.to_string());
    let changes = [
        Change::between("build", Some(&old.summary), Some(&new.summary)),
        Change::between(
            "network of steps",
            network(old).as_ref(),
            network(new).as_ref(),
        ),
    ];
    changes.into_iter().flatten().collect()
}

/// What a stage stands on, if that is something else.
fn base(old: &Base, new: &Base) -> Option<Change> {
    let text = |base: &Base| match base {
        Base::Image(image) => format!("image {}", image.reference.familiar()),
        Base::Stage(name) => format!("stage {name}"),
        Base::NamedContext(NamedTree { name, .. }) => format!("build context {name}"),
        Base::Scratch => "nothing".to_owned(),
    };
    Change::between("base", Some(&text(old)), Some(&text(new)))
}
