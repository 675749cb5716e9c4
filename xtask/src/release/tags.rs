//! Which tags the image of a version gets. Pure.

use std::collections::BTreeSet;

use semver::Version;

/// The tags of a version's image, the one that never moves first.
///
/// `1.4` and `1` follow the newest release of their line, and `latest` the newest
/// of all: a fix of an older line does not move what newer ones have. Before 1.0
/// a minor version may change anything, so `0` would promise nothing and is none.
/// What is not final is found by its whole version only.
pub(super) fn tags(version: &Version, released: &BTreeSet<Version>) -> Vec<String> {
    let mut tags = vec![version.to_string()];
    if !version.pre.is_empty() {
        return tags;
    }
    let newest = |is_of_line: &dyn Fn(&Version) -> bool| {
        let mut line = released.iter().filter(|other| other.pre.is_empty());
        !line.any(|other| is_of_line(other) && other > version)
    };
    let (major, minor) = (version.major, version.minor);
    if newest(&|other| (other.major, other.minor) == (major, minor)) {
        tags.push(format!("{major}.{minor}"));
    }
    if major > 0 && newest(&|other| other.major == major) {
        tags.push(major.to_string());
    }
    if newest(&|_| true) {
        tags.push("latest".to_owned());
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, Version};

    /// The tags of a version, and of what was released by then.
    #[track_caller]
    fn tags(version: &str, released: &[&str]) -> String {
        let parse = |text: &str| Version::parse(text).expect("a version");
        let released: BTreeSet<Version> = released.iter().map(|one| parse(one)).collect();
        super::tags(&parse(version), &released).join(" ")
    }

    #[test]
    fn the_newest_release_has_every_tag() {
        assert_eq!(tags("1.4.2", &[]), "1.4.2 1.4 1 latest");
        let before = ["1.4.1", "1.3.9", "0.9.0", "1.4.2"];
        assert_eq!(tags("1.4.2", &before), "1.4.2 1.4 1 latest");
    }

    #[test]
    fn a_fix_of_an_older_line_moves_no_tag_back() {
        assert_eq!(tags("1.3.9", &["1.4.0"]), "1.3.9 1.3");
        assert_eq!(tags("1.9.1", &["2.0.0"]), "1.9.1 1.9 1");
        assert_eq!(tags("1.3.9", &["1.3.10", "1.4.0"]), "1.3.9");
    }

    #[test]
    fn a_version_before_the_first_promises_its_minor_version_at_most() {
        assert_eq!(tags("0.2.1", &["0.1.7"]), "0.2.1 0.2 latest");
        assert_eq!(tags("0.1.8", &["0.2.0"]), "0.1.8 0.1");
    }

    #[test]
    fn what_is_not_final_has_one_tag_and_moves_none() {
        assert_eq!(tags("2.0.0-rc.1", &["1.4.2"]), "2.0.0-rc.1");
        assert_eq!(tags("1.4.3", &["2.0.0-rc.1"]), "1.4.3 1.4 1 latest");
    }
}
