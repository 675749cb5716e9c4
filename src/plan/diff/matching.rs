//! Which step of the old plan is which step of the new one.
//!
//! Steps are compared within the stage of one name. The same title and component
//! is the same step; then one that has the same title but for numbers, and then
//! one of the same component that runs the same program or makes the same file,
//! as long as no other could be meant. What is left was added or removed.

use super::definition::{self, Program};
use super::{Fate, StepDiff};
use crate::plan::{Stage, Step};

/// A step in both plans, or in one, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) old: Option<usize>,
    pub(super) new: Option<usize>,
}

/// What makes two steps the same, the surest first.
#[derive(Debug, PartialEq, Eq)]
enum Identity<'s> {
    Title(&'s str, Option<&'s str>),
    /// With the title's numbers left out, and what is listed after a colon.
    Words(Vec<&'s str>, Option<&'s str>),
    Program(Program<'s>, Option<&'s str>),
}

type Identify = for<'s> fn(&'s Step) -> Identity<'s>;

const IDENTITIES: [Identify; 3] = [
    |step| Identity::Title(&step.title, step.component.as_deref()),
    |step| Identity::Words(words(&step.title), step.component.as_deref()),
    |step| Identity::Program(definition::program(step), step.component.as_deref()),
];

/// The steps of a stage: those of the new plan in order, each after those that
/// were removed before it.
pub(super) fn pairs(old: Option<&Stage>, new: &Stage) -> Vec<Pair> {
    let old: &[Step] = old.map_or(&[], |old| &old.steps);
    let mut partner: Vec<Option<usize>> = vec![None; new.steps.len()];
    for (round, identify) in IDENTITIES.iter().enumerate() {
        for index in 0..new.steps.len() {
            let identity = identify(&new.steps[index]);
            let free = |at: &usize| !partner.contains(&Some(*at));
            let same_old = (0..old.len()).filter(|at| free(at) && identify(&old[*at]) == identity);
            let same_old: Vec<usize> = same_old.collect();
            let same_new = (0..new.steps.len())
                .filter(|at| partner[*at].is_none() && identify(&new.steps[*at]) == identity);
            // Of equal titles the first is the first; what is only alike must be alone.
            let clear = round == 0 || (same_old.len() == 1 && same_new.count() == 1);
            if partner[index].is_none() && clear {
                partner[index] = same_old.first().copied();
            }
        }
    }
    in_order(old.len(), &partner)
}

/// The pairs, with what was removed before the step that came after it.
fn in_order(old: usize, partner: &[Option<usize>]) -> Vec<Pair> {
    let removed = |at: &usize| !partner.contains(&Some(*at));
    let mut removed: Vec<usize> = (0..old).filter(removed).collect();
    let mut pairs = Vec::new();
    for (index, was) in partner.iter().enumerate() {
        let before = |at: &usize| was.is_some_and(|was| *at < was);
        let (gone, later): (Vec<usize>, _) = removed.into_iter().partition(before);
        removed = later;
        pairs.extend(gone.into_iter().map(Pair::gone));
        pairs.push(Pair {
            old: *was,
            new: Some(index),
        });
    }
    pairs.extend(removed.into_iter().map(Pair::gone));
    pairs
}

/// The words of a title that are not about a version, without what it lists.
fn words(title: &str) -> Vec<&str> {
    let what = title.split_once(": ").map_or(title, |(what, _)| what);
    let plain = |word: &&str| !word.contains(|c: char| c.is_ascii_digit());
    what.split_whitespace().filter(plain).collect()
}

impl Pair {
    fn gone(old: usize) -> Self {
        Self {
            old: Some(old),
            new: None,
        }
    }

    /// The places of a step that is defined the same in both plans.
    pub(super) fn unchanged(&self, old: Option<&Stage>, new: &Stage) -> Option<(usize, usize)> {
        let (was, is) = (self.old?, self.new?);
        let same = definition::is_same(&old?.steps[was], &new.steps[is]);
        same.then_some((was, is))
    }

    /// What is different in the step, if something is.
    pub(super) fn different(&self, old: Option<&Stage>, new: &Stage) -> Option<StepDiff> {
        let was = self.old.and_then(|index| old?.steps.get(index));
        let is = self.new.and_then(|index| new.steps.get(index));
        let (fate, changes) = match (was, is) {
            (Some(was), Some(is)) if definition::is_same(was, is) => return None,
            (Some(was), Some(is)) => {
                let changes = definition::changes(&was.action, &is.action);
                (Fate::Changed, changes)
            }
            (None, _) => (Fate::Added, Vec::new()),
            (Some(_), None) => (Fate::Removed, Vec::new()),
        };
        Some(StepDiff {
            number: self.new.or(self.old)? + 1,
            title: is.or(was)?.title.clone(),
            was: was
                .filter(|was| is.is_some_and(|is| is.title != was.title))
                .map(|was| was.title.clone()),
            fate,
            changes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_known_again_whatever_its_versions_and_lists() {
        assert_eq!(words("build UCX v1.20.0"), ["build", "UCX"]);
        assert_eq!(
            words("install compilers: gcc make"),
            ["install", "compilers"]
        );
        assert_eq!(words("install a==1 b==2"), ["install"]);
    }

    #[test]
    fn what_was_removed_stands_before_what_came_after_it() {
        let both = |old, new| Pair {
            old: Some(old),
            new: Some(new),
        };
        let added = Pair {
            old: None,
            new: Some(0),
        };
        assert_eq!(
            in_order(3, &[None, Some(1)]),
            [added, Pair::gone(0), both(1, 1), Pair::gone(2)]
        );
    }
}
