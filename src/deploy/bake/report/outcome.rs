//! What came of a build, and how many builds had each outcome.

use std::fmt;

use serde::Serialize;

use crate::deploy::bake::progress::Failure;

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

impl Count {
    /// Those of an outcome.
    pub(super) fn of(&mut self, outcome: &Outcome) -> &mut usize {
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
        if words.is_empty() {
            return f.write_str("nothing to build");
        }
        f.write_str(&words.join(", "))
    }
}
