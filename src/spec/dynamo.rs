//! Where Dynamo itself comes from.

use super::collection::only_entry;
use super::decode::{Decode, mapping, wrong_type};
use super::node::{Node, NodeKind, abbreviate};
use super::scalar::{Revision, Text, Version};
use super::shape::{Field, Shape};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Spanned, nearest};

mapping! {
    /// Dynamo itself.
    pub struct Dynamo {
        /// Where Dynamo's wheels come from: `context` (built from the build context), `{index: VERSION}` (release wheels of a Python index) or `{git: {url, ref}}`.
        source: DynamoSource,
        /// The commit the build stands for; recorded in the image as `DYNAMO_COMMIT_SHA`.
        commit: Revision,
    }
}

mapping! {
    /// A git repository at a ref.
    pub struct GitSource {
        /// URL of the repository.
        url: Text,
        /// Branch, tag or commit.
        r#ref: Revision,
    }
}

/// Where Dynamo's wheels come from.
#[derive(Debug, Clone)]
pub enum DynamoSource {
    /// Built from the build context.
    Context,
    /// Release wheels of a Python index, at this version.
    Index(Spanned<Version>),
    /// Built from a git repository.
    Git(GitSource),
}

impl DynamoSource {
    const WORDS: &'static [&'static str] = &["context"];
    const WAYS: &'static str = "`context`, `index`, `git`";
    const FIELDS: &'static [Field] = &[
        Field {
            name: "index",
            doc: " The version to install from the Python index.",
            shape: Version::shape,
        },
        Field {
            name: "git",
            doc: " The repository to build from.",
            shape: GitSource::shape,
        },
    ];

    /// The word that names this way in the catalog and in messages.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::Index(_) => "index",
            Self::Git(_) => "git",
        }
    }
}

impl Decode for DynamoSource {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar { text, .. } if text == "context" => return Some(Self::Context),
            NodeKind::Mapping(_) => {}
            _ => {
                diagnostics.push(wrong_type(node, &format!("one of {}", Self::WAYS)));
                return None;
            }
        }
        let entry = only_entry(node, Self::WAYS, diagnostics)?;
        match entry.key.as_str() {
            "index" => Version::decode(&entry.value, diagnostics)
                .map(|version| Self::Index(entry.value.spanned(version))),
            "git" => GitSource::decode(&entry.value, diagnostics).map(Self::Git),
            other => {
                let message = format!("unknown key `{}`", abbreviate(other));
                let unknown = Diagnostic::error(Code::UnknownKey, entry.key_span, message);
                diagnostics.push(match nearest(other, ["index", "git"]) {
                    Some(near) => unknown.help(format!("did you mean `{near}`?")),
                    None => unknown.help(format!("the ways are {}", Self::WAYS)),
                });
                None
            }
        }
    }

    fn shape() -> Shape {
        Shape::WordOrOneOf(Self::WORDS, Self::FIELDS)
    }
}
