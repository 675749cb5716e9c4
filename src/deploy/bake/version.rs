//! Which version a build stands for, by what git says of the sources.
//!
//! The tag of the commit. Where it has none, the newest release branch of
//! `origin`, or else the newest tag, and the commit with it. Pure: git is asked
//! by the command line.

use thiserror::Error;

use super::release::Release;

/// What stands for a version where no release was ever made.
const NO_RELEASE: &str = "0.0.1";
/// How much of a commit's hash is in a version. As much on every machine: what git
/// itself shows depends on how many objects a clone has.
const ABBREVIATION: usize = 9;
/// The most characters of a version: a tag has 128, and the name of the image and
/// a commit are to fit in it too.
const LONGEST: usize = 70;
/// What the names of tags begin with.
const TAGS: &str = "refs/tags/";
/// What the names of release branches begin with.
const RELEASE_BRANCHES: &str = "refs/remotes/origin/release/";

/// The references of a repository that a version is made of, and the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The commit that is built.
    pub commit: String,
    /// Tags of that commit.
    tags_here: Vec<String>,
    /// All tags.
    tags: Vec<String>,
    /// What follows `release/` in the branches of `origin`.
    branches: Vec<String>,
}

impl History {
    /// What `git for-each-ref` is asked for.
    pub const FORMAT: &str = "%(refname) %(objectname) %(*objectname)";
    /// Of which references.
    pub const PATTERNS: [&str; 2] = ["refs/tags", "refs/remotes/origin/release"];

    /// Reads its answer.
    pub fn read(commit: &str, references: &str) -> Self {
        let mut history = Self {
            commit: commit.to_owned(),
            tags_here: Vec::new(),
            tags: Vec::new(),
            branches: Vec::new(),
        };
        for line in references.lines() {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap_or_default();
            // A tag with a message is an object of its own, which names the commit.
            let is_here = words.any(|object| object == commit);
            if let Some(tag) = name.strip_prefix(TAGS) {
                history.tags.push(tag.to_owned());
                if is_here {
                    history.tags_here.push(tag.to_owned());
                }
            } else if let Some(branch) = name.strip_prefix(RELEASE_BRANCHES) {
                history.branches.push(branch.to_owned());
            }
        }
        history
    }
}

/// A version, in the forms that it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// As tags of images have it: `v1.0.0`, `v1.0.0.dev.0123abcde`.
    pub tag: String,
    /// As Python packages have it: `1.0.0`, `1.0.0.dev+0123abcde`.
    pub python: String,
    /// Where it comes from.
    pub basis: Basis,
}

/// Where a version comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// It was given.
    Given,
    /// A tag of the commit.
    TagOfCommit(String),
    /// The newest release branch.
    Branch(String),
    /// The newest tag.
    Tag(String),
    /// Nothing: there was no release.
    Nothing,
}

/// A text that cannot be in the tag of an image.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` cannot be part of a tag\n\
     help: use letters, digits and `_.-`, the last two not in front, and no more than {LONGEST} of them"
)]
pub struct WrongVersion(String);

impl Version {
    /// The version of a commit.
    pub fn of(history: &History) -> Self {
        let newest = |names: &[String], counts: fn(&Release) -> bool| {
            let releases = names.iter().filter_map(|name| {
                let release = Release::parse(name).filter(counts)?;
                Some((release, name.clone()))
            });
            releases.max().map(|(_, name)| name)
        };
        let here = &history.tags_here;
        let exact = newest(here, |release| !release.is_test())
            .or_else(|| newest(here, |_| true))
            // Any tag is one; which of several must not be left to chance.
            .or_else(|| here.iter().max().cloned());
        if let Some(tag) = exact {
            let plain = fitting(number_of(&tag));
            return Self {
                tag: format!("v{plain}"),
                python: plain,
                basis: Basis::TagOfCommit(tag),
            };
        }
        let branch = newest(&history.branches, Release::is_plain);
        let tag = || newest(&history.tags, |release| !release.is_test());
        let basis = branch
            .map(Basis::Branch)
            .or_else(|| tag().map(Basis::Tag))
            .unwrap_or(Basis::Nothing);
        let latest = match &basis {
            Basis::Branch(name) | Basis::Tag(name) => fitting(number_of(name)),
            _ => NO_RELEASE.to_owned(),
        };
        let commit = history.commit.get(..ABBREVIATION);
        let commit = commit.unwrap_or(&history.commit);
        Self {
            tag: format!("v{latest}.dev.{commit}"),
            python: format!("{latest}.dev+{commit}"),
            basis,
        }
    }

    /// A version that is given, as it is.
    pub fn given(text: &str) -> Result<Self, WrongVersion> {
        let wrong = || WrongVersion(text.to_owned());
        let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if !starts || text.len() > LONGEST || !text.chars().all(is_of_tag) {
            return Err(wrong());
        }
        Ok(Self {
            tag: text.to_owned(),
            python: number_of(text).to_owned(),
            basis: Basis::Given,
        })
    }
}

/// A version without the `v` in front of its numbers.
fn number_of(name: &str) -> &str {
    match name.strip_prefix('v') {
        Some(number) if number.starts_with(|c: char| c.is_ascii_digit()) => number,
        _ => name,
    }
}

