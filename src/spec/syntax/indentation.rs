//! Lines that stand too far to the right, or on no level at all.

use super::Explained;
use super::lines::{Line, Lines};

/// A key below another one that has a value already.
pub(super) fn deeper(lines: &Lines<'_>) -> Option<Explained> {
    let line = lines.at;
    let (key, _) = line.entry()?;
    let above = lines.above.last()?;
    let (parent, value) = above.entry()?;
    if line.indent() <= above.indent() || value.is_empty() {
        return None;
    }
    let start = line.start + line.indent();
    let explained = Explained::new(
        start..start + key.len(),
        format!("`{key}` is indented deeper than `{parent}`, which has a value already"),
        beside(*above),
    );
    Some(explained.label(whole(*above), format!("`{parent}` is `{value}`")))
}

/// A line that stands on none of the levels that are open above it.
pub(super) fn no_level(lines: &Lines<'_>) -> Option<Explained> {
    let line = lines.at;
    let open = levels(&lines.above);
    let indent = line.indent();
    if open.contains(&indent) || line.content().is_empty() {
        return None;
    }
    let word = line.content().split(' ').next()?;
    let start = line.start + indent;
    let sibling = sibling(lines, &open)?;
    let explained = Explained::new(
        start..start + word.len(),
        format!(
            "this line is indented by {}, and those above by {}",
            spaces(indent),
            listed(&open)
        ),
        beside(sibling),
    );
    Some(explained.label(whole(sibling), "the level that it is nearest to"))
}

/// The line above that the line is most likely meant to stand below: one that
/// begins a list item where it does, on the nearest level.
fn sibling<'t>(lines: &Lines<'t>, open: &[usize]) -> Option<Line<'t>> {
    let is_item = |line: &Line<'_>| line.content().starts_with("- ");
    let of_level = |level: &usize| {
        let mut above = lines.above.iter().rev();
        above.find(|one| one.indent() == *level).copied()
    };
    open.iter().filter_map(of_level).min_by_key(|one| {
        let other_kind = is_item(one) != is_item(&lines.at);
        (other_kind, one.indent().abs_diff(lines.at.indent()))
    })
}

/// The indentations a line may go on with, from the outermost.
fn levels(above: &[Line<'_>]) -> Vec<usize> {
    let mut open: Vec<usize> = Vec::new();
    for line in above {
        open.retain(|level| *level < line.indent());
        open.push(line.indent());
    }
    open
}

fn whole(line: Line<'_>) -> std::ops::Range<usize> {
    let start = line.start + line.indent();
    start..start + line.content().len()
}

/// `0, 2 or 4`.
fn listed(levels: &[usize]) -> String {
    let all: Vec<String> = levels.iter().map(ToString::to_string).collect();
    match all.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => all.concat(),
    }
}

/// What to do to stand below a line.
fn beside(line: Line<'_>) -> String {
    let content = line.content();
    match line.indent() {
        0 => format!("begin it in the first column, as `{content}`"),
        indent => format!("indent it by {}, as `{content}`", spaces(indent)),
    }
}

fn spaces(number: usize) -> String {
    match number {
        0 => "no space".to_owned(),
        1 => "1 space".to_owned(),
        _ => format!("{number} spaces"),
    }
}
