//! The difference for a terminal.

use std::fmt::Write as _;

use super::comparison::Difference;
use super::summary::{by_cause, fate, line, list, sections, sign};
use super::{Change, Comparison, StageDiff};
use crate::diagnostic::printable;

/// A block for each platform, or for several whose differences are equal.
pub fn to_text(comparison: &Comparison) -> String {
    let blocks = comparison.differences.iter();
    let blocks: Vec<String> = blocks.map(|one| block(comparison, one)).collect();
    blocks.join("\n")
}

fn block(comparison: &Comparison, difference: &Difference) -> String {
    let diff = &difference.diff;
    let mut text = format!(
        "{} → {}, {}\n{}\n",
        printable(&comparison.old),
        printable(&comparison.new),
        difference.platforms.join(", "),
        line(diff)
    );
    if !diff.build.is_empty() {
        text.push('\n');
        write_changes(&mut text, "", &diff.build);
    }
    diff.stages
        .iter()
        .for_each(|stage| write_stage(&mut text, stage));
    for (why, steps) in by_cause(&diff.again) {
        let _ = match why {
            [] => writeln!(text, "\nrun again"),
            why => writeln!(
                text,
                "\nrun again because of {}",
                list(why, "; ", printable)
            ),
        };
        for step in steps {
            let title = printable(&step.title);
            let _ = writeln!(text, "  {} {}. {title}", step.stage, step.number);
        }
    }
    for (title, changes) in sections(diff) {
        if !changes.is_empty() {
            let _ = writeln!(text, "\n{title}");
            write_changes(&mut text, "  ", changes);
        }
    }
    text
}

fn write_stage(text: &mut String, stage: &StageDiff) {
    let _ = writeln!(text, "\n{} {}", sign(stage.fate), stage.name);
    write_changes(text, "  ", stage.base.as_slice());
    for step in &stage.steps {
        let (sign, title) = (sign(step.fate), printable(&step.title));
        let _ = writeln!(text, "  {sign} {}. {title}", step.number);
        write_changes(text, "       ", &step.changes);
    }
}

fn write_changes(text: &mut String, indent: &str, changes: &[Change]) {
    for change in changes {
        let what = printable(&change.what);
        let _ = match (&change.old, &change.new) {
            (Some(old), Some(new)) => {
                let (old, new) = (printable(old), printable(new));
                // Two long values are easier to compare one below the other.
                if old.chars().count() + new.chars().count() > 100 {
                    writeln!(
                        text,
                        "{indent}~ {what}:\n{indent}    {old}\n{indent}  → {new}"
                    )
                } else {
                    writeln!(text, "{indent}~ {what}: {old} → {new}")
                }
            }
            (None, Some(value)) | (Some(value), None) => {
                let sign = sign(fate(change));
                writeln!(text, "{indent}{sign} {what}: {}", printable(value))
            }
            (None, None) => writeln!(text, "{indent}~ {what}: other content"),
        };
    }
}