/// A name of git as part of an image's tag, which takes fewer characters.
fn fitting(name: &str) -> String {
    let fit = |c| if is_of_tag(c) { c } else { '-' };
    name.chars().take(LONGEST).map(fit).collect()
}

fn is_of_tag(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
    const OTHER: &str = "ffffffffffffffffffffffffffffffffffffffff";

    /// The answer of git: tags of the commit, other tags, release branches.
    fn version(here: &[&str], elsewhere: &[&str], branches: &[&str]) -> Version {
        let mut lines = String::new();
        for (prefix, names, commit) in [
            (TAGS, here, COMMIT),
            (TAGS, elsewhere, OTHER),
            (RELEASE_BRANCHES, branches, OTHER),
        ] {
            for name in names {
                lines.extend([prefix, name, " ", commit, " \n"]);
            }
        }
        Version::of(&History::read(COMMIT, &lines))
    }

    #[test]
    fn a_commit_with_a_tag_is_that_version() {
        for (here, tag) in [
            (&["v1.0.0"] as &[_], "v1.0.0"),
            (&["1.0.0"], "v1.0.0"),
            (&["v1.0.0-rc1"], "v1.0.0-rc1"),
            (&["v0.9.0.post1"], "v0.9.0.post1"),
            // The newest of several, whatever their spelling says as text.
            (&["v0.9.0", "v0.10.0"], "v0.10.0"),
            (&["v1.0.0-rc3", "v1.0.0"], "v1.0.0"),
            (&["v1.0.0-test-rc1", "v0.9.0"], "v0.9.0"),
            (&["nightly", "v0.9.0"], "v0.9.0"),
            // A test's candidate and a word are tags too.
            (&["v1.0.0-test-rc1"], "v1.0.0-test-rc1"),
            (&["nightly"], "vnightly"),
            (&["team/1.0+local"], "vteam-1.0-local"),
        ] {
            let version = version(here, &["v9.9.9"], &["8.8.8"]);
            assert_eq!(version.tag, tag, "{here:?}");
            assert_eq!(version.python, tag[1..], "{here:?}");
            assert!(matches!(version.basis, Basis::TagOfCommit(_)), "{here:?}");
        }
    }

    #[test]
    fn a_commit_without_a_tag_is_after_the_newest_release() {
        for (tags, branches, latest) in [
            (&[] as &[_], &["0.9.0", "0.10.0", "0.2.0"] as &[_], "0.10.0"),
            (&["v9.0.0"], &["0.9.0"], "0.9.0"),
            // Branches that are no release do not count.
            (
                &["v0.8.0"],
                &["0.9", "1.0.0-rc1", "next", "9.0.0/fix"],
                "0.8.0",
            ),
            (&["v0.9.0", "v0.10.0", "v0.2.0"], &[], "0.10.0"),
            (&["v1.0.0-rc1", "v0.9.0"], &[], "1.0.0-rc1"),
            (&["v1.0.0-rc1", "v1.0.0", "v1.0.0-rc9"], &[], "1.0.0"),
            (&["v1.0.0-test-rc1", "v0.9.0"], &[], "0.9.0"),
            (&["v1.0.0-test-rc1"], &[], "0.0.1"),
            (&["nightly", "latest"], &[], "0.0.1"),
            (&[], &[], "0.0.1"),
        ] {
            let version = version(&[], tags, branches);
            let shown = format!("{tags:?} {branches:?}");
            assert_eq!(version.tag, format!("v{latest}.dev.012345678"), "{shown}");
            assert_eq!(version.python, format!("{latest}.dev+012345678"), "{shown}");
        }
    }

    #[test]
    fn a_tag_with_a_message_is_of_the_commit_that_it_names() {
        let lines = format!("refs/tags/v1.0.0 {OTHER} {COMMIT}\n");
        let version = Version::of(&History::read(COMMIT, &lines));
        assert_eq!(version.basis, Basis::TagOfCommit("v1.0.0".to_owned()));
    }

    #[test]
    fn a_branch_of_ones_own_is_no_release_of_origin() {
        let lines = format!(
            "refs/heads/release/9.0.0 {COMMIT} \nrefs/remotes/fork/release/8.0.0 {COMMIT} \n"
        );
        let version = Version::of(&History::read(COMMIT, &lines));
        assert_eq!(version.basis, Basis::Nothing);
    }

    #[test]
    fn a_given_version_is_taken_as_it_is_where_a_tag_can_have_it() {
        let given = Version::given("v1.2.3").expect("a version");
        assert_eq!((&*given.tag, &*given.python), ("v1.2.3", "1.2.3"));
        let word = Version::given("very-old_1").expect("a version");
        assert_eq!((&*word.tag, &*word.python), ("very-old_1", "very-old_1"));
        let long = "a".repeat(LONGEST + 1);
        for wrong in ["", "-a", ".a", "a:b", "a/b", "a b", "é", "1.0+a", &long] {
            assert!(Version::given(wrong).is_err(), "{wrong}");
        }
    }
}
