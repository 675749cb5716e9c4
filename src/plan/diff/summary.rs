//! The difference in one line, and the words that its renderings share.

use std::collections::BTreeMap;

use super::{Again, Change, Diff, Fate};

/// What is said where there is no difference.
pub(super) const SAME: &str =
    "no difference: the same steps, sources, caches, secrets and image config";

/// How many reasons fit into a line.
const MOST: usize = 3;

/// How many of what.
pub(super) fn line(diff: &Diff) -> String {
    if diff.is_empty() {
        return SAME.to_owned();
    }
    let mut counts = Counts(Vec::new());
    counts.steps(diff);
    for (kind, one, many) in [
        ("image", "image", "images"),
        ("git", "checkout", "checkouts"),
        ("download", "download", "downloads"),
        ("build context", "build context", "build contexts"),
    ] {
        let of_kind = diff.sources.iter().filter(|source| is_kind(source, kind));
        counts.fates(of_kind, one, many);
    }
    let empty = diff.caches.iter().filter(|change| change.new.is_some());
    counts.add(empty.count(), "cache begins empty", "caches begin empty");
    counts.fates(diff.secrets.iter(), "secret", "secrets");
    let values = "values of the image config change";
    counts.add(
        diff.image.len(),
        "value of the image config changes",
        values,
    );
    if counts.0.is_empty() {
        return "nothing that runs is different".to_owned();
    }
    counts.0.join(", ")
}

/// What there is some of, in words.
struct Counts(Vec<String>);

impl Counts {
    fn add(&mut self, number: usize, one: &str, many: &str) {
        if number > 0 {
            let what = if number == 1 { one } else { many };
            self.0.push(format!("{number} {what}"));
        }
    }

    fn steps(&mut self, diff: &Diff) {
        let steps = |fate| {
            let steps = diff.stages.iter().flat_map(|stage| &stage.steps);
            steps.filter(|step| step.fate == fate).count()
        };
        self.add(steps(Fate::Changed), "step changes", "steps change");
        self.add(steps(Fate::Added), "step added", "steps added");
        self.add(steps(Fate::Removed), "step removed", "steps removed");
        self.add(diff.again.len(), "step runs again", "steps run again");
    }

    fn fates<'c>(&mut self, changes: impl Iterator<Item = &'c Change>, one: &str, many: &str) {
        for (fate, number) in fates(changes) {
            let word = word(fate);
            self.add(number, &format!("{one} {word}"), &format!("{many} {word}"));
        }
    }
}

fn is_kind(source: &Change, kind: &str) -> bool {
    let rest = source.what.strip_prefix(kind);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn fates<'c>(changes: impl Iterator<Item = &'c Change>) -> BTreeMap<Fate, usize> {
    let mut fates = BTreeMap::new();
    for change in changes {
        *fates.entry(fate(change)).or_default() += 1;
    }
    fates
}

/// What became of the value.
pub(super) fn fate(change: &Change) -> Fate {
    match (&change.old, &change.new) {
        (None, Some(_)) => Fate::Added,
        (Some(_), None) => Fate::Removed,
        (Some(_), Some(_)) | (None, None) => Fate::Changed,
    }
}

fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Added => "added",
        Fate::Removed => "removed",
        Fate::Changed => "replaced",
    }
}

/// How a line of a list begins.
pub(super) fn sign(fate: Fate) -> char {
    match fate {
        Fate::Added => '+',
        Fate::Removed => '-',
        Fate::Changed => '~',
    }
}

/// Steps that run again for the same reasons, in the order of the plan.
pub(super) fn by_cause(again: &[Again]) -> Vec<(&[String], Vec<&Again>)> {
    let mut groups: Vec<(&[String], Vec<&Again>)> = Vec::new();
    for step in again {
        let why = step.because.as_slice();
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some((_, steps)) => steps.push(step),
            None => groups.push((why, vec![step])),
        }
    }
    groups
}

/// The sections of what is not a step, with their titles.
pub(super) fn sections(diff: &Diff) -> [(&'static str, &[Change]); 4] {
    [
        ("sources", &diff.sources),
        ("caches", &diff.caches),
        ("secrets", &diff.secrets),
        ("image config", &diff.image),
    ]
}

/// The first of the reasons, and how many more there are.
pub(super) fn list(why: &[String], between: &str, write: fn(&str) -> String) -> String {
    let shown: Vec<String> = why.iter().take(MOST).map(|one| write(one)).collect();
    match why.len().saturating_sub(MOST) {
        0 => shown.join(between),
        more => format!("{} and {more} more", shown.join(between)),
    }
}
