//! Why a step runs again that did not change itself.
//!
//! Follows what steps stand on and see through the new plan, and gathers the
//! changes on the way. Only explains: whether a step runs again is known by its
//! key.

use std::collections::BTreeMap;

use super::base;
use super::matching::Pair;
use crate::plan::{Action, Base, Stage, Step, Tree};

/// Characters of a title among others.
const LONGEST: usize = 48;

/// The changes behind something, in the order of the plan.
type Why = Vec<String>;

/// The changes behind what each stage leaves so far.
#[derive(Debug, Default)]
pub(super) struct Causes {
    left_by: BTreeMap<String, Why>,
    /// Whether steps have another network.
    network: bool,
}

impl Causes {
    /// Nothing followed yet.
    pub(super) fn new(network: bool) -> Self {
        Self {
            network,
            ..Self::default()
        }
    }

    /// The changes behind each step of the next stage, in the order of the pairs.
    pub(super) fn of(&mut self, old: Option<&Stage>, new: &Stage, pairs: &[Pair]) -> Vec<Why> {
        let mut state = self.base(old, new);
        let mut all = Vec::new();
        for pair in pairs {
            let Some(step) = pair.new.map(|index| &new.steps[index]) else {
                let was = pair.old.and_then(|index| old?.steps.get(index));
                let removed = |was| format!("{}, removed", name(new, was));
                state = join(state, was.map(removed).into_iter().collect());
                all.push(Why::new());
                continue;
            };
            let mut why = self.seen(step);
            if !matches!(step.action, Action::Link(_)) {
                why = join(state.clone(), why);
            }
            let left = if pair.unchanged(old, new).is_some() {
                why.clone()
            } else {
                join(why.clone(), vec![name(new, step)])
            };
            state = match &step.action {
                Action::Link(_) => join(state, left),
                Action::Run(_) | Action::Files(_) | Action::Copy(_) => left,
            };
            all.push(why);
        }
        self.left_by.insert(new.name.clone(), state);
        all
    }

    /// The changes behind what a stage stands on.
    fn base(&self, old: Option<&Stage>, new: &Stage) -> Why {
        if old.is_some_and(|old| base(&old.base, &new.base).is_some()) {
            return vec![format!("another base of {}", new.name)];
        }
        match &new.base {
            Base::Stage(name) => self.left_by.get(name).cloned().unwrap_or_default(),
            Base::Image(_) | Base::NamedContext(_) | Base::Scratch => Why::new(),
        }
    }

    /// The changes behind what a step sees besides what it stands on.
    fn seen(&self, step: &Step) -> Why {
        let networked = matches!(&step.action, Action::Run(run) if run.network);
        let network = (self.network && networked).then(|| "another network of steps".to_owned());
        step.action
            .trees()
            .fold(network.into_iter().collect(), |why: Why, tree| match tree {
                Tree::Stage(name) => join(why, self.left_by.get(name).cloned().unwrap_or_default()),
                _ => why,
            })
    }
}

fn join(mut all: Why, more: Why) -> Why {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

/// A step in a line with others: its stage and its title, without what that lists.
fn name(stage: &Stage, step: &Step) -> String {
    let title = step.title.split(": ").next().unwrap_or_default();
    let mut short: String = title.chars().take(LONGEST).collect();
    if title.chars().count() > LONGEST {
        short = format!("{}…", short.trim_end());
    }
    format!("{}: {short}", stage.name)
}
