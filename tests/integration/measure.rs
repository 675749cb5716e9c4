//! Figures of a graph: how long its longest chain of processes is, and what
//! runs again when one file of the build context changes.

use std::collections::{BTreeMap, BTreeSet};

use buildkit_proto::pb;
use pb::op::Op as Kind;

use crate::case::operations;

/// A graph that can be asked.
pub(crate) struct Measured {
    /// Each operation after those it uses.
    operations: Vec<(String, pb::Op)>,
    names: BTreeMap<String, String>,
    /// Operations that have a place in a text.
    located: BTreeSet<String>,
}

impl Measured {
    pub(crate) fn of(definition: &pb::Definition) -> Self {
        let mut operations = operations(definition);
        // The terminal operation only points at the result.
        operations.pop();
        let name = |(digest, metadata): (&String, &pb::OpMetadata)| {
            let name = metadata.description.get("llb.customname");
            (digest.clone(), name.cloned().unwrap_or_default())
        };
        Self {
            operations,
            names: definition.metadata.iter().map(name).collect(),
            located: definition
                .source
                .iter()
                .flat_map(|source| source.locations.keys().cloned())
                .collect(),
        }
    }

    /// How many operations there are.
    pub(crate) fn operations(&self) -> usize {
        self.operations.len()
    }

    /// The operations that nobody could make sense of when they fail: without a
    /// name, or without a place in the spec.
    pub(crate) fn anonymous(&self) -> Vec<&str> {
        let digests = self.operations.iter().map(|(digest, _)| digest);
        let known = |digest: &&String| {
            let name = self.names.get(*digest);
            name.is_some_and(|name| !name.is_empty()) && self.located.contains(*digest)
        };
        let unknown = digests.filter(|digest| !known(digest));
        unknown.map(String::as_str).collect()
    }

    /// How many processes run.
    pub(crate) fn execs(&self) -> usize {
        let exec = |(_, op): &&(String, pb::Op)| matches!(op.op, Some(Kind::Exec(_)));
        self.operations.iter().filter(exec).count()
    }

    /// How many processes must run one after another.
    pub(crate) fn chain(&self) -> usize {
        self.longest_chain().len()
    }

    /// The names of the processes on the longest chain, the first one first.
    pub(crate) fn longest_chain(&self) -> Vec<&str> {
        let mut chains: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (digest, op) in &self.operations {
            let inputs = op.inputs.iter();
            let below = inputs.filter_map(|input| chains.get(input.digest.as_str()));
            let mut chain = below.max_by_key(|chain| chain.len()).cloned();
            if matches!(op.op, Some(Kind::Exec(_))) {
                let name = self.names.get(digest).map_or("", String::as_str);
                chain.get_or_insert_default().push(name);
            }
            chains.insert(digest, chain.unwrap_or_default());
        }
        let longest = chains.into_values().max_by_key(Vec::len);
        longest.unwrap_or_default()
    }

    /// The processes that run again when a file of the build context changes,
    /// by name. A copy that takes only files of certain names runs again when
    /// the file is one of them.
    pub(crate) fn touched_by(&self, path: &str) -> Vec<&str> {
        let mut dirty: BTreeSet<&str> = BTreeSet::new();
        let mut again = Vec::new();
        for (digest, op) in &self.operations {
            let is_dirty = |index: i64| {
                let input = usize::try_from(index)
                    .ok()
                    .and_then(|index| op.inputs.get(index));
                input.is_some_and(|input| dirty.contains(input.digest.as_str()))
            };
            let is_local = |index: i64| {
                let input = usize::try_from(index)
                    .ok()
                    .and_then(|index| op.inputs.get(index));
                input.is_some_and(|input| self.is_context(&input.digest))
            };
            let hit = match &op.op {
                Some(Kind::Source(source)) => source.identifier == "local://context",
                Some(Kind::File(file)) => file.actions.iter().any(|action| match &action.action {
                    Some(pb::file_action::Action::Copy(copy)) => {
                        let taken = !is_local(action.secondary_input) || takes(copy, path);
                        is_dirty(action.input) || (is_dirty(action.secondary_input) && taken)
                    }
                    _ => is_dirty(action.input),
                }),
                Some(Kind::Exec(exec)) => exec.mounts.iter().any(|mount| is_dirty(mount.input)),
                _ => (0..op.inputs.len()).any(|index| is_dirty(i64::try_from(index).unwrap_or(-1))),
            };
            if hit {
                dirty.insert(digest);
                if matches!(op.op, Some(Kind::Exec(_))) {
                    again.push(self.names.get(digest).map_or("", String::as_str));
                }
            }
        }
        again
    }

    fn is_context(&self, digest: &str) -> bool {
        self.operations.iter().any(|(known, op)| {
            known == digest
                && matches!(&op.op, Some(Kind::Source(source)) if source.identifier == "local://context")
        })
    }
}

/// Whether a copy out of the context takes the file.
fn takes(copy: &pb::FileActionCopy, path: &str) -> bool {
    // What may be missing is written as a wildcard for itself: `/[l]ib`.
    let source: String = copy.src.chars().filter(|c| !"[]\\".contains(*c)).collect();
    let source = source.trim_matches('/');
    let stem = source.trim_end_matches('*');
    let inside = source.is_empty()
        || path == source
        || path.starts_with(&format!("{source}/"))
        || (stem.len() < source.len() && !path.contains('/') && path.starts_with(stem));
    let last = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    let only = &copy.include_patterns;
    inside && (only.is_empty() || only.iter().any(|pattern| last(pattern) == last(path)))
}
