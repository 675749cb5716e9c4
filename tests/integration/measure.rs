//! Figures of a graph: how many processes must run one after another, and which
//! run again when a file of the build context changes.

use std::collections::{BTreeMap, BTreeSet};

use buildkit_proto::pb;
use pb::op::Op as Kind;

use crate::case::operations;

/// A graph that can be asked.
pub(crate) struct Measured {
    /// Operations with their digests, each after its inputs.
    operations: Vec<(String, pb::Op)>,
    names: BTreeMap<String, String>,
}

impl Measured {
    pub(crate) fn of(graph: &pb::Definition) -> Self {
        let names = graph.metadata.iter().filter_map(|(digest, metadata)| {
            let name = metadata.description.get("llb.customname")?;
            Some((digest.clone(), name.clone()))
        });
        Self {
            names: names.collect(),
            operations: operations(graph),
        }
    }

    /// The names of the processes on the longest chain, the first one first.
    pub(crate) fn longest_chain(&self) -> Vec<&str> {
        let mut chains: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut longest: Vec<&str> = Vec::new();
        for (digest, op) in &self.operations {
            let inputs = op.inputs.iter();
            let below = inputs.filter_map(|input| chains.get(input.digest.as_str()));
            let mut chain = below.max_by_key(|chain| chain.len()).cloned();
            if matches!(op.op, Some(Kind::Exec(_))) {
                chain.get_or_insert_default().push(self.name(digest));
            }
            let chain = chain.unwrap_or_default();
            if chain.len() > longest.len() {
                longest.clone_from(&chain);
            }
            chains.insert(digest, chain);
        }
        longest
    }

    /// The names of the processes that run again when a file of the build
    /// context changes, on a builder that has everything else.
    pub(crate) fn processes_touched_by(&self, path: &str) -> Vec<&str> {
        let mut touched: BTreeSet<&str> = BTreeSet::new();
        let mut processes = Vec::new();
        for (digest, op) in &self.operations {
            let again = |input: &pb::Input| touched.contains(input.digest.as_str());
            let is_touched = |index: i64| {
                let input = usize::try_from(index).ok();
                input
                    .and_then(|index| op.inputs.get(index))
                    .is_some_and(again)
            };
            let again = match &op.op {
                Some(Kind::Source(source)) => {
                    source.identifier == "local://context" && transfers(source, path)
                }
                // What a copy reads of the context counts, not that it reads.
                Some(Kind::File(file)) => file.actions.iter().any(|action| {
                    is_touched(action.input)
                        || (is_touched(action.secondary_input) && self.copies(op, action, path))
                }),
                Some(Kind::Exec(exec)) => exec.mounts.iter().any(|mount| is_touched(mount.input)),
                _ => op.inputs.iter().any(again),
            };
            if again {
                touched.insert(digest);
                if matches!(op.op, Some(Kind::Exec(_))) {
                    processes.push(self.name(digest));
                }
            }
        }
        processes
    }

    fn name<'a>(&'a self, digest: &'a str) -> &'a str {
        self.names.get(digest).map_or(digest, String::as_str)
    }

    /// Whether a copy out of the context takes the path; one out of another tree
    /// does.
    fn copies(&self, op: &pb::Op, action: &pb::FileAction, path: &str) -> bool {
        let Some(pb::file_action::Action::Copy(copy)) = &action.action else {
            return true;
        };
        let source = usize::try_from(action.secondary_input)
            .ok()
            .and_then(|index| op.inputs.get(index));
        let source = source.and_then(|source| {
            let mut all = self.operations.iter();
            all.find(|(digest, _)| *digest == source.digest)
        });
        let Some((
            _,
            pb::Op {
                op: Some(Kind::Source(_)),
                ..
            },
        )) = source
        else {
            return true;
        };
        let wanted = |pattern: &String| matches(pattern, path);
        covers(&plain(&copy.src), path)
            && (copy.include_patterns.is_empty() || copy.include_patterns.iter().any(wanted))
    }
}

fn transfers(source: &pb::SourceOp, path: &str) -> bool {
    let paths = source.attrs.get("local.followpaths");
    let paths: Vec<String> = paths.map_or_else(Vec::new, |paths| {
        serde_json::from_str(paths).expect("paths as JSON")
    });
    paths.is_empty()
        || paths
            .iter()
            .any(|known| covers(known, path) || matches(known, path))
}

/// Whether a path is the file or lies on the way to it.
fn covers(known: &str, path: &str) -> bool {
    let known = known.trim_matches('/');
    known.is_empty() || path == known || path.starts_with(&format!("{known}/"))
}

/// Whether the pattern of a name matches: `**/` is any folder, `*` the rest.
fn matches(pattern: &str, path: &str) -> bool {
    match pattern.strip_prefix("**/") {
        Some(name) => path.rsplit('/').next() == Some(name),
        None => match pattern.split_once('*') {
            Some((start, _)) => path.starts_with(start),
            None => covers(pattern, path),
        },
    }
}

/// The path that a wildcard stands for that matches it alone.
fn plain(wildcard: &str) -> String {
    wildcard.replace(['[', ']', '\\'], "")
}
