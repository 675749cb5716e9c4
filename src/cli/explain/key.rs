//! A key of the spec: what there is to know of it, and what it is in this spec.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::check::values;
use crate::diagnostic::Span;
use crate::pipeline::Outcome;
use crate::plan::{Base, Line, Tree, steps_of};
use crate::reference::{DefaultValue, Key, anchor};

/// What a key is in a spec.
#[derive(serde::Serialize)]
struct Here {
    /// Its value, if it is a single one.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Line>,
    /// The steps that stem from it.
    changes: Vec<String>,
}

/// The key as text and as JSON.
pub(super) fn told(path: &str, keys: &[Key], outcome: Option<&Outcome>) -> (String, Value) {
    let mut own = keys.iter().filter(|key| key.path == path);
    let key = own.next().expect("the path is one of a key");
    let inside = format!("{}.", key.path);
    let below: Vec<&Key> = keys
        .iter()
        .filter(|one| {
            one.path
                .strip_prefix(&inside)
                .is_some_and(|rest| !rest.contains('.'))
        })
        .collect();
    let here = outcome.and_then(|outcome| here(key, outcome));
    let mut text = format!("{}\n{}\n\n", key.path, key.about);
    write_table(&mut text, &rows(key));
    if !below.is_empty() {
        text.push_str("\nkeys\n");
        let pairs: Vec<(&str, String)> = below
            .iter()
            .map(|one| (&one.path[inside.len()..], one.about.clone()))
            .collect();
        write_indented(&mut text, &pairs);
    }
    if let Some(here) = &here {
        write_here(&mut text, here);
    }
    let names: Vec<&str> = below.iter().map(|one| one.path.as_str()).collect();
    let json = json!({"key": key, "url": anchor(&key.path), "keys": names, "here": here});
    (text, json)
}

fn rows(key: &Key) -> Vec<(&'static str, String)> {
    // The words follow, each with what it stands for.
    let is_listed = !key.words.is_empty() && key.takes.starts_with("one of ");
    let takes = if is_listed { "one of" } else { &key.takes };
    let mut rows = vec![("takes", takes.to_owned())];
    rows.extend(
        key.words
            .iter()
            .map(|(word, about)| ("", format!("`{word}`: {about}"))),
    );
    let default = |one: &DefaultValue| match &one.builds[..] {
        [] => one.value.clone(),
        builds => format!("{} for {}", one.value, builds.join(", ")),
    };
    rows.extend(under("default", key.defaults.iter().map(default)));
    let argument = |name: &String| format!("--build-arg {name}=…");
    rows.extend(under("set by", key.arguments.iter().map(argument)));
    if key.path == "target" {
        rows.push(("", "--target …".to_owned()));
    }
    if key.arguments.is_empty() {
        rows.push(("set by", "the spec alone".to_owned()));
    }
    rows.extend(under("example", key.example.iter().cloned()));
    rows.push(("more", anchor(&key.path)));
    rows
}

/// Lines under one heading, which stands before the first.
fn under(
    heading: &'static str,
    lines: impl Iterator<Item = String>,
) -> impl Iterator<Item = (&'static str, String)> {
    lines
        .enumerate()
        .map(move |(index, line)| (if index == 0 { heading } else { "" }, line))
}

/// What the key is in this spec, and which steps stem from its line.
fn here(key: &Key, outcome: &Outcome) -> Option<Here> {
    let inside = format!("{}.", key.path);
    let all = values(outcome.resolved.as_ref()?);
    let own = all.get(&key.path);
    let places: Vec<Span> = all
        .iter()
        .filter(|(path, _)| **path == key.path || path.starts_with(&inside))
        .filter_map(|(_, (_, place))| *place)
        .collect();
    let place = own.and_then(|(_, place)| *place);
    let here = Here {
        value: own.map(|(value, _)| value.clone()),
        from: place.map(|place| Line::of(place, &outcome.sources)),
        changes: changes(outcome, &places),
    };
    (here.value.is_some() || !here.changes.is_empty()).then_some(here)
}

fn changes(outcome: &Outcome, places: &[Span]) -> Vec<String> {
    let Some(plan) = outcome.plans.first() else {
        return Vec::new();
    };
    let is_meant = |place: &Span| places.contains(place);
    let stands = plan.stages.iter().filter(|stage| match &stage.base {
        Base::Image(image) => is_meant(&image.place),
        _ => false,
    });
    let stands = stands.map(|stage| format!("all of {}", stage.name));
    let steps = plan.stages.iter().flat_map(|stage| &stage.steps);
    let made = steps_of(plan).into_iter().zip(steps).filter(|(_, step)| {
        let mut images = step.action.trees().filter_map(Tree::image);
        step.places.iter().any(is_meant) || images.any(|image| is_meant(&image.place))
    });
    let made = made.map(|(name, step)| format!("{name} {}", step.title));
    stands.chain(made).collect()
}

fn write_here(text: &mut String, here: &Here) {
    text.push_str("\nin this spec\n");
    let mut rows = Vec::new();
    rows.extend(here.value.iter().map(|value| ("value", value.clone())));
    let from = here.from.iter();
    rows.extend(from.map(|line| {
        (
            "from",
            format!("{}:{}: {}", line.file, line.line, line.text),
        )
    }));
    rows.extend(under("changes", here.changes.iter().cloned()));
    write_indented(text, &rows);
}

fn write_table(text: &mut String, rows: &[(&str, String)]) {
    let width = rows.iter().map(|(head, _)| head.len()).max().unwrap_or(0);
    for (head, line) in rows {
        let _ = writeln!(text, "{}", format!("{head:width$}  {line}").trim_end());
    }
}

fn write_indented(text: &mut String, rows: &[(&str, String)]) {
    let mut table = String::new();
    write_table(&mut table, rows);
    for line in table.lines() {
        let _ = writeln!(text, "  {line}");
    }
}
