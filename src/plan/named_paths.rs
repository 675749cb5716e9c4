//! The paths that steps take by name out of what they do not make themselves: the
//! build context, images, stages.
//!
//! Owns which paths these are and which value named each. Whether they are there
//! is found by who can look.

use super::action::{Action, ContextTree, Link, Mount, Tree};
use super::{Plan, Step};
use crate::diagnostic::Span;

/// Paths that one step takes out of one tree. All of them must be there.
#[derive(Debug, Clone)]
pub struct NamedPaths<'a> {
    /// The stage of the step.
    pub stage: &'a str,
    /// The number of the step in its stage, from 0.
    pub step: usize,
    /// Which values made the step.
    pub places: &'a [Span],
    /// What they are taken from.
    pub tree: &'a Tree,
    /// The paths, relative to the root of the tree, and where each was named.
    pub paths: Vec<(&'a str, Span)>,
}

impl NamedPaths<'_> {
    /// Whether they are the user's own files, and no sources of Dynamo.
    pub fn are_own(&self) -> bool {
        !matches!(self.tree, Tree::Context(ContextTree { own: false, .. }))
    }
}

impl Plan {
    /// Every path that is taken by name, step by step.
    pub fn named_paths(&self) -> Vec<NamedPaths<'_>> {
        let mut all = Vec::new();
        for stage in &self.stages {
            for (number, step) in stage.steps.iter().enumerate() {
                let taken = taken(step, self.chosen_at).into_iter();
                all.extend(taken.map(|(tree, paths)| NamedPaths {
                    stage: &stage.name,
                    step: number,
                    places: &step.places,
                    tree,
                    paths,
                }));
            }
        }
        all
    }
}

/// What a step takes, tree by tree.
fn taken(step: &Step, chosen_at: Span) -> Vec<(&Tree, Vec<(&str, Span)>)> {
    let taken: Vec<(&Tree, Vec<(&str, Span)>)> = match &step.action {
        Action::Link(link) | Action::Copy(link) => {
            let place = step.places.first().copied().unwrap_or(chosen_at);
            vec![(&link.tree, linked(link, place))]
        }
        Action::Run(run) => {
            let bound = run.mounts.iter().filter_map(|mount| match mount {
                Mount::Bind { tree, .. } => Some(tree),
                Mount::Cache(_) | Mount::Secret { .. } => None,
            });
            let of_context = bound.filter_map(|tree| match tree {
                Tree::Context(context) => Some((tree, of_context(context, step, chosen_at))),
                _ => None,
            });
            of_context.collect()
        }
        Action::Files(_) => Vec::new(),
    };
    let with_paths = taken.into_iter().filter(|(_, paths)| !paths.is_empty());
    with_paths.collect()
}

fn linked(link: &Link, place: Span) -> Vec<(&str, Span)> {
    if matches!(&link.tree, Tree::Context(context) if context.lenient) {
        return Vec::new();
    }
    let files = link.files.iter().filter(|file| !file.optional);
    files
        .map(|file| (file.from.trim_matches('/'), file.place.unwrap_or(place)))
        .filter(|(path, _)| !path.is_empty())
        .collect()
}

/// Paths that a command sees. Each of the user's own has a place of its own.
fn of_context<'a>(context: &'a ContextTree, step: &Step, chosen_at: Span) -> Vec<(&'a str, Span)> {
    if context.lenient {
        return Vec::new();
    }
    let first = step.places.first().copied().unwrap_or(chosen_at);
    let each = context.own && step.places.len() == context.paths.len();
    let place = |number: usize| if each { step.places[number] } else { first };
    let paths = context.paths.iter().enumerate();
    paths
        .filter(|(_, path)| !path.contains('*') && *path != ".")
        .map(|(number, path)| (path.as_str(), place(number)))
        .collect()
}
