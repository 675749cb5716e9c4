//! What else is in a directory of the client where a path is not.
//!
//! Owns how it is asked for: one small transfer of what is spelt nearly so and of
//! the path itself, without regard to the ignore file. What is inside of folders is
//! not sent, and so never more than a few files.

use std::collections::BTreeSet;

use buildkit_llb::{Differ, Local, MarshalOptions, marshal};
use futures_util::future::join_all;

use super::bridge::{Bridge, Ref};
use super::spec_source::escape;
use crate::pipeline::missing::{Absence, nearest_name};

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
    if found.contains(path) {
        return Absence::Ignored(ignore_file.to_owned());
    }
    let (parent, name) = split(path);
    let beside = found.iter().map(String::as_str);
    let beside = beside.filter(|other| split(other).0 == parent);
    if let Some(near) = nearest_name(path, beside) {
        return Absence::Near(near.to_owned());
    }
    let elsewhere = found.into_iter().find(|other| split(other).1 == name);
    elsewhere.map_or(Absence::Unknown, Absence::Near)
}

/// The entry of a listing that may be meant where a path is not.
pub(super) async fn sibling<B: Bridge>(bridge: &B, tree: &Ref, path: &str) -> Absence {
    let all = list(bridge, tree, split(path).0).await;
    let near = nearest_name(path, all.iter().map(String::as_str));
    near.map_or(Absence::Unknown, |near| Absence::Near(near.to_owned()))
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
    let wanted = patterns(path);
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

/// The path itself, its name where two letters are others or are not there, and its
/// name in another folder.
fn patterns(path: &str) -> Vec<String> {
    let (parent, name) = split(path);
    let beside = |name: String| match parent {
        "" => name,
        parent => format!("{}/{name}", escape(parent)),
    };
    let mut patterns = vec![escape(path), format!("*/{}", escape(name))];
    if !parent.is_empty() {
        patterns.push(escape(name));
    }
    let letters: Vec<char> = name.chars().collect();
    if letters.len() < 3 {
        return patterns;
    }
    for at in 0..letters.len() - 1 {
        let before: String = letters[..at].iter().collect();
        let after: String = letters[at + 2..].iter().collect();
        patterns.push(beside(format!("{}*{}", escape(&before), escape(&after))));
    }
    patterns
}

/// The folder and the name of a path.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_the_path_its_name_elsewhere_and_every_misspelling_of_two_letters() {
        assert_eq!(
            patterns("tols"),
            ["tols", "*/tols", "*ls", "t*s", "to*"],
            "a folder of the root"
        );
        assert_eq!(
            patterns("deps/a[1"),
            ["deps/a\\[1", "*/a\\[1", "a\\[1", "deps/*1", "deps/a*"]
        );
        assert_eq!(patterns("ab"), ["ab", "*/ab"]);
    }
}
