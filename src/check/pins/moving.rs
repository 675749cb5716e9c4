//! Which tags of images and refs of repositories move.
//!
//! Owns words and shapes. Guesses by the name alone: no registry is asked.

/// Tags and branches that are moved from one thing to the next.
const MOVING: &[&str] = &[
    "latest", "main", "master", "trunk", "head", "tip", "nightly", "weekly", "daily", "edge",
    "canary", "rolling", "snapshot", "stable", "develop", "unstable", "testing", "preview",
];

/// Whether a tag is moved: it begins with a word and not with a version, has a
/// word for what is newest, and no date and no commit.
pub(super) fn is_moving(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let version = tag.strip_prefix('v').unwrap_or(&tag);
    let mut parts = tag.split(['-', '_', '.']);
    let is_fixed = |part: &str| {
        let digits = part.len() >= 4 && part.bytes().all(|c| c.is_ascii_digit());
        digits || is_hash(part, 7)
    };
    !version.starts_with(|c: char| c.is_ascii_digit())
        && parts.clone().any(|part| MOVING.contains(&part))
        && !parts.any(is_fixed)
}

/// Hexadecimal digits, this many at least, and not a word of letters.
fn is_hash(text: &str, least: usize) -> bool {
    text.len() >= least
        && text.bytes().all(|c| c.is_ascii_hexdigit())
        && text.bytes().any(|c| c.is_ascii_digit())
}

/// What a ref is that is neither a commit nor the tag of a version.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Floats {
    /// Most likely a branch.
    Branch,
    /// A tag or a branch: their names have parts with slashes alike.
    Either,
    /// The beginning of a commit.
    Shortened,
}

/// Words that names of branches begin with.
const BRANCHES: &[&str] = &[
    "backport",
    "branch",
    "bug",
    "bugfix",
    "dev",
    "experiment",
    "feat",
    "feature",
    "fix",
    "gh",
    "hotfix",
    "issue",
    "pr",
    "staging",
    "test",
    "wip",
];
/// Words behind a version, for the branch on which it is kept up.
const LINES: &[&str] = &[
    "branch",
    "fixes",
    "latest",
    "maint",
    "maintenance",
    "next",
    "stable",
];
/// Hexadecimal digits of a whole commit, in both hash functions of git.
const COMMITS: [usize; 2] = [40, 64];

/// Whether and how a ref floats.
pub(super) fn floats(reference: &str) -> Option<Floats> {
    let is_commit = COMMITS.contains(&reference.len()) && is_hash(reference, 40);
    let is_tag = ["refs/tags/", "tags/"]
        .iter()
        .any(|space| reference.starts_with(space));
    if is_commit || is_tag || is_version(reference) {
        return None;
    }
    let last = reference.rsplit_once('/').map(|(_, last)| last);
    Some(if is_hash(reference, 7) {
        Floats::Shortened
    } else if last.is_some_and(is_version) && !reference.starts_with("refs/") {
        Floats::Either
    } else {
        Floats::Branch
    })
}

/// `v1.2.3`, `1.2.3rc1`, `n7.1`, `b4500`, `ucx-1.19.0`, `release-2026.08`; not
/// `v1.20.x`, `1.20-stable`, `fix-123`, `release/1.2`.
fn is_version(reference: &str) -> bool {
    let Some(at) = reference.find(|c: char| c.is_ascii_digit()) else {
        return false;
    };
    let (prefix, number) = reference.split_at(at);
    let (prefix, number) = (prefix.to_ascii_lowercase(), number.to_ascii_lowercase());
    let has = |text: &str, words: &[&str]| text.split(['-', '_']).any(|one| words.contains(&one));
    let is_commit = is_hash(reference, 7) && reference.bytes().any(|c| c.is_ascii_alphabetic());
    let is_branch = reference.contains(['/', '~', '^', '@'])
        || has(&prefix, MOVING)
        || has(&prefix, BRANCHES)
        || has(&number, LINES);
    let is_line = number.split('.').any(|part| matches!(part, "x" | ""));
    // A word with a number behind it is a version only where that has several parts,
    // or the word says so.
    let is_plain = prefix.len() <= 1 || has(&prefix, &["release", "rel", "ver", "version", "v"]);
    let is_number = is_plain || number.contains(['.', '_']);
    !(is_commit || is_branch || is_line) && is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_move_are_told_from_those_that_stay() {
        for tag in [
            "latest",
            "main",
            "nightly",
            "Nightly-cu129",
            "stable-slim",
            "runtime-latest",
        ] {
            assert!(is_moving(tag), "{tag}");
        }
        for tag in [
            "24.04",
            "v1.2.3",
            "1.0.0-nightly",
            "nightly-20260801",
            "nightly-2026-08-01",
            "main-1a2b3c4",
            "25.06-cuda12.9-devel-ubuntu24.04",
            "bookworm-slim",
            "alpine",
        ] {
            assert!(!is_moving(tag), "{tag}");
        }
    }

    #[test]
    fn branches_are_told_from_tags_and_commits() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for fixed in [
            commit,
            "v1.2.3",
            "1.2.3",
            "1.3.0rc1",
            "v1.0.0-rc.1",
            "n7.1",
            "release-2026.08",
            "refs/tags/anything",
            "v2",
            "20260801",
            "ucx-1.19.0",
            "b4500",
            "v1.0.0-dev.3",
            "tags/v1.0",
            "Release_1_2",
            &"a1".repeat(32),
        ] {
            assert_eq!(floats(fixed), None, "{fixed}");
        }
        for floating in [
            "main",
            "feature/x",
            "release/1.0",
            "v1.20.x",
            "refs/heads/v1.0",
            "my-branch",
            "deadbee1",
            "1a2b3c4",
            "nightly-1.0",
            "fix-123",
            "pr-42",
            "dev2",
            "gpu-h100",
            "1.20-stable",
            "HEAD~1",
            "proxy/v1.2.3",
            // Too long for one hash function, too short for the other.
            &"a1".repeat(21),
        ] {
            assert!(floats(floating).is_some(), "{floating}");
        }
        assert_eq!(floats("release/1.0"), Some(Floats::Either));
        assert_eq!(floats("feature/x"), Some(Floats::Branch));
    }
}
