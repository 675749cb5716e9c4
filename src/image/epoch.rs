//! The time that stands for the time of a build.
//!
//! Owns which times there are and their text in an image config. Where one comes
//! from is the business of whoever has it.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// The latest time that a file can be given: its nanoseconds are counted in 63 bits.
const LATEST: u64 = 9_223_372_036;

/// Whole seconds since 1970, as in `SOURCE_DATE_EPOCH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(u64);

impl Epoch {
    /// The time after so many seconds, if a file can have it.
    pub fn new(seconds: impl TryInto<u64>) -> Option<Self> {
        let seconds = seconds.try_into().ok()?;
        (seconds <= LATEST).then_some(Self(seconds))
    }

    /// Reads decimal digits, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| Self::new(text.parse::<u64>().ok()?))?
    }

    /// The seconds.
    pub fn seconds(self) -> u64 {
        self.0
    }
}

/// RFC 3339, as image configs have it.
impl fmt::Display for Epoch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(self.0);
        humantime::format_rfc3339_seconds(time).fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_decimal_seconds_and_shown_as_dates() {
        let shown = |text: &str| Epoch::parse(text).map(|epoch| epoch.to_string());
        for (text, date) in [
            ("0", "1970-01-01T00:00:00Z"),
            ("1700000000", "2023-11-14T22:13:20Z"),
            ("951782400", "2000-02-29T00:00:00Z"),
            ("9223372036", "2262-04-11T23:47:16Z"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(date));
        }
        for text in [
            "",
            "-1",
            "+1",
            " 1",
            "1.0",
            "0x1",
            "9223372037",
            "99999999999999999999",
            "١",
        ] {
            assert_eq!(shown(text), None, "{text:?}");
        }
        assert_eq!(Epoch::new(-1_i64), None);
    }
}
