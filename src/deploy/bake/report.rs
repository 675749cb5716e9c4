//! What came of building a matrix: as data, and as pages for people and for CI.
//!
//! Everything stands in the order of the matrix, and nothing but the durations
//! differs between two runs that did the same.

mod junit;
mod markdown;
mod outcome;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::file::Recipe;
use super::job::{Build, Job, Kind};
use super::left_out::LeftOut;
use outcome::Count;
pub use outcome::Outcome;

/// The report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The version that images are tagged with.
    version: String,
    /// The commit of the sources, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// How many there are of each outcome.
    count: Count,
    /// Every build that was wanted.
    builds: Vec<BuildReport>,
    /// Combinations that there are not.
    left_out: Vec<LeftOut>,
}

/// One build of it.
#[derive(Debug, Clone, Serialize)]
pub struct BuildReport {
    /// What bake calls it.
    pub name: String,
    kind: Kind,
    framework: &'static str,
    target: &'static str,
    device: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cuda: Option<String>,
    efa: bool,
    /// None is what the builder runs on.
    platforms: Vec<String>,
    tags: Vec<String>,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How long it took, where it was begun.
    #[serde(
        rename = "seconds",
        serialize_with = "seconds",
        skip_serializing_if = "Option::is_none"
    )]
    took: Option<Duration>,
}

impl BuildReport {
    /// The report of one build of a job.
    pub fn new(
        job: &Job,
        build: &Build,
        recipe: &Recipe,
        outcome: Outcome,
        took: Option<Duration>,
    ) -> Self {
        let entry = &job.entry;
        let platforms = entry.platforms.iter();
        Self {
            name: build.name.clone(),
            kind: build.kind,
            framework: entry.image.framework.word(),
            target: entry.image.target.word(),
            device: entry.image.device.word(),
            cuda: entry.cuda.clone(),
            efa: entry.image.efa,
            platforms: platforms.map(|one| one.platform().to_string()).collect(),
            tags: match build.kind {
                Kind::Image => entry.tags(recipe),
                Kind::Files | Kind::Check => Vec::new(),
            },
            outcome,
            took,
        }
    }

    /// How long it took, as people say it: seconds, and parts of one where there is
    /// no whole one.
    pub fn time(&self) -> Option<String> {
        self.took.map(|took| {
            let whole = Duration::from_secs(took.as_secs());
            let shown = if whole.is_zero() {
                Duration::from_millis(u64::from(took.subsec_millis()))
            } else {
                whole
            };
            humantime::format_duration(shown).to_string()
        })
    }
}

impl Report {
    /// A report of builds, in the order of the matrix.
    pub fn new(
        version: String,
        commit: Option<String>,
        builds: Vec<BuildReport>,
        left_out: Vec<LeftOut>,
    ) -> Self {
        let mut count = Count {
            left_out: left_out.len(),
            ..Count::default()
        };
        for build in &builds {
            *count.of(&build.outcome) += 1;
        }
        Self {
            version,
            commit,
            count,
            builds,
            left_out,
        }
    }

    /// How many there are of each outcome.
    pub fn count(&self) -> Count {
        self.count
    }

    /// The names of builds with an outcome.
    pub fn names(&self, is: impl Fn(&Outcome) -> bool) -> impl Iterator<Item = &str> {
        let builds = self.builds.iter().filter(move |one| is(&one.outcome));
        builds.map(|one| one.name.as_str())
    }

    /// The report for programs.
    ///
    /// # Panics
    ///
    /// Never: all its keys are texts.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        format!("{}\n", json.expect("all keys are texts"))
    }

    /// The report for people, as GitHub and GitLab show Markdown.
    pub fn to_markdown(&self) -> String {
        markdown::page(self)
    }

    /// The report as what CI systems take from tests: JUnit's XML.
    pub fn to_junit(&self) -> String {
        junit::document(self)
    }
}

/// Seconds, to a tenth.
#[expect(clippy::ref_option, reason = "the form that serde asks for")]
fn seconds<S: Serializer>(took: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    let tenths = took.unwrap_or_default().as_secs_f64() * 10.0;
    serializer.serialize_f64(tenths.round() / 10.0)
}
