//! The difference as a comment on a pull request.
//!
//! The first line says it all; long lists are folded. Values are code, so that
//! nothing in them is read as Markdown or HTML.

use std::fmt::Write as _;

use super::comparison::Difference;
use super::summary::{self, SAME, by_cause, line, sections};
use super::{Change, Comparison, Fate, StageDiff, StepDiff};
use crate::diagnostic::{markdown_code as code, markdown_escaped as escaped};

/// Lines of a list that is not folded.
const SHORT: usize = 8;

/// A paragraph and its lists for each platform, or for several whose differences
/// are equal.
pub fn to_markdown(comparison: &Comparison) -> String {
    let parts = comparison.differences.iter();
    let parts: Vec<String> = parts.map(|one| part(comparison, one)).collect();
    parts.join("\n")
}

fn part(comparison: &Comparison, difference: &Difference) -> String {
    let diff = &difference.diff;
    let mut text = format!("**{}**\n\n", line(diff));
    let _ = writeln!(
        text,
        "{} → {}, {}",
        code(&comparison.old),
        code(&comparison.new),
        difference.platforms.join(", ")
    );
    if line(diff) == SAME {
        return text;
    }
    let build: Vec<String> = diff.build.iter().map(change).collect();
    list(&mut text, "Build", build.len(), &build);
    let stages: Vec<String> = diff.stages.iter().flat_map(stage).collect();
    let steps = diff.stages.iter().map(|stage| stage.steps.len()).sum();
    list(&mut text, "Steps", steps, &stages);
    let mut again = Vec::new();
    for (why, steps) in by_cause(&diff.again) {
        again.push(match why {
            [] => "- because of their order".to_owned(),
            why => format!("- because of {}", summary::list(why, ", ", code)),
        });
        let steps = steps.into_iter();
        again.extend(steps.map(|step| {
            let title = code(&step.title);
            format!("  - {} {}: {title}", escaped(&step.stage), step.number)
        }));
    }
    let title = "Run again, unchanged themselves";
    list(&mut text, title, diff.again.len(), &again);
    for (title, changes) in sections(diff) {
        let mut title = title.to_owned();
        title[..1].make_ascii_uppercase();
        let lines: Vec<String> = changes.iter().map(change).collect();
        list(&mut text, &title, lines.len(), &lines);
    }
    text
}

/// A list under its title, folded if it is long.
fn list(text: &mut String, title: &str, count: usize, lines: &[String]) {
    let items = lines.join("\n");
    let _ = match lines.len() {
        0 => Ok(()),
        1..=SHORT => writeln!(text, "\n**{title}**\n\n{items}"),
        _ => writeln!(
            text,
            "\n<details><summary><b>{title}</b> ({count})</summary>\n\n{items}\n\n</details>"
        ),
    };
}

fn stage(stage: &StageDiff) -> Vec<String> {
    let name = escaped(&stage.name);
    let mut lines = vec![match stage.fate {
        Fate::Added => format!("- {name}, a new stage"),
        Fate::Removed => format!("- {name}, no longer a stage"),
        Fate::Changed => format!("- {name}"),
    }];
    lines.extend(stage.base.iter().map(|base| format!("  {}", change(base))));
    lines.extend(stage.steps.iter().flat_map(step));
    lines
}

fn step(step: &StepDiff) -> Vec<String> {
    let word = match step.fate {
        Fate::Added => "added",
        Fate::Removed => "removed",
        Fate::Changed => "changed",
    };
    let mut lines = vec![format!("  - {word} {}: {}", step.number, code(&step.title))];
    let changes = step.changes.iter();
    lines.extend(changes.map(|one| format!("    {}", change(one))));
    lines
}

fn change(change: &Change) -> String {
    let what = escaped(&change.what);
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("- {what}: {} → {}", code(old), code(new)),
        (None, Some(new)) => format!("- {what}: added {}", code(new)),
        (Some(old), None) => format!("- {what}: removed {}", code(old)),
        (None, None) => format!("- {what}: other content"),
    }
}
