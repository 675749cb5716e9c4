//! What else is in a directory of the client where a path is not.
//!
//! Owns how it is asked for: one small transfer of what `pipeline::near` looks at,
//! without regard to the ignore file. What is inside of folders is
//! not sent, and so never more than a few files.

use std::collections::BTreeSet;

use buildkit_llb::{Differ, Local, MarshalOptions, marshal};
use futures_util::future::join_all;

use super::bridge::{Bridge, Ref};
use super::spec_source::escape;
use crate::diagnostic::nearest;
use crate::pipeline::missing::Absence;
use crate::pipeline::near::{self, Candidate};

/// How deep files are looked for.
const DEPTH: usize = 12;

/// A directory of the client.
#[derive(Debug, Clone)]
pub(super) struct Directory {
    /// Its name in the session.
    pub(super) name: String,
    /// The session that has it.
    pub(super) session: Option<String>,
}

/// Why a path of a directory is not there, which has this ignore file.
pub(super) async fn why<B: Bridge>(
    bridge: &B,
    directory: &Directory,
    path: &str,
    ignore_file: &str,
) -> Absence {
    let Some(tree) = load(bridge, directory, path).await else {
        return Absence::Unknown;
    };
    let mut found = BTreeSet::new();
    let mut folders = vec![String::new()];
    for _ in 0..=DEPTH {
        let listed = folders.iter().map(|folder| list(bridge, &tree, folder));
        let listed: Vec<String> = join_all(listed).await.into_iter().flatten().collect();
        found.extend(listed.iter().cloned());
        folders = listed;
        if folders.is_empty() {
            break;
        }
    }
    near::absence(path, &found, ignore_file)
}

/// The entry of a tree that may be meant where a path is not.
pub(super) async fn sibling<B: Bridge>(bridge: &B, tree: &Ref, path: &str) -> Absence {
    let names: Vec<&str> = path.split('/').collect();
    for at in (0..names.len()).rev() {
        let folder = names[..at].join("/");
        let beside = list(bridge, tree, &folder).await;
        let own = |path: &str| path[folder.len()..].trim_start_matches('/').to_owned();
        let beside: Vec<String> = beside.iter().map(|path| own(path)).collect();
        let Some(near) = nearest(names[at], beside.iter().map(String::as_str)) else {
            continue;
        };
        let mut meant = names.clone();
        meant[at] = near;
        let meant = meant.join("/");
        if has(bridge, tree, &meant).await {
            return Absence::Near(meant);
        }
    }
    Absence::Unknown
}

async fn has<B: Bridge>(bridge: &B, tree: &Ref, path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
    let entries = bridge.read_dir(tree, folder, Some(&escape(name))).await;
    entries.is_ok_and(|entries| !entries.is_empty())
}

/// The paths of what is in a folder; none where that cannot be told.
async fn list<B: Bridge>(bridge: &B, tree: &Ref, folder: &str) -> Vec<String> {
    let at = if folder.is_empty() { "." } else { folder };
    let entries = bridge.read_dir(tree, at, None).await.unwrap_or_default();
    let path = |name: String| match folder {
        "" => name,
        folder => format!("{folder}/{name}"),
    };
    entries.into_iter().map(|entry| path(entry.path)).collect()
}

async fn load<B: Bridge>(bridge: &B, directory: &Directory, path: &str) -> Option<Ref> {
    let wanted: Vec<String> = near::candidates(path).iter().map(pattern).collect();
    let local = Local::new(&directory.name)
        .exclude_patterns(wanted.iter().map(|pattern| format!("{pattern}/*")))
        .include_patterns(wanted)
        .shared_key_hint(format!("{}-near", directory.name))
        .differ(Differ::None)
        .name(format!("[internal] look for {path}"));
    solve(bridge, local, directory).await
}

/// A part of a client's directory.
pub(super) async fn solve<B: Bridge>(
    bridge: &B,
    local: Local,
    directory: &Directory,
) -> Option<Ref> {
    let options = MarshalOptions::default().caps(bridge.caps().llb.clone());
    let options = match &directory.session {
        Some(session) => options.session(session),
        None => options.local_unique(&directory.name),
    };
    let graph = marshal(&local.output(), &options).ok()?;
    bridge.solve(graph.definition.into_pb().into()).await.ok()
}

/// What Docker sends for a candidate.
fn pattern(candidate: &Candidate) -> String {
    let (folder, start, end, rest) = match candidate {
        Candidate::Path(path) => return escape(path),
        Candidate::Around {
            folder,
            start,
            end,
            rest,
        } => (folder, start, end, rest),
    };
    let name = format!("{}*{}", escape(start), escape(end));
    let parts = [escape(folder), name, escape(rest)].into_iter();
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(path: &str) -> Vec<String> {
        near::candidates(path).iter().map(pattern).collect()
    }

    #[test]
    fn patterns_are_the_path_its_name_elsewhere_and_every_misspelling_of_two_letters() {
        assert_eq!(
            patterns("tols"),
            ["tols", "*/tols", "*ls", "t*s", "to*"],
            "a folder of the root"
        );
        assert_eq!(
            patterns("dep/a[1"),
            [
                "dep/a\\[1",
                "*/a\\[1",
                "a\\[1",
                "*p/a\\[1",
                "d*/a\\[1",
                "dep/*1",
                "dep/a*"
            ]
        );
        assert_eq!(patterns("ab"), ["ab", "*/ab"]);
    }
}
