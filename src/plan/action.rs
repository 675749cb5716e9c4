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
    /// Changes to the base image's variables, in order.
    pub env: Vec<(String, EnvChange)>,
    /// Who runs it; root when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Owner>,
    /// Where it runs.
    pub cwd: String,
    /// What it sees besides the root filesystem.
    pub mounts: Vec<Mount>,
    /// Whether it may use the network.
    pub network: bool,
    /// An empty folder of its own. What is in it at the end is kept, and
    /// nothing else of what the command did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

/// A change of one variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvChange {
    /// This value.
    Set(String),
    /// These folders in front of what the base has.
    Prepend(Vec<String>),
}

/// Where programs are when a base image does not say.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

impl EnvChange {
    /// A plain value.
    pub(super) fn set(name: &str, value: impl Into<String>) -> (String, Self) {
        (name.to_owned(), Self::Set(value.into()))
    }

    /// Programs in `folder` are found first.
    pub(super) fn programs(folders: &[&str]) -> (String, Self) {
        let folders = folders.iter().map(|folder| (*folder).to_owned()).collect();
        ("PATH".to_owned(), Self::Prepend(folders))
    }

    /// The value, where the base has `old`.
    pub fn value(&self, old: Option<&str>) -> String {
        match self {
            Self::Set(value) => value.clone(),
            Self::Prepend(folders) => {
                let old = old.unwrap_or(DEFAULT_PATH);
                folders
                    .iter()
                    .map(String::as_str)
                    .chain([old])
                    .collect::<Vec<_>>()
                    .join(":")
            }
        }
    }
}

/// Something a command sees besides the root filesystem.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mount {
    /// A folder that outlives the build.
    Cache(CacheMount),
    /// Another tree.
    Bind {
        /// The tree.
        tree: Tree,
        /// Path in the tree.
        source: String,
        /// Path in the root filesystem.
        target: String,
        /// Whether the command may write to it; what it writes is thrown away.
        scratch: bool,
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
        #[serde(serialize_with = "octal")]
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

/// One file or folder of a link.
#[derive(Debug, Clone, Serialize)]
pub struct LinkedFile {
    /// Path in the tree.
    pub from: String,
    /// Absolute path in the image. With the same last part as `from`, a folder
    /// gets owner and permissions itself; otherwise only what is in it does.
    pub to: String,
    /// Who owns it in the image.
    pub owner: Owner,
    /// Permission bits of everything in it, instead of those in the tree.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "octal_or_none"
    )]
    pub mode: Option<u32>,
}

impl LinkedFile {
    /// A file or folder that belongs to root and keeps its permissions.
    pub(super) fn of_root(from: impl Into<String>, to: impl Into<String>) -> Self {
        let owner = Owner { uid: 0, gid: 0 };
        Self {
            from: from.into(),
            to: to.into(),
            owner,
            mode: None,
        }
    }
}

/// Something files can be taken from.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tree {
    /// An image.
    Image(ImageSource),
    /// What an earlier stage leaves, by its name.
    Stage(String),
    /// Paths of the build context.
    Context(ContextTree),
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

/// Paths of the build context.
#[derive(Debug, Clone, Serialize)]
pub struct ContextTree {
    /// The paths, relative to its root. All must be there, unless `lenient`.
    pub paths: Vec<String>,
    /// Patterns; of the paths only files that match one are taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Whether paths may be missing.
    pub lenient: bool,
    /// Who owns the copies; root when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// Folder of the tree that the paths stand in; empty is its root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub under: String,
}

impl ContextTree {
    /// All of these paths.
    pub(super) fn of(paths: &[String]) -> Self {
        Self {
            paths: paths.to_vec(),
            only: Vec::new(),
            lenient: false,
            owner: None,
            under: String::new(),
        }
    }
}

impl Action {
    /// The trees the action reads.
    pub fn trees(&self) -> impl Iterator<Item = &Tree> {
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

/// Permission bits as people write them.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn octal<S: serde::Serializer>(mode: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{mode:04o}"))
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn octal_or_none<S: serde::Serializer>(mode: &Option<u32>, to: S) -> Result<S::Ok, S::Error> {
    match mode {
        Some(mode) => octal(mode, to),
        None => to.serialize_none(),
    }
}
