//! The YAML tree of a spec: every node with its place.
//!
//! Scalars stay as written (`3.10` is not a number here); what they mean is
//! decided by the type that reads them.

use super::secret::masked;
use crate::diagnostic::Span;

/// A value of the tree.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it is used: its own text, or the alias that stands for it.
    pub span: Span,
    /// Where it is spelled out, when an alias stands for it.
    pub defined: Option<Span>,
}

/// The kinds of values.
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// Nothing, `~` or `null`.
    Null,
    /// A scalar, as written between its quotes, if any.
    Scalar {
        /// The text, escapes resolved.
        text: String,
        /// Whether it was in quotes or a block scalar, and so can only be text.
        quoted: bool,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// A mapping, in the order written; keys are unique.
    Mapping(Vec<Entry>),
}

/// One `key: value`.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key is.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// What the node is, in the words of a message.
    pub fn describe(&self) -> String {
        match &self.kind {
            NodeKind::Null => "nothing".to_owned(),
            NodeKind::Scalar { text, .. } => format!("`{}`", abbreviate(text)),
            NodeKind::Sequence(_) => "a list".to_owned(),
            NodeKind::Mapping(_) => "a mapping".to_owned(),
        }
    }

    /// The place of this node with the text behind an alias, if any.
    pub fn spanned<T>(&self, value: T) -> crate::diagnostic::Spanned<T> {
        crate::diagnostic::Spanned {
            value,
            span: self.span,
            defined: self.defined,
        }
    }
}

/// The text, cut to what fits into a message, and without secrets.
pub(crate) fn abbreviate(text: &str) -> String {
    const LONGEST: usize = 60;
    let text = masked(text);
    let mut short: String = text.chars().take(LONGEST).collect();
    if text.chars().count() > LONGEST {
        short.push('…');
    }
    short
}
