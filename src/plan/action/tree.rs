//! The trees that files are taken from.

use std::fmt;

use serde::Serialize;

use super::Owner;
use crate::diagnostic::Span;
use crate::plan::{ImageSource, title};

/// Hexadecimal digits of a commit's full hash, in both hash functions of git.
const COMMIT_LENGTHS: [usize; 2] = [40, 64];

/// Something files can be taken from.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tree {
    /// An image.
    Image(ImageSource),
    /// What an earlier stage leaves, by its name.
    Stage(String),
    /// Paths of the build context, or of a git checkout.
    Context(ContextTree),
    /// A git checkout, with its submodules.
    Git(GitTree),
    /// The content of an archive at a URL.
    Archive {
        /// The URL.
        #[serde(serialize_with = "public")]
        url: String,
        /// `sha256:…`, where it is known.
        checksum: Option<String>,
        /// The key of the spec that is about it; empty where there is none.
        #[serde(skip)]
        key: String,
        /// Where it is asked for.
        #[serde(skip)]
        place: Span,
        /// Whether the catalog has it so, wherever it is written.
        #[serde(skip)]
        of_catalog: bool,
    },
    /// The file at a URL, as it is; everybody may read it.
    Download {
        /// The URL.
        #[serde(serialize_with = "public")]
        url: String,
        /// `sha256:…`, where it is known.
        checksum: Option<String>,
        /// The key of the spec that is about it; empty where there is none.
        #[serde(skip)]
        key: String,
        /// Its name at the root of the tree.
        name: String,
        /// Where it is asked for.
        #[serde(skip)]
        place: Span,
        /// Whether the catalog has it so, wherever it is written.
        #[serde(skip)]
        of_catalog: bool,
    },
    /// A named build context of the client.
    NamedContext(NamedTree),
    /// One file that the plan itself holds.
    Literal {
        /// Path in the tree.
        path: String,
        /// Content.
        content: String,
    },
}

/// A git checkout, with its submodules.
#[derive(Debug, Clone, Serialize)]
pub struct GitTree {
    /// The repository.
    #[serde(serialize_with = "public")]
    pub url: String,
    /// The branch, tag or commit; the default branch when empty.
    pub reference: String,
    /// The full hash of the commit that the reference must be at, where it is
    /// known.
    pub commit: Option<String>,
    /// Whether the folder `.git` stays, for projects that derive their version
    /// from it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keep_git: bool,
    /// The key of the spec that is about it; empty where there is none.
    #[serde(skip)]
    pub key: String,
    /// Where it is asked for.
    #[serde(skip)]
    pub place: Span,
    /// Whether the catalog has it so, wherever it is written.
    #[serde(skip)]
    pub of_catalog: bool,
}

/// Paths of the build context, or of a git checkout.
#[derive(Debug, Clone, Serialize)]
pub struct ContextTree {
    /// What they are paths of.
    #[serde(skip_serializing_if = "Origin::is_context")]
    pub origin: Origin,
    /// The paths, relative to its root. All must be there, unless `lenient`; one
    /// with a `*` is a pattern for files at the root, and may match none.
    pub paths: Vec<String>,
    /// Patterns; of the folders among the paths only files that match one are
    /// taken. A path that ends as a pattern does is such a file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Patterns; files that match one are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Whether paths may be missing.
    pub lenient: bool,
    /// Who owns the copies; root when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// Whether they are the user's own files and no sources of Dynamo.
    #[serde(skip)]
    pub own: bool,
    /// Folder of the tree that the paths stand in; empty is its root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub under: String,
}

/// What the sources of a project come from.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The build context.
    Context,
    /// A git checkout.
    Git(GitTree),
    /// A named build context of the client.
    NamedContext(NamedTree),
}

/// A named build context of the client.
#[derive(Debug, Clone, Serialize)]
pub struct NamedTree {
    /// The name, as the client gives it.
    pub name: String,
    /// What a web server is expected to have for it.
    #[serde(skip_serializing_if = "Holds::is_files")]
    pub holds: Holds,
    /// Where it is asked for.
    #[serde(skip)]
    pub place: Span,
}

/// What a named build context has where a client gives the URL of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// Files as they are.
    Files,
    /// An archive, which is unpacked.
    Archive,
    /// The one file of this name.
    File(String),
}

/// Something that is fetched and compared with nothing: it may be another one
/// tomorrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    /// A URL, or the URL of a repository, `#` and what is checked out.
    pub what: String,
    /// Where its address was chosen, without repetition; none where it is the
    /// catalog's choice.
    pub places: Vec<Span>,
}

impl Tree {
    /// The image, if it is one.
    pub fn image(&self) -> Option<&ImageSource> {
        match self {
            Self::Image(image) => Some(image),
            _ => None,
        }
    }

    /// The git checkout, if it is one or a part of one.
    pub fn git(&self) -> Option<&GitTree> {
        match self {
            Self::Git(git)
            | Self::Context(ContextTree {
                origin: Origin::Git(git),
                ..
            }) => Some(git),
            _ => None,
        }
    }

    /// What is fetched for it and compared with nothing.
    pub(in crate::plan) fn unverified(&self) -> Option<Unverified> {
        let chosen = |place: Span, of_catalog: bool| (!of_catalog).then_some(place);
        if let Some(git) = self.git() {
            return (!git.is_pinned()).then(|| Unverified {
                what: git.to_string(),
                places: chosen(git.place, git.of_catalog).into_iter().collect(),
            });
        }
        match self {
            Self::Archive {
                url,
                checksum: None,
                place,
                of_catalog,
                ..
            }
            | Self::Download {
                url,
                checksum: None,
                place,
                of_catalog,
                ..
            } => Some(Unverified {
                what: title::public_url(url),
                places: chosen(*place, *of_catalog).into_iter().collect(),
            }),
            _ => None,
        }
    }
}

/// The places of something downloaded. The version of the step is what the user
/// can correct; the URL may come from a mirror, and so from another line.
pub fn download_places(step: &[Span], url: Span) -> Vec<Span> {
    [step, &[url]].concat()
}

impl GitTree {
    /// Whether it is the same files tomorrow.
    pub(in crate::plan) fn is_pinned(&self) -> bool {
        let is_hash = |text: &str| {
            COMMIT_LENGTHS.contains(&text.len()) && text.bytes().all(|c| c.is_ascii_hexdigit())
        };
        self.commit.is_some() || is_hash(&self.reference)
    }
}

/// The checkout for people: no password is in it.
impl fmt::Display for GitTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&title::public_url(&self.url))?;
        match self.reference.as_str() {
            "" => Ok(()),
            reference => write!(f, "#{reference}"),
        }
    }
}

impl NamedTree {
    /// A named context as it is.
    pub fn new(name: impl Into<String>, place: Span) -> Self {
        Self {
            name: name.into(),
            holds: Holds::Files,
            place,
        }
    }
}

impl Holds {
    /// Whether it is files as they are.
    fn is_files(&self) -> bool {
        *self == Self::Files
    }
}

impl Origin {
    /// Whether it is the build context.
    fn is_context(&self) -> bool {
        matches!(self, Self::Context)
    }
}

impl ContextTree {
    /// All of these paths of the build context.
    pub fn of(paths: &[String]) -> Self {
        Self {
            origin: Origin::Context,
            paths: paths.to_vec(),
            only: Vec::new(),
            exclude: Vec::new(),
            lenient: false,
            owner: None,
            own: false,
            under: String::new(),
        }
    }
}

fn public<S: serde::Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&title::public_url(url))
}
