//! The signal that asks a container to stop.
//!
//! Owns its text form: the name with `SIG` in front, or a number. Runtimes refuse
//! to start an image whose signal they do not know.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Signals of Linux by name, without `SIG`; those of real time are counted.
const NAMES: &[&str] = &[
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL",
    "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP",
    "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
];
/// The highest number there is.
const LAST: u8 = 64;
/// How far the counted names go up from the first real-time signal.
const FROM_FIRST: u8 = 15;
/// How far they go down from the last.
const FROM_LAST: u8 = 14;

/// A signal, by its name or number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StopSignal(String);

/// A text that is no signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a signal is a name such as `SIGTERM`, or a number from 1 to {LAST}")]
pub struct StopSignalError;

impl StopSignal {
    /// The signal as an image config says it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StopSignal {
    type Err = StopSignalError;

    fn from_str(text: &str) -> Result<Self, StopSignalError> {
        if let Some(number) = number(text) {
            return match number {
                1..=LAST => Ok(Self(number.to_string())),
                _ => Err(StopSignalError),
            };
        }
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        let counted = |start: &str, most: u8| {
            let count = name.strip_prefix(start).and_then(number);
            count.is_some_and(|count| (1..=most).contains(&count))
        };
        let known =
            NAMES.contains(&name) || counted("RTMIN+", FROM_FIRST) || counted("RTMAX-", FROM_LAST);
        if known {
            Ok(Self(format!("SIG{name}")))
        } else {
            Err(StopSignalError)
        }
    }
}

impl fmt::Display for StopSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A number in plain digits, as large as it may be.
fn number(text: &str) -> Option<u8> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_has_one_form() {
        for (text, written) in [
            ("SIGTERM", "SIGTERM"),
            ("int", "SIGINT"),
            ("sigrtmin+3", "SIGRTMIN+3"),
            ("RTMAX-14", "SIGRTMAX-14"),
            ("9", "9"),
            ("064", "64"),
        ] {
            let signal: StopSignal = text.parse().expect(text);
            assert_eq!(signal.as_str(), written);
        }
    }

    #[test]
    fn what_no_runtime_knows_is_refused() {
        for text in [
            "",
            "0",
            "65",
            "256",
            "-9",
            "SIG",
            "SIGTERMS",
            "SIGSIGTERM",
            "RTMIN+16",
            "RTMAX-0",
            "RTMIN+",
        ] {
            assert_eq!(text.parse::<StopSignal>(), Err(StopSignalError), "{text}");
        }
    }
}
