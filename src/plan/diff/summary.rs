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
    let mut parts: Vec<String> = Vec::new();
    let mut count = |number: usize, one: &str, many: &str| {
        if number > 0 {
            parts.push(format!("{number} {}", if number == 1 { one } else { many }));
        }
    };
    let steps = |fate| {
        let steps = diff.stages.iter().flat_map(|stage| &stage.steps);
        steps.filter(|step| step.fate == fate).count()
    };
    count(steps(Fate::Changed), "step changes", "steps change");
    count(steps(Fate::Added), "step added", "steps added");
    count(steps(Fate::Removed), "step removed", "steps removed");
    let again = diff.again.len();
    count(again, "step runs again", "steps run again");
    for (kind, many) in [
        ("image", "images"),
        ("git", "checkouts"),
        ("download", "downloads"),
        ("build context", "build contexts"),
    ] {
        let one = if kind == "git" { "checkout" } else { kind };
        let of_kind = diff.sources.iter().filter(|source| is_kind(source, kind));
        for (fate, number) in fates(of_kind) {
            let word = word(fate);
            count(number, &format!("{one} {word}"), &format!("{many} {word}"));
        }
    }
    let begins = |change: &&Change| change.new.is_some();
    let empty = diff.caches.iter().filter(begins).count();
    count(empty, "cache begins empty", "caches begin empty");
    for (fate, number) in fates(diff.secrets.iter()) {
        let word = word(fate);
        count(
            number,
            &format!("secret {word}"),
            &format!("secrets {word}"),
        );
    }
    let values = "values of the image config change";
    count(
        diff.image.len(),
        "value of the image config changes",
        values,
    );
    if parts.is_empty() {
        return "nothing that runs is different".to_owned();
    }
    parts.join(", ")
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
