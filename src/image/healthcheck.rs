//! Docker's health check of a container.
//!
//! Owns the stored form: a test command and times in nanoseconds.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::json::{Extra, is_default, null_as_default};

/// How to find out whether a container is well.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`; empty inherits.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub test: Vec<String>,
    /// Nanoseconds between checks; 0 inherits, as in all the others.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub interval: i64,
    /// Nanoseconds until a check counts as failed.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub timeout: i64,
    /// Nanoseconds of grace after the start.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub start_period: i64,
    /// Nanoseconds between checks during the grace.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub start_interval: i64,
    /// Failures in a row that make the container unhealthy.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub retries: i64,
    /// Members without a typed field.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Healthcheck {
    /// No check, whatever the base image has.
    pub fn none() -> Self {
        Self::of("NONE", [])
    }

    /// A program that ends with 0 when all is well.
    pub fn program<T: Into<String>>(args: impl IntoIterator<Item = T>) -> Self {
        Self::of("CMD", args.into_iter().map(Into::into))
    }

    /// The same as a text for the image's shell.
    pub fn shell(text: impl Into<String>) -> Self {
        Self::of("CMD-SHELL", [text.into()])
    }

    /// The time between checks; zero inherits, as in all the others.
    #[must_use]
    pub fn with_interval(self, time: Duration) -> Self {
        Self {
            interval: nanoseconds(time),
            ..self
        }
    }

    /// The time after which a check has failed.
    #[must_use]
    pub fn with_timeout(self, time: Duration) -> Self {
        Self {
            timeout: nanoseconds(time),
            ..self
        }
    }

    /// The time after the start in which failures do not count.
    #[must_use]
    pub fn with_start_period(self, time: Duration) -> Self {
        Self {
            start_period: nanoseconds(time),
            ..self
        }
    }

    /// The time between checks while failures do not count.
    #[must_use]
    pub fn with_start_interval(self, time: Duration) -> Self {
        Self {
            start_interval: nanoseconds(time),
            ..self
        }
    }

    /// How many failures in a row count.
    #[must_use]
    pub fn with_retries(self, count: u32) -> Self {
        Self {
            retries: count.into(),
            ..self
        }
    }

    fn of(kind: &str, rest: impl IntoIterator<Item = String>) -> Self {
        Self {
            test: std::iter::once(kind.to_owned()).chain(rest).collect(),
            ..Self::default()
        }
    }
}

/// The stored form of a time; one beyond three centuries is that long.
fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_stored_in_nanoseconds_and_what_is_not_said_is_left_out() {
        let check = Healthcheck::program(["curl", "-f", "http://localhost:8000/health"])
            .with_interval(Duration::from_secs(30))
            .with_timeout(Duration::from_millis(1500))
            .with_start_period(Duration::from_mins(2))
            .with_start_interval(Duration::from_secs(1))
            .with_retries(3);
        assert_eq!(
            serde_json::to_value(check).expect("JSON"),
            json!({
                "Test": ["CMD", "curl", "-f", "http://localhost:8000/health"],
                "Interval": 30_000_000_000_i64,
                "Timeout": 1_500_000_000,
                "StartPeriod": 120_000_000_000_i64,
                "StartInterval": 1_000_000_000,
                "Retries": 3,
            })
        );
        let plain = serde_json::to_value(Healthcheck::shell("true")).expect("JSON");
        assert_eq!(plain, json!({"Test": ["CMD-SHELL", "true"]}));
        let none = serde_json::to_value(Healthcheck::none()).expect("JSON");
        assert_eq!(none, json!({"Test": ["NONE"]}));
    }

    #[test]
    fn a_time_that_cannot_be_stored_is_the_longest_that_can() {
        let check = Healthcheck::none().with_interval(Duration::MAX);
        assert_eq!(check.interval, i64::MAX);
    }
}
