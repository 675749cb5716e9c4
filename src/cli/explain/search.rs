//! What a name may mean, and what to say when that is nothing or too much.

use std::fmt::Write as _;

use super::super::output::CliError;
use crate::diagnostic::{Code, nearest, printable};
use crate::plan::{Plan, StepName, step_named, steps_like, steps_of};
use crate::reference::{holder, path_of};
use crate::spec::{ALIASES, retired};

/// How many candidates are listed.
const MOST: usize = 20;

/// What a name means.
pub(super) enum Meant {
    /// A key, by its path.
    Key(String),
    /// A step.
    Step(StepName),
}

/// The rule of this very name, in any case.
pub(super) fn rule(name: &str) -> Option<Code> {
    let mut rules = Code::ALL.iter().copied();
    rules.find(|code| code.name().eq_ignore_ascii_case(name))
}

/// The key of this very name, where a name that the user chose may stand for `*`, as
/// in `tests.checks.small.size`. An entry or item has the key that it is in, as
/// `env.HF_HOME` has `env`.
pub(super) fn key(name: &str, paths: &[String]) -> Option<String> {
    let path = path_of(name);
    let is_it = |one: &&String| **one == path;
    let found = paths.iter().find(is_it);
    found
        .or_else(|| paths.iter().find(|one| stands_for(one, &path)))
        .or_else(|| holder(&path, paths))
        .cloned()
}

/// Whether a path with `*` in it stands for another one.
fn stands_for(path: &str, name: &str) -> bool {
    let (parts, names) = (path.split('.'), name.split('.'));
    parts.clone().count() == names.clone().count()
        && parts.zip(names).all(|(part, name)| {
            let part = part.strip_suffix("[]").unwrap_or(part);
            part == "*" || part == name.trim_end_matches("[]")
        })
}

/// The step of this name; otherwise every key and step that it is a part of.
pub(super) fn nearly(name: &str, paths: &[String], plan: Option<&Plan>) -> Vec<Meant> {
    if let Some(step) = plan.and_then(|plan| step_named(plan, name)) {
        return vec![Meant::Step(step)];
    }
    let end = format!(".{}", name.to_lowercase());
    let keys = paths.iter().filter(|path| path.ends_with(&end));
    let steps = plan.map(|plan| steps_like(plan, name)).unwrap_or_default();
    keys.cloned()
        .map(Meant::Key)
        .chain(steps.into_iter().map(Meant::Step))
        .collect()
}

/// Why nothing is told: the candidates, or what is spelt nearly so.
pub(super) fn refusal(
    name: &str,
    meant: &[Meant],
    paths: &[String],
    plan: Option<&Plan>,
) -> CliError {
    let candidates: Vec<String> = meant.iter().map(candidate).collect();
    let shown = printable(name);
    if let (true, Some(instead)) = (candidates.is_empty(), retired(name)) {
        return CliError::Usage(format!(
            "no key of the spec stands for `{shown}`\nhelp: {instead}"
        ));
    }
    if candidates.is_empty() {
        let mut text = format!("nothing is named `{shown}`");
        let last = plan.and_then(|plan| last_step(plan, name));
        let _ = match (last, near(name, paths, plan)) {
            (Some(last), _) => write!(text, "\nhelp: the last step of its stage is `{last}`"),
            (None, Some(near)) => write!(text, "\nhelp: did you mean `{near}`?"),
            (None, None) => write!(
                text,
                "\nhelp: give a key (`user.uid`), a rule (`UnknownKey`) or a step (`runtime/1`)"
            ),
        };
        if plan.is_none() {
            text.push_str("\nhelp: steps are those of a spec; name one with `-f`");
        }
        return CliError::Usage(text);
    }
    let mut text = format!("`{shown}` may be one of these");
    for candidate in candidates.iter().take(MOST) {
        let _ = write!(text, "\n  {candidate}");
    }
    if let Some(more) = candidates.len().checked_sub(MOST).filter(|more| *more > 0) {
        let _ = write!(text, "\n  and {more} more");
    }
    CliError::Usage(text)
}

fn candidate(meant: &Meant) -> String {
    match meant {
        Meant::Key(path) => format!("key {path}"),
        Meant::Step(step) => format!("step {step}: {}", step.title),
    }
}

/// The last step of the stage, where a name has its name and a number.
fn last_step(plan: &Plan, name: &str) -> Option<StepName> {
    let (stage, number) = name.rsplit_once('/')?;
    number.parse::<usize>().ok()?;
    let mut steps = steps_of(plan).into_iter();
    steps.rfind(|step| step.stage == stage)
}

/// What a name was probably meant to be.
fn near(name: &str, paths: &[String], plan: Option<&Plan>) -> Option<String> {
    let steps = plan.map(steps_of).unwrap_or_default();
    let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
    let names = Code::ALL.iter().map(|code| code.name());
    let names = names.chain(paths.iter().map(String::as_str));
    let names = names.chain(ALIASES.iter().map(|(alias, _)| *alias));
    let names = names.chain(steps.iter().map(String::as_str));
    nearest(name, names).map(str::to_owned)
}
