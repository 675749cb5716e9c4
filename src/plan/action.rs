//! The vocabulary of steps: running a command, writing files, linking trees.

use serde::Serialize;

use super::ImageSource;
use crate::diagnostic::Span;

/// How a step is done.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A command runs on the root filesystem.
    Run(Run),
    /// Files are made on the root filesystem.
    Files(Vec<FileAction>),
    /// A tree is laid over the root filesystem, independent of what is below.
    Link(Link),
}

/// A command.
#[derive(Debug, Clone, Serialize)]
pub struct Run {
    /// The argument vector. Values of the spec appear only as whole arguments.
    pub args: Vec<String>,
    /// Variables on top of the base image's, in order.
    pub env: Vec<(String, String)>,
    /// Who runs it; root when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Owner>,
    /// Where it runs.
    pub cwd: String,
    /// What it sees besides the root filesystem.
    pub mounts: Vec<Mount>,
    /// Whether it may use the network.
    pub network: bool,
}

/// Something a command sees besides the root filesystem.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mount {
    /// A folder that outlives the build.
    Cache(CacheMount),
    /// Another tree, read-only.
    Bind {
        /// The tree.
        tree: Tree,
        /// Path in the tree.
        source: String,
        /// Path in the root filesystem.
        target: String,
    },
}

/// A folder that outlives the build. Made only by the module `cache`.
#[derive(Debug, Clone, Serialize)]
pub struct CacheMount {
    /// Identity: mounts with the same id share their content.
    pub id: String,
    /// Path in the root filesystem.
    pub target: String,
    /// Who may use it at once.
    pub sharing: Sharing,
    /// Owner of the folder; root when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
}

/// Who may use a cache mount at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Everybody.
    Shared,
    /// One at a time.
    Locked,
}

/// An owner by number, so that no account needs to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// User id.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
}

/// A file that is made.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileAction {
    /// A file.
    File {
        /// Absolute path.
        path: String,
        /// Permission bits.
        mode: u32,
        /// Content.
        content: String,
    },
}

/// Files of a tree and their places in the image.
#[derive(Debug, Clone, Serialize)]
pub struct Link {
    /// The tree.
    pub tree: Tree,
    /// What goes where.
    pub files: Vec<LinkedFile>,
}

/// One file of a link.
#[derive(Debug, Clone, Serialize)]
pub struct LinkedFile {
    /// Path in the tree.
    pub from: String,
    /// Absolute path in the image.
    pub to: String,
}

/// Something files can be taken from.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tree {
    /// An image.
    Image(ImageSource),
    /// Paths of the build context.
    Context {
        /// The paths, relative to its root.
        paths: Vec<String>,
    },
    /// The content of an archive at a URL.
    Archive {
        /// The URL.
        url: String,
        /// `sha256:…`, where it is known.
        checksum: Option<String>,
        /// Where it is asked for.
        #[serde(skip)]
        place: Span,
    },
    /// One file that the plan itself holds.
    Literal {
        /// Path in the tree.
        path: String,
        /// Content.
        content: String,
    },
}

impl Action {
    /// The trees the action reads.
    pub(super) fn trees(&self) -> impl Iterator<Item = &Tree> {
        let (mounts, link): (&[Mount], Option<&Tree>) = match self {
            Self::Run(run) => (&run.mounts, None),
            Self::Files(_) => (&[], None),
            Self::Link(link) => (&[], Some(&link.tree)),
        };
        let bound = mounts.iter().filter_map(|mount| match mount {
            Mount::Bind { tree, .. } => Some(tree),
            Mount::Cache(_) => None,
        });
        bound.chain(link)
    }
}

impl Tree {
    /// The image, if it is one.
    pub fn image(&self) -> Option<&ImageSource> {
        match self {
            Self::Image(image) => Some(image),
            _ => None,
        }
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.uid, self.gid)
    }
}
