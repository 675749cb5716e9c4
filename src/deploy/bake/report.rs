//! What came of building a matrix: as data, and as pages for people and for CI.
//!
//! Everything stands in the order of the matrix, and nothing but the durations
//! differs between two runs that did the same.

mod junit;
mod markdown;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::file::Recipe;
use super::job::{Build, Job, Kind};
use super::left_out::LeftOut;
use super::progress::Failure;

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

/// What came of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Outcome {
    /// It was built.
    Built {
        /// The digest of the image, or of the list of those of its platforms.
        #[serde(skip_serializing_if = "Option::is_none")]
        digest: Option<String>,
    },
    /// It was not.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// It was given up, or never begun.
    Cancelled,
    /// There was such an image already.
    Exists {
        /// What it is called.
        image: String,
    },
    /// It is of no use, as another build failed.
    Skipped {
        /// Which.
        reason: String,
    },
}

/// How many builds had an outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Were built.
    pub built: usize,
    /// Failed.
    pub failed: usize,
    /// Were given up.
    pub cancelled: usize,
    /// Were there.
    pub exists: usize,
    /// Were of no use.
    pub skipped: usize,
    /// Combinations that there are not.
    pub left_out: usize,
}

impl Outcome {
    /// A word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Built { .. } => "built",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
            Self::Exists { .. } => "exists",
            Self::Skipped { .. } => "skipped",
        }
    }
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
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        format!("{}\n", json.expect("a report has only names as keys"))
    }

    /// The report for people, as GitHub and GitLab show Markdown.
    pub fn to_markdown(&self) -> String {
        markdown::page(self)
    }

    /// The report as what CI systems take from tests: `JUnit`'s XML.
    pub fn to_junit(&self) -> String {
        junit::document(self)
    }
}

impl Count {
    fn of(&mut self, outcome: &Outcome) -> &mut usize {
        match outcome {
            Outcome::Built { .. } => &mut self.built,
            Outcome::Failed { .. } => &mut self.failed,
            Outcome::Cancelled => &mut self.cancelled,
            Outcome::Exists { .. } => &mut self.exists,
            Outcome::Skipped { .. } => &mut self.skipped,
        }
    }
}

/// `2 built, 1 failed`: those that there are.
impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            (self.built, "built"),
            (self.failed, "failed"),
            (self.cancelled, "cancelled"),
            (self.skipped, "skipped"),
            (self.exists, "there already"),
            (self.left_out, "left out"),
        ];
        let all = all.iter().filter(|(number, _)| *number > 0);
        let words: Vec<String> = all
            .map(|(number, word)| format!("{number} {word}"))
            .collect();
        f.write_str(if words.is_empty() {
            "nothing to build"
        } else {
            ""
        })?;
        f.write_str(&words.join(", "))
    }
}

/// Seconds, to a tenth.
#[expect(clippy::ref_option, reason = "the form that serde asks for")]
fn seconds<S: Serializer>(took: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    let tenths = took.unwrap_or_default().as_secs_f64() * 10.0;
    serializer.serialize_f64(tenths.round() / 10.0)
}
