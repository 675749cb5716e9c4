//! Where Dynamo itself comes from.

use super::collection::only_entry;
use super::decode::{Decode, Mapping, Scalar, mapping, unknown_key, wrong_type};
use super::flow;
use super::node::{Node, NodeKind};
use super::scalar::{Commit, GitUrl, Revision, Version};
use super::shape::{Field, Shape, Word};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};

mapping! {
    /// Dynamo itself.
    pub struct Dynamo {
        /// Where Dynamo's wheels come from: `context` (built from the build context), `{index: VERSION}` (release wheels of a Python index) or `{git: {url, ref}}`.
        source: DynamoSource,
        /// The commit the build stands for; recorded in the image as `DYNAMO_COMMIT_SHA`.
        commit: Revision,
        /// The version the build stands for; recorded in the labels of the image.
        version: Version,
    }
}

mapping! {
    /// A git repository at a ref.
    pub struct GitSource {
        /// The repository.
        #[needed = "https://github.com/ai-dynamo/dynamo"]
        url: GitUrl,
        /// The branch, tag or commit that is built.
        #[needed = "v1.0.0"]
        r#ref: Revision,
        /// The full commit that `ref` must be at; a build where it is at another fails.
        commit: Commit,
    }
}

/// Where Dynamo is developed.
const REPOSITORY: &str = "https://github.com/ai-dynamo/dynamo";

/// A repository as the source of Dynamo.
fn git(url: &str) -> String {
    let url = flow::quoted(url);
    format!("`{{git: {{url: {url}, ref: v1.0.0}}}}`")
}

impl GitSource {
    /// Reports what a repository cannot be fetched without.
    pub(super) fn report_missing(&self, place: Span, diagnostics: &mut Diagnostics) {
        let needed = |field: Field| Some((field.name, field.needed?));
        for (key, example) in self.missing().into_iter().filter_map(needed) {
            let message = format!("`git` needs the key `{key}`");
            let missing = Diagnostic::error(Code::MissingValue, place, message);
            diagnostics.push(missing.help(format!("add `{key}`, such as `{key}: {example}`")));
        }
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
    const WORDS: &'static [Word] = &[Word {
        word: "context",
        doc: " Built from the build context.",
        aliases: &[],
    }];
    const WAYS: &'static str = "`context`, `index`, `git`";
    const FIELDS: &'static [Field] = &[
        Field::new(
            "index",
            " The version to install from the Python index.",
            Version::shape,
        ),
        Field::new("git", " The repository to build from.", GitSource::shape),
    ];

    const ALL: &'static str = "write `context`, or `{index: \"1.0.0\"}`";

    /// What to write in the place of a text that is no way.
    fn meant(text: &str) -> String {
        let word = text.to_ascii_lowercase();
        let version = word.rsplit("==").next().unwrap_or(&word);
        let version = version.strip_prefix('v').unwrap_or(version);
        let is_version = version.starts_with(|c: char| c.is_ascii_digit());
        // As pip has it.
        let url = text.strip_prefix("git+").unwrap_or(text);
        match word.as_str() {
            "context" | "local" | "source" | "checkout" | "." | "./" => {
                "write `context`".to_owned()
            }
            "git" | "github" => format!("write {}, with the ref that you want", git(REPOSITORY)),
            "index" | "pypi" | "pip" | "release" | "wheel" | "wheels" => {
                "write `{index: \"1.0.0\"}`, with the version that you want".to_owned()
            }
            _ if is_version && Version::parse(version).is_ok() => {
                format!("write `{{index: \"{version}\"}}`")
            }
            _ if GitUrl::parse(url).is_ok() => {
                format!("write {}, with the ref that you want", git(url))
            }
            _ => Self::ALL.to_owned(),
        }
    }

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
                let wrong = wrong_type(node, &format!("one of {}", Self::WAYS));
                diagnostics.push(wrong.help(match &node.kind {
                    NodeKind::Scalar { text, .. } => Self::meant(text),
                    _ => Self::ALL.to_owned(),
                }));
                return None;
            }
        }
        let entry = only_entry(node, Self::WAYS, Self::FIELDS, diagnostics)?;
        match entry.key.as_str() {
            "index" => Version::decode(&entry.value, diagnostics)
                .map(|version| Self::Index(entry.value.spanned(version))),
            "git" => {
                let git = GitSource::decode(&entry.value, diagnostics)?;
                git.report_missing(entry.key_span, diagnostics);
                Some(Self::Git(git))
            }
            _ => {
                diagnostics.push(unknown_key(entry, Self::FIELDS));
                None
            }
        }
    }

    fn shape() -> Shape {
        Shape::WordOrOneOf(Self::WORDS, Self::FIELDS)
    }
}
