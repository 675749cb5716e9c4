//! What parsers of scalars say about a text that they refuse.

use super::grammar::Grammar;
use super::node::abbreviate;
use crate::diagnostic::{Code, Diagnostic, Span};

/// What is wrong with a scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    message: String,
    help: Option<String>,
}

impl Wrong {
    /// A problem and what to do about it.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Some(help.into()),
        }
    }

    /// The same with what to do about it.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self::new(self.message, help)
    }

    /// The finding about the scalar at `span`.
    pub(super) fn at(self, span: Span) -> Diagnostic {
        let wrong = Diagnostic::error(Code::InvalidValue, span, self.message);
        match self.help {
            Some(help) => wrong.help(help),
            None => wrong,
        }
    }
}

impl From<String> for Wrong {
    fn from(message: String) -> Self {
        let help = None;
        Self { message, help }
    }
}

impl Grammar {
    /// What is wrong with a text that is not of this grammar.
    pub(super) fn refusal(&self, text: &str) -> Wrong {
        format!("`{}` {}", abbreviate(text), self.problem).into()
    }
}
