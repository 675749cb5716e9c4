//! The version of Dynamo, as far as it decides what its programs are told.

use std::fmt;
use std::str::FromStr;

/// A release: major, minor, patch. What comes after them, as in `1.0.0rc1` or
/// `0.8.1.post3`, changes no flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no version of Dynamo; write one as in `1.0.0`");
        let mut rest = text.strip_prefix('v').unwrap_or(text);
        let mut numbers = [0; 3];
        for (index, number) in numbers.iter_mut().enumerate() {
            let end = rest.find(|one: char| !one.is_ascii_digit());
            let (digits, after) = rest.split_at(end.unwrap_or(rest.len()));
            if digits.is_empty() && index > 1 {
                break;
            }
            *number = digits.parse().map_err(|_| wrong())?;
            let Some(next) = after.strip_prefix('.') else {
                if index == 0 {
                    return Err(wrong());
                }
                break;
            };
            rest = next;
        }
        let [major, minor, patch] = numbers;
        Ok(Self(major, minor, patch))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_up_to_its_patch() {
        for (text, version) in [
            ("1.0.0", Version(1, 0, 0)),
            ("v0.9.1", Version(0, 9, 1)),
            ("0.8.1.post3", Version(0, 8, 1)),
            ("1.2", Version(1, 2, 0)),
            ("1.2rc1", Version(1, 2, 0)),
            ("1.3.0rc1", Version(1, 3, 0)),
            ("1.4.0+abc", Version(1, 4, 0)),
            ("1.4.dev3", Version(1, 4, 0)),
        ] {
            assert_eq!(text.parse(), Ok(version), "{text}");
        }
        for text in ["", "v", "1", "main", "1.x", "-1.0.0", "99999999999.0.0"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
