//! What a step is by itself, and what is different in it.
//!
//! A definition is what is done with what, not what is in it: a stage that a step
//! sees is the same one whatever that stage leaves.

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::change::{Change, Fact, compare};
use crate::plan::render::{copied, describe, if_there, value, who};
use crate::plan::{Action, FileAction, Link, Mount, Run, Step};

/// Longest text of a file that is shown.
const SHORT: usize = 60;

/// What a step is about, whatever the values: the script or program of a command,
/// or the first path that it makes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Program<'s> {
    Command(Option<&'s str>),
    Files(Option<&'s str>),
    Link(Option<&'s str>),
}

/// What the step is about.
pub(super) fn program(step: &Step) -> Program<'_> {
    match &step.action {
        Action::Run(run) => {
            // A shell is not the program, its script is.
            let program = run.args.iter().find(|argument| *argument != "/bin/sh");
            Program::Command(program.map(String::as_str))
        }
        Action::Files(files) => Program::Files(files.first().map(|file| match file {
            FileAction::File { path, .. } | FileAction::Folder { path, .. } => path.as_str(),
        })),
        Action::Link(link) | Action::Copy(link) => {
            Program::Link(link.files.first().map(|file| file.to.as_str()))
        }
    }
}

/// Whether two steps are defined the same.
pub(super) fn is_same(old: &Step, new: &Step) -> bool {
    exact(&old.action) == exact(&new.action)
}

/// What is different between two definitions that differ.
pub(super) fn changes(old: &Action, new: &Action) -> Vec<Change> {
    let mut changes = match (old, new) {
        (Action::Run(old), Action::Run(new)) => arguments(&old.args, &new.args),
        _ => Vec::new(),
    };
    changes.extend(compare(facts(old), facts(new)));
    if changes.is_empty() {
        changes.push(Change::hidden("definition"));
    }
    changes
}

/// All that makes a value what it is, its places left out.
fn exact(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn facts(action: &Action) -> Vec<Fact> {
    match action {
        Action::Run(run) => of_run(run),
        Action::Files(files) => files.iter().map(of_file).collect(),
        Action::Link(link) | Action::Copy(link) => of_link(link),
    }
}

fn of_run(run: &Run) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("user", who(run)),
        Fact::new("folder", &run.cwd),
        Fact::new("network", if run.network { "yes" } else { "no" }),
    ];
    let env = run.env.iter();
    facts.extend(env.map(|(name, change)| Fact::new(format!("env {name}"), value(change))));
    facts.extend(run.mounts.iter().map(of_mount));
    let secrets = run.secrets.iter().map(|secret| {
        let optional = if_there(secret.optional);
        Fact::new(
            format!("secret {}", secret.id),
            format!("in {}{optional}", secret.name),
        )
    });
    facts.extend(secrets);
    facts.extend(run.output.iter().map(|folder| Fact::new("keep", folder)));
    facts
}

fn of_mount(mount: &Mount) -> Fact {
    let (what, shown) = match mount {
        Mount::Cache(cache) => (format!("cache {}", cache.target), cache.id.clone()),
        Mount::Bind {
            tree,
            source,
            target,
            ..
        } => {
            let folder = match source.as_str() {
                "/" => String::new(),
                folder => format!("{folder} of "),
            };
            (
                format!("bind {target}"),
                format!("{folder}{}", describe(tree)),
            )
        }
        Mount::Secret {
            id,
            target,
            mode,
            optional,
            ..
        } => (
            format!("secret {id}"),
            format!("at {target} {mode:04o}{}", if_there(*optional)),
        ),
    };
    Fact {
        exact: exact(mount),
        ..Fact::new(what, shown)
    }
}

fn of_file(file: &FileAction) -> Fact {
    let (what, shown) = match file {
        FileAction::File {
            path,
            mode,
            content,
        } => {
            let content = if content.len() > SHORT {
                format!("{} bytes", content.len())
            } else {
                content.clone()
            };
            (format!("file {path}"), format!("{mode:04o}, {content}"))
        }
        FileAction::Folder { path, mode, owner } => {
            let owner = owner.map(|owner| format!(" {owner}")).unwrap_or_default();
            (format!("folder {path}"), format!("{mode:04o}{owner}"))
        }
    };
    Fact {
        exact: exact(file),
        ..Fact::new(what, shown)
    }
}

fn of_link(link: &Link) -> Vec<Fact> {
    let tree = Fact {
        exact: exact(&link.tree),
        ..Fact::new("from", describe(&link.tree))
    };
    let files = link.files.iter().map(|file| Fact {
        exact: exact(file),
        ..Fact::new(format!("files at {}", file.to), copied(file))
    });
    std::iter::once(tree).chain(files).collect()
}

/// What is different in an argument vector. An argument after an option is called
/// by that option, any other by its number.
fn arguments(old: &[String], new: &[String]) -> Vec<Change> {
    let mut changes = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        let (was, is) = (&old[op.old_range()], &new[op.new_range()]);
        let same_number = was.len() == is.len();
        match op {
            DiffOp::Equal { .. } => {}
            DiffOp::Replace { new_index, .. } if same_number => {
                for (offset, (was, is)) in was.iter().zip(is).enumerate() {
                    let what = argument(new, new_index + offset);
                    changes.extend(Change::between(what, Some(was), Some(is)));
                }
            }
            _ => {
                let text = |words: &[String]| (!words.is_empty()).then(|| words.join(" "));
                changes.extend(Change::between(
                    "arguments",
                    text(was).as_ref(),
                    text(is).as_ref(),
                ));
            }
        }
    }
    changes
}

fn argument(all: &[String], index: usize) -> String {
    let before = index.checked_sub(1).and_then(|before| all.get(before));
    match before {
        Some(option) if option.starts_with('-') && !option.contains('=') => {
            format!("argument {option}")
        }
        _ => format!("argument {index}"),
    }
}
