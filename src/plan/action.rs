//! The vocabulary of steps: running a command, writing files, linking trees.

use serde::Serialize;

mod mount;
mod tree;

pub use mount::{CacheMount, Mount, SecretVariable, Sharing};
pub use tree::{ContextTree, GitTree, Holds, NamedTree, Origin, Tree, Unverified, download_places};

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
    /// Files of a tree are copied onto the root filesystem: folders that are there
    /// stay as they are, and symbolic links to folders are followed.
    Copy(Link),
}

/// A command.
#[derive(Debug, Clone, Serialize)]
pub struct Run {
    /// The argument vector. Values of the spec appear only as whole arguments.
    pub args: Vec<String>,
    /// Changes to the base image's variables, in order.
    pub env: Vec<(String, EnvChange)>,
    /// Secrets of the client in variables of this command alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretVariable>,
    /// Who runs it; root when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Owner>,
    /// The name of the account that runs it, which is then in all of its groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
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
    /// GPUs that it is given where there are some, in the names of CDI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu: Option<String>,
    /// What it compares, where it is a check: for who reads the plan. What the
    /// command is told of it is among the mounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expects: Vec<String>,
}

impl Run {
    /// A command of root's in `/`, without network, that sees nothing but the
    /// root filesystem.
    pub fn new(args: Vec<String>) -> Self {
        Self {
            args,
            env: Vec::new(),
            secrets: Vec::new(),
            user: None,
            account: None,
            cwd: "/".to_owned(),
            mounts: Vec::new(),
            network: false,
            output: None,
            gpu: None,
            expects: Vec::new(),
        }
    }

    /// Who runs it, by name where that has a meaning, or else by number; none is root.
    pub fn runs_as(&self) -> Option<String> {
        let name = self.account.clone();
        name.or_else(|| self.user.map(|user| user.to_string()))
    }
}

/// A change of one variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvChange {
    /// This value.
    Set(String),
    /// These folders in front of what the base has.
    Prepend(Vec<String>),
    /// These texts around what the base has.
    Around(String, String),
}

/// Where programs are when a base image does not say.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

impl EnvChange {
    /// A plain value.
    pub(super) fn set(name: &str, value: impl Into<String>) -> (String, Self) {
        (name.to_owned(), Self::Set(value.into()))
    }

    /// A value of the spec. `${NAME}` in the variable of that name stands for
    /// what it is without the spec; any other text is meant as it is written.
    pub(super) fn written(name: &str, value: &str) -> (String, Self) {
        let change = match value.split_once(&format!("${{{name}}}")) {
            Some((before, after)) => Self::Around(before.to_owned(), after.to_owned()),
            None => Self::Set(value.to_owned()),
        };
        (name.to_owned(), change)
    }

    /// Libraries in these folders are found first; nothing without folders.
    pub(super) fn libraries(folders: Vec<String>) -> Option<(String, Self)> {
        let change = |folders| ("LD_LIBRARY_PATH".to_owned(), Self::Prepend(folders));
        (!folders.is_empty()).then(|| change(folders))
    }

    /// Programs in `folder` are found first.
    pub(super) fn programs(folders: &[&str]) -> (String, Self) {
        let folders = folders.iter().map(|folder| (*folder).to_owned()).collect();
        ("PATH".to_owned(), Self::Prepend(folders))
    }

    /// The value of the variable `name`, where the base has `old`.
    pub fn value(&self, name: &str, old: Option<&str>) -> String {
        let default = (name == "PATH").then_some(DEFAULT_PATH);
        let old = old.filter(|old| !old.is_empty()).or(default);
        match (self, old) {
            (Self::Set(value), _) => value.clone(),
            (Self::Prepend(folders), old) => folders
                .iter()
                .map(String::as_str)
                .chain(old)
                .collect::<Vec<_>>()
                .join(":"),
            (Self::Around(before, after), Some(old)) => format!("{before}{old}{after}"),
            // An empty entry of a list of folders would be the current one.
            (Self::Around(before, after), None)
                if before.ends_with(':') || after.starts_with(':') =>
            {
                let parts = [before.trim_end_matches(':'), after.trim_start_matches(':')];
                let parts: Vec<&str> = parts.into_iter().filter(|one| !one.is_empty()).collect();
                parts.join(":")
            }
            (Self::Around(before, after), None) => format!("{before}{after}"),
        }
    }
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
    /// A folder. Missing parents get its owner; one that is there is left alone.
    Folder {
        /// Absolute path.
        path: String,
        /// Permission bits, whatever the daemon's umask.
        #[serde(serialize_with = "octal")]
        mode: u32,
        /// Who owns it; root when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        owner: Option<Owner>,
    },
}

/// Files of a tree and their places in the image. Symbolic links stay links.
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
    /// Patterns relative to `from`; only files that match one are taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Patterns relative to `from`; files that match one are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Whether it may be missing. No part of the path may then be a symbolic
    /// link, because it is looked for and not opened.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Where the user named it, if that is a place of its own.
    #[serde(skip)]
    pub place: Option<Span>,
}

impl LinkedFile {
    /// A file or folder that belongs to root and keeps its permissions.
    pub fn of_root(from: impl Into<String>, to: impl Into<String>) -> Self {
        let owner = Owner { uid: 0, gid: 0 };
        Self {
            from: from.into(),
            to: to.into(),
            owner,
            mode: None,
            only: Vec::new(),
            exclude: Vec::new(),
            optional: false,
            place: None,
        }
    }
}

impl Run {
    /// Where the secrets are asked for.
    pub fn secret_places(&self) -> impl Iterator<Item = Span> {
        let files = self.mounts.iter().filter_map(|mount| match mount {
            Mount::Secret { place, .. } => Some(*place),
            Mount::Cache(_) | Mount::Bind { .. } => None,
        });
        files.chain(self.secrets.iter().map(|secret| secret.place))
    }
}

impl Action {
    /// The trees the action reads.
    pub fn trees(&self) -> impl Iterator<Item = &Tree> {
        let (mounts, link): (&[Mount], Option<&Tree>) = match self {
            Self::Run(run) => (&run.mounts, None),
            Self::Files(_) => (&[], None),
            Self::Link(link) | Self::Copy(link) => (&[], Some(&link.tree)),
        };
        let bound = mounts.iter().filter_map(|mount| match mount {
            Mount::Bind { tree, .. } => Some(tree),
            Mount::Cache(_) | Mount::Secret { .. } => None,
        });
        bound.chain(link)
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
