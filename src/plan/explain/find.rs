//! The names of steps, and which of them a user means.

use std::fmt;

use crate::plan::Plan;

/// A step by its stage and its number in `plan`'s text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepName {
    /// The stage.
    pub stage: String,
    /// Its place in the stage, from 1.
    pub number: usize,
    /// What it does.
    pub title: String,
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.stage, self.number)
    }
}

/// Every step of a plan, in its order.
pub fn steps_of(plan: &Plan) -> Vec<StepName> {
    let mut all = Vec::new();
    for stage in &plan.stages {
        for (index, step) in stage.steps.iter().enumerate() {
            all.push(StepName {
                stage: stage.name.clone(),
                number: index + 1,
                title: step.title.clone(),
            });
        }
    }
    all
}

/// The step of this stage and number (`runtime/3`, `runtime 3`), or of this title.
pub fn step_named(plan: &Plan, name: &str) -> Option<StepName> {
    let name = name.trim();
    let numbered = name.rsplit_once(['/', ' ', ':']);
    let numbered = numbered.and_then(|(stage, number)| Some((stage, number.parse().ok()?)));
    let is_numbered = |step: &StepName| {
        numbered.is_some_and(|(stage, number): (&str, usize)| {
            step.number == number && step.stage.eq_ignore_ascii_case(stage.trim())
        })
    };
    let mut all = steps_of(plan).into_iter();
    all.find(|step| is_numbered(step) || step.title.eq_ignore_ascii_case(name))
}

/// All steps of the stage of this name, or all with these words in their titles.
pub fn steps_like(plan: &Plan, words: &str) -> Vec<StepName> {
    let words = words.to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    let is_of_stage = |step: &StepName| words == [step.stage.to_lowercase()];
    let has_words = |step: &StepName| {
        let title = step.title.to_lowercase();
        !words.is_empty() && words.iter().all(|word| title.contains(word))
    };
    let all = steps_of(plan);
    let of_stage: Vec<StepName> = all.iter().filter(|one| is_of_stage(one)).cloned().collect();
    if of_stage.is_empty() {
        all.into_iter().filter(has_words).collect()
    } else {
        of_stage
    }
}
