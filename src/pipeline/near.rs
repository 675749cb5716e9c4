//! What may be meant by a path that is not there.
//!
//! Owns where to look for it and which of what is found is it: one name of the path
//! spelt otherwise, or the same name in another folder.

use std::collections::BTreeSet;

use super::missing::Absence;
use crate::diagnostic::nearest;

/// The longest path, in bytes, that is looked for elsewhere: there are as many places
/// to look at as it has letters, and each is as long as it is.
const LONGEST: usize = 1024;

/// Where to look.
#[derive(Debug, PartialEq, Eq)]
pub enum Candidate {
    /// This path.
    Path(String),
    /// Every path of which one name is known only at its ends.
    Around {
        /// What comes before the name; empty for the root.
        folder: String,
        /// How the name begins.
        start: String,
        /// How the name ends.
        end: String,
        /// What comes after the name; may be empty.
        rest: String,
    },
}

/// Where to look for a path: at the path itself, where two letters of one of its names
/// are others or are not there, and for its last name in another folder.
pub fn candidates(path: &str) -> Vec<Candidate> {
    let names: Vec<&str> = path.split('/').collect();
    let name = names.last().copied().unwrap_or(path);
    let mut all = vec![Candidate::Path(path.to_owned())];
    if path.len() > LONGEST {
        return all;
    }
    all.push(Candidate::Around {
        folder: String::new(),
        start: String::new(),
        end: String::new(),
        rest: name.to_owned(),
    });
    if names.len() > 1 {
        all.push(Candidate::Path(name.to_owned()));
    }
    for (at, name) in names.iter().enumerate() {
        let (folder, rest) = (names[..at].join("/"), names[at + 1..].join("/"));
        all.extend(ends(name).map(|(start, end)| Candidate::Around {
            folder: folder.clone(),
            start,
            end,
            rest: rest.clone(),
        }));
    }
    all
}

/// A name without each two letters that follow one another. Nothing is left of a name
/// of two.
fn ends(name: &str) -> impl Iterator<Item = (String, String)> {
    let letters: Vec<char> = name.chars().collect();
    let first = if letters.len() < 3 { letters.len() } else { 1 };
    (first..letters.len()).map(move |at| {
        let (start, end) = (&letters[..at - 1], &letters[at + 1..]);
        (start.iter().collect(), end.iter().collect())
    })
}

impl Candidate {
    /// Whether a path is one of these.
    pub fn has(&self, path: &str) -> bool {
        match self {
            Self::Path(own) => own == path,
            Self::Around {
                folder,
                start,
                end,
                rest,
            } => inside(path, folder)
                .and_then(|path| path.strip_prefix(start.as_str()))
                .and_then(|path| match rest.as_str() {
                    "" => Some(path),
                    rest => path.strip_suffix(rest)?.strip_suffix('/'),
                })
                .and_then(|name| name.strip_suffix(end.as_str()))
                .is_some_and(|unknown| !unknown.contains('/')),
        }
    }
}

/// A path as seen from a folder that it is in.
fn inside<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    match folder {
        "" => Some(path),
        folder => path.strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// Why a path is not there, where all this is, whatever the ignore file says.
pub fn absence(path: &str, found: &BTreeSet<String>, ignore_file: &str) -> Absence {
    if found.contains(path) {
        return Absence::Ignored(ignore_file.to_owned());
    }
    let candidates = candidates(path);
    let is_candidate = |found: &&str| candidates.iter().any(|one| one.has(found));
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    let found: Vec<&str> = found.into_iter().filter(is_candidate).collect();
    let names: Vec<&str> = path.split('/').collect();
    let near = (0..names.len())
        .rev()
        .find_map(|at| nearest_at(&names, at, &found));
    let elsewhere = || {
        let name = |path: &&str| path.rsplit('/').next() == names.last().copied();
        found.iter().copied().find(name)
    };
    let near = near.or_else(elsewhere);
    near.map_or(Absence::Unknown, |near| Absence::Near(near.to_owned()))
}

/// The path that only has another name here, the nearest one of all.
fn nearest_at<'f>(names: &[&str], at: usize, found: &[&'f str]) -> Option<&'f str> {
    let others: Vec<(&str, &str)> = found
        .iter()
        .filter_map(|other| {
            let own: Vec<&str> = other.split('/').collect();
            let is_same = own.len() == names.len()
                && own[..at] == names[..at]
                && own[at + 1..] == names[at + 1..];
            is_same.then(|| (own[at], *other))
        })
        .collect();
    let near = nearest(names[at], others.iter().map(|(name, _)| *name))?;
    let mut others = others.into_iter();
    others
        .find(|(name, _)| *name == near)
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(path: &str, found: &[&str]) -> Absence {
        let found = found.iter().map(|&path| path.to_owned()).collect();
        absence(path, &found, ".dockerignore")
    }

    fn near(path: &str) -> Absence {
        Absence::Near(path.to_owned())
    }

    #[test]
    fn a_misspelt_name_is_found_wherever_in_the_path_it_is() {
        assert_eq!(why("tols", &["tools", "stool"]), near("tools"));
        let found = ["components/src/x.py", "components/src", "components"];
        assert_eq!(
            why("componets/src/x.py", &found),
            near("components/src/x.py")
        );
        assert_eq!(
            why("components/scr/x.py", &found),
            near("components/src/x.py")
        );
        assert_eq!(why("components/src/else.py", &found), Absence::Unknown);
    }

    #[test]
    fn the_same_name_in_another_folder_comes_after_a_name_beside_it() {
        assert_eq!(why("a.txt", &["deps/a.txt"]), near("deps/a.txt"));
        assert_eq!(why("deps/a.txt", &["a.txt"]), near("a.txt"));
        let found = ["a.txt", "deps/b.txt"];
        assert_eq!(why("deps/a.txt", &found), near("deps/b.txt"));
    }

    #[test]
    fn what_is_there_is_left_out_by_the_ignore_file() {
        let ignored = Absence::Ignored(".dockerignore".to_owned());
        assert_eq!(why("deps/a.txt", &["deps/a.txt"]), ignored);
    }

    #[test]
    fn a_very_long_path_is_looked_for_by_itself_alone() {
        let path = "a".repeat(LONGEST + 1);
        assert_eq!(candidates(&path), [Candidate::Path(path.clone())]);
        assert!(candidates(&path[1..]).len() > LONGEST);
    }

    #[test]
    fn what_nobody_looked_for_is_no_suggestion() {
        assert_eq!(why("requirements", &["rekwiremends"]), Absence::Unknown);
    }
}
