//! Scalars that stand for a value other than their text: numbers, truth, time.

use std::fmt;
use std::time::Duration;

use super::all;
use crate::spec::decode::Scalar;
use crate::spec::grammar::{Grammar, Numbers};
use crate::spec::vocabulary::Architecture;
use crate::spec::wrong::Wrong;

/// A user or group id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id(pub u32);

impl Scalar for Id {
    const GRAMMAR: Grammar = Grammar::new("a numeric id", "^0*[0-9]{1,10}$")
        .numbers(Numbers::Whole(0, u32::MAX - 1))
        .problem("is not a user or group id")
        .examples(&["1000"]);

    fn parse(text: &str) -> Result<Self, Wrong> {
        // The largest value is reserved: it means "unchanged" to chown.
        match text.parse() {
            Ok(id) if id != u32::MAX && all(text, |c| c.is_ascii_digit()) => Ok(Self(id)),
            _ => Err(Self::GRAMMAR.refusal(text)),
        }
    }
}

/// An architecture as the key of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchitectureKey(pub Architecture);

impl Scalar for ArchitectureKey {
    const GRAMMAR: Grammar = Grammar::new("an architecture", "^(amd64|x86_64|arm64|aarch64)$")
        .any_case()
        .problem("is not an architecture (`amd64` or `arm64`)")
        .examples(&["amd64", "arm64"]);

    fn parse(text: &str) -> Result<Self, Wrong> {
        // A checksum under a misspelt key would check nothing and say so nowhere.
        let known = Architecture::from_word(text).map(Self);
        known.ok_or_else(|| Self::GRAMMAR.refusal(text))
    }
}

/// How many of something; at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count(pub u32);

impl Scalar for Count {
    const GRAMMAR: Grammar = Grammar::new("a number", "^0*[1-9][0-9]{0,9}$")
        .numbers(Numbers::Whole(1, u32::MAX))
        .problem("is not a number from 1 on");

    fn parse(text: &str) -> Result<Self, Wrong> {
        match text.parse() {
            Ok(count) if count > 0 && all(text, |c| c.is_ascii_digit()) => Ok(Self(count)),
            _ => Err(Self::GRAMMAR.refusal(text)),
        }
    }
}

/// What a process ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExitStatus(pub u8);

impl Scalar for ExitStatus {
    const GRAMMAR: Grammar = Grammar::new(
        "an exit status",
        "^0*([0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|25[0-5])$",
    )
    .numbers(Numbers::Whole(0, 255))
    .problem("is not an exit status from 0 to 255")
    .examples(&["2"]);

    fn parse(text: &str) -> Result<Self, Wrong> {
        match text.parse() {
            Ok(status) if all(text, |c| c.is_ascii_digit()) => Ok(Self(status)),
            _ => Err(Self::GRAMMAR.refusal(text)),
        }
    }
}

/// A number of bytes, such as `12GB` or `1.5GiB`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByteSize {
    /// How many.
    pub bytes: u64,
    /// The same as it is written.
    pub text: String,
}

impl Scalar for ByteSize {
    const GRAMMAR: Grammar = Grammar::new(
        "a size",
        r"^[0-9]{1,6}(\.[0-9]{1,3})?(kB|MB|GB|KiB|MiB|GiB)$",
    )
    .problem("is not a size such as `12GB` or `1.5GiB`")
    .examples(&["12GB", "1.5GiB"]);

    fn parse(text: &str) -> Result<Self, Wrong> {
        const UNITS: [(&str, u64); 6] = [
            ("kB", 1000),
            ("MB", 1_000_000),
            ("GB", 1_000_000_000),
            ("KiB", 1 << 10),
            ("MiB", 1 << 20),
            ("GiB", 1 << 30),
        ];
        let wrong = || match Self::meant(text) {
            Some(meant) => Self::GRAMMAR.refusal(text).help(format!("write `{meant}`")),
            None => Self::GRAMMAR.refusal(text),
        };
        let split = text.find(|c: char| c.is_ascii_alphabetic());
        let (number, unit) = text.split_at(split.ok_or_else(wrong)?);
        let (_, unit) = UNITS
            .iter()
            .find(|(known, _)| *known == unit)
            .ok_or_else(wrong)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |text: &str, most| {
            let fits = text.len() <= most && all(text, |c| c.is_ascii_digit());
            fits.then(|| text.parse::<u64>().ok()).flatten()
        };
        let whole = digits(whole, 6).ok_or_else(wrong)?;
        let thousandths = digits(fraction, 3).ok_or_else(wrong)?
            * 10_u64.pow(3 - u32::try_from(fraction.len()).unwrap_or(3));
        Ok(Self {
            bytes: (whole * 1000 + thousandths) * unit / 1000,
            text: text.to_owned(),
        })
    }
}

