//! Findings about a spec, as data, and the ways to show them.
//!
//! Owns: spans, source texts, the [`Diagnostic`] and its rendering to BuildKit
//! source details, to a terminal, to JSON, to SARIF, to GitHub Actions and to GitLab. Must not know any
//! rule: the passes that find something build the diagnostic.

use std::collections::BTreeMap;

mod buildkit;
mod code;
mod github;
mod gitlab;
mod json;
mod markdown;
mod printable;
mod sarif;
mod sources;
mod span;
mod suggest;
mod terminal;
#[cfg(test)]
mod tests;

pub use buildkit::{SourceRange, line_ranges, source_ranges, summary};
pub use code::Code;
pub use github::to_github;
pub use gitlab::to_gitlab;
pub use json::to_json;
pub use markdown::{markdown_block, markdown_code, markdown_escaped};
pub use printable::printable;
pub use sarif::to_sarif;
pub use sources::{Position, Source, SourceKind, Sources};
pub use span::{SourceId, Span, Spanned};
pub use suggest::{listed, nearest};
pub use terminal::{Screen, to_terminal};

/// How many findings are shown to a person at once: who has more mends these
/// and looks again.
pub const MOST_SHOWN: usize = 20;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The build cannot go on.
    Error,
    /// The build goes on; the user should know.
    Warning,
    /// Nothing that the user wrote is the cause; good to know.
    Note,
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// A second place that explains the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// A change of the text that mends the finding, for programs that can make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// By this.
    pub replacement: String,
}

/// One finding.
///
/// Texts are lower case, quote values in backticks and carry no full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Diagnostic {
    /// The rule that found it.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where, when it has a place.
    pub primary: Option<Span>,
    /// A few words set at the primary place.
    pub note: String,
    /// Other places that explain it.
    pub labels: Vec<Label>,
    /// What to do next.
    pub help: Vec<String>,
    /// The same as a change of the text, where there is one that is certain to
    /// be what the help says.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary: Some(span),
            note: String::new(),
            labels: Vec::new(),
            help: Vec::new(),
            fix: None,
        }
    }

    /// A warning at a place.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    /// A note at a place.
    pub fn advice(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Note,
            ..Self::error(code, span, message)
        }
    }

    /// Sets the words shown at the primary place.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note = text.into();
        self
    }

    /// Adds a second place.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds what to do next.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Says what to write in the place of the text at `span`.
    pub fn write_instead(mut self, span: Span, text: &str) -> Self {
        self.fix = Some(Fix {
            span,
            replacement: text.to_owned(),
        });
        self.help(format!("write `{text}`"))
    }

    /// Asks whether another word was meant in the place of the text at `span`.
    pub fn did_you_mean(mut self, span: Span, word: &str) -> Self {
        self.fix = Some(Fix {
            span,
            replacement: word.to_owned(),
        });
        self.help(format!("did you mean `{word}`?"))
    }
}

/// The findings of one request, in the order they were made.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    /// Positions in `found` by rule and place, so that a thousand findings are
    /// not each compared with all before it.
    at: BTreeMap<(Code, Option<Span>), Vec<usize>>,
}

impl Diagnostics {
    /// Adds a finding unless the very same one is there already: an anchor
    /// used five times is wrong once.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let key = (diagnostic.code, diagnostic.primary);
        let here = self.at.entry(key).or_default();
        if here.iter().all(|index| self.found[*index] != diagnostic) {
            here.push(self.found.len());
            self.found.push(diagnostic);
        }
    }

    /// Adds several findings.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in diagnostics {
            self.push(diagnostic);
        }
    }

    /// Keeps the findings for which it holds.
    pub fn retain(&mut self, holds: impl Fn(&Diagnostic) -> bool) {
        let mut all = std::mem::take(self).found;
        all.retain(holds);
        for diagnostic in all {
            self.push(diagnostic);
        }
    }

    /// Whether a build must stop here.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|one| one.severity == Severity::Error)
    }

    /// Whether nothing was found that the user could mend.
    pub fn is_clean(&self) -> bool {
        self.found.iter().all(|one| one.severity == Severity::Note)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The findings sorted by place, errors before warnings at the same place.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<_> = self.found.iter().collect();
        all.sort_by_key(|one| (one.primary.is_none(), one.primary, one.severity));
        all
    }

    /// Only the errors, sorted by place.
    pub fn errors(&self) -> Vec<&Diagnostic> {
        let mut all = self.sorted();
        all.retain(|one| one.severity == Severity::Error);
        all
    }

    /// Only the warnings, sorted by place.
    pub fn warnings(&self) -> Vec<&Diagnostic> {
        let mut all = self.sorted();
        all.retain(|one| one.severity == Severity::Warning);
        all
    }
}
