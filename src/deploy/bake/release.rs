//! The names of releases in git, and which of them is newer.
//!
//! Numbers are compared as numbers: `0.10.0` comes after `0.9.0`.

use std::cmp::Ordering;

/// A release: `0.9.0`, `1.0.0-rc2`, `0.5.0.post1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Release {
    numbers: [u64; 3],
    /// What follows the numbers, with its separator.
    rest: String,
}

/// What stands in front of the numbers of a tag.
const PREFIX: [char; 2] = ['v', 'V'];

impl Release {
    /// Reads three numbers and what follows them, with or without a `v` in front.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix(PREFIX).unwrap_or(text);
        let (major, rest) = text.split_once('.')?;
        let (minor, rest) = rest.split_once('.')?;
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (patch, rest) = rest.split_at(end);
        Some(Self {
            numbers: [number(major)?, number(minor)?, number(patch)?],
            rest: rest.to_owned(),
        })
    }

    /// Whether it is three numbers and no more.
    pub(super) fn is_plain(&self) -> bool {
        self.rest.is_empty()
    }

    /// Whether it only tries out how a release is made: `1.0.0-test-rc1`.
    pub(super) fn is_test(&self) -> bool {
        let mut words = self.words();
        let rest = self.rest.to_ascii_lowercase();
        words.any(|word| word == "test") && rest.contains("rc")
    }

    /// Its words and numbers: `rc`, `2` of `-rc2`.
    fn words(&self) -> impl Iterator<Item = String> {
        let mut words: Vec<String> = Vec::new();
        let mut last = None;
        for c in self.rest.chars().map(|c| c.to_ascii_lowercase()) {
            let kind = c.is_ascii_alphanumeric().then(|| c.is_ascii_digit());
            match words.last_mut() {
                Some(word) if kind.is_some() && kind == last => word.push(c),
                _ if kind.is_some() => words.push(c.to_string()),
                _ => {}
            }
            last = kind;
        }
        words.into_iter()
    }

    /// Where it stands beside the release of the same numbers: before it, unless
    /// it says that it comes after.
    fn stage(&self) -> i8 {
        match self.words().next().as_deref() {
            None => 0,
            Some("post") => 1,
            Some(_) => -1,
        }
    }
}

impl Ord for Release {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| self.stage().cmp(&other.stage()))
            .then_with(|| {
                let words = |one: &Self| one.words().map(Part::of).collect::<Vec<_>>();
                words(self).cmp(&words(other))
            })
            .then_with(|| self.rest.cmp(&other.rest))
    }
}

impl PartialOrd for Release {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A word or a number of what follows the three.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Word(String),
}

impl Part {
    fn of(word: String) -> Self {
        number(&word).map_or(Self::Word(word), Self::Number)
    }
}

/// Decimal digits and nothing else.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_ordered_by_their_numbers_with_candidates_before_them() {
        let ordered = [
            "0.9.0",
            "v0.10.0-alpha",
            "v0.10.0-dev3",
            "v0.10.0-rc2",
            "0.10.0-rc10",
            "v0.10.0",
            "v0.10.0.post1",
            "v0.10.0.post2",
            "v0.10.1",
            "1.0.0",
        ];
        let read: Vec<Release> = ordered
            .iter()
            .map(|one| Release::parse(one).expect("a release"))
            .collect();
        for (index, one) in read.iter().enumerate() {
            for other in &read[index + 1..] {
                assert!(one < other, "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn what_has_no_three_numbers_is_no_release() {
        for text in [
            "", "v", "nightly", "1.0", "v1.x.0", "1..0", "+1.0.0", "vv1.0.0",
        ] {
            assert_eq!(Release::parse(text), None, "{text}");
        }
        let huge = "1.0.99999999999999999999999";
        assert_eq!(Release::parse(huge), None);
    }

    #[test]
    fn only_candidates_of_a_test_are_tests() {
        let is_test = |text| Release::parse(text).expect("a release").is_test();
        for text in ["v1.0.0-test-rc1", "v1.0.0-rc1-test", "1.0.0.test.RC2"] {
            assert!(is_test(text), "{text}");
        }
        for text in ["v1.0.0", "v1.0.0-rc1", "v1.0.0-test", "v1.0.0-latest-rc1"] {
            assert!(!is_test(text), "{text}");
        }
    }
}