impl ByteSize {
    /// A size as other programs write it, in the unit that is meant.
    fn meant(text: &str) -> Option<String> {
        let text = text.trim_start_matches(['<', '=', ' ']);
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit) = text.split_at(split);
        let unit = match unit.trim().to_ascii_lowercase().as_str() {
            "k" | "kb" => "kB",
            "m" | "mb" => "MB",
            "g" | "gb" => "GB",
            "ki" | "kib" => "KiB",
            "mi" | "mib" => "MiB",
            "gi" | "gib" => "GiB",
            _ => return None,
        };
        let meant = format!("{number}{unit}");
        let is_number = number.parse::<f64>().is_ok() && number.len() <= 6;
        is_number.then_some(meant)
    }
}

/// Permission bits, such as `0755`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileMode(pub u32);

impl Scalar for FileMode {
    const GRAMMAR: Grammar = Grammar::new("permission bits", "^0?[0-7]{3}$")
        // What is `0755` here is the number 755 to an editor.
        .numbers(Numbers::Unsigned)
        .problem("is not permission bits such as `0755`")
        .examples(&["0755"]);

    fn parse(text: &str) -> Result<Self, Wrong> {
        let digits = match text.len() {
            4 => text.strip_prefix('0'),
            3 => Some(text),
            _ => None,
        };
        let octal = digits.filter(|digits| all(digits, |c| matches!(c, '0'..='7')));
        octal
            .and_then(|digits| u32::from_str_radix(digits, 8).ok())
            .map(Self)
            .ok_or_else(|| {
                let problem = Self::GRAMMAR.refusal(text);
                match text.strip_prefix("0o") {
                    Some(digits) if Self::parse(digits).is_ok() => {
                        problem.help(format!("write `0{digits}`"))
                    }
                    _ => problem,
                }
            })
    }
}

/// `true` or `false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag(pub bool);

impl Scalar for Flag {
    const GRAMMAR: Grammar = Grammar::new("`true` or `false`", "^(true|false)$")
        .truth()
        .problem("is neither `true` nor `false`");

    fn parse(text: &str) -> Result<Self, Wrong> {
        if let Ok(flag) = text.parse() {
            return Ok(Self(flag));
        }
        let problem = Self::GRAMMAR.refusal(text);
        Err(match text.to_ascii_lowercase().as_str() {
            "yes" | "y" | "on" | "1" | "true" => problem.help("write `true`"),
            "no" | "n" | "off" | "0" | "false" => problem.help("write `false`"),
            _ => problem,
        })
    }
}

/// A span of time, such as `30s` or `1m30s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval(pub Duration);

/// A span of time that is more than none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimit(pub Duration);

impl Scalar for TimeLimit {
    const GRAMMAR: Grammar = Grammar::new(
        "a duration of more than 0",
        "^(0+(ms|s|m|h))*0*[1-9][0-9]{0,9}(ms|s|m|h)(0*[0-9]{1,10}(ms|s|m|h))*$",
    )
    .problem("is not a duration of more than 0")
    .examples(&["90s", "10m"]);

    fn parse(text: &str) -> Result<Self, Wrong> {
        let help = "write it as `30s`, `5m` or `1m30s`";
        match Interval::parse(text) {
            Ok(Interval(time)) if time.is_zero() => Err(Self::GRAMMAR.refusal(text).help(help)),
            Ok(Interval(time)) => Ok(Self(time)),
            Err(_) => Err(Interval::GRAMMAR.refusal(text).help(help)),
        }
    }
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_millis();
        for (unit, word) in [(3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")] {
            if rest >= unit {
                write!(f, "{}{word}", rest / unit)?;
            }
            rest %= unit;
        }
        Ok(())
    }
}

impl Scalar for Interval {
    const GRAMMAR: Grammar = Grammar::new("a duration", "^(0*[0-9]{1,10}(ms|s|m|h))+$")
        .problem("is not a duration")
        .examples(&["30s", "1m30s"]);

    fn parse(text: &str) -> Result<Self, Wrong> {
        let wrong = || {
            let problem = Self::GRAMMAR.refusal(text);
            problem.help("write it as `30s`, `500ms` or `1m30s`")
        };
        let mut rest = text;
        let mut total = Duration::ZERO;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
            let number: u32 = rest[..digits].parse().map_err(|_| wrong())?;
            let after = &rest[digits..];
            let unit = after
                .find(|c: char| c.is_ascii_digit())
                .unwrap_or(after.len());
            let one = match &after[..unit] {
                "ms" => Duration::from_millis(1),
                "s" => Duration::from_secs(1),
                "m" => Duration::from_mins(1),
                "h" => Duration::from_hours(1),
                _ => return Err(wrong()),
            };
            total = one
                .checked_mul(number)
                .and_then(|part| total.checked_add(part))
                .ok_or_else(wrong)?;
            rest = &after[unit..];
        }
        if text.is_empty() {
            Err(wrong())
        } else {
            Ok(Self(total))
        }
    }
}
