//! The steps of `extend` as meant. Plain data.

use crate::diagnostic::{Span, Spanned};
use crate::image::Reference;
use crate::spec::{
    Account, AptPackage, CacheSharing, ContextName, ContextPath, DnfPackage, ExtendedStage,
    FileMode, ImagePath, Requirement, TreePath,
};

/// Steps that are added to a stage.
#[derive(Debug, Clone)]
pub struct Extension {
    /// The stage.
    pub stage: Spanned<ExtendedStage>,
    /// The steps, in order.
    pub steps: Vec<ExtraStep>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct ExtraStep {
    /// What it is called, if it has a name.
    pub name: Option<String>,
    /// What it does.
    pub work: ExtraWork,
    /// Where that is said.
    pub place: Span,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum ExtraWork {
    /// Packages are installed.
    Packages(ExtraPackages),
    /// Files are copied.
    Copy(ExtraCopy),
    /// A command runs.
    Run(ExtraRun),
}

/// Packages by who installs them.
#[derive(Debug, Clone, Default)]
pub struct ExtraPackages {
    /// Debian packages.
    pub apt: Vec<Spanned<AptPackage>>,
    /// Packages of AlmaLinux.
    pub dnf: Vec<Spanned<DnfPackage>>,
    /// Python requirements.
    pub pip: Vec<Spanned<Requirement>>,
    /// Requirement files of the build context.
    pub requirements: Vec<Spanned<ContextPath>>,
}

/// Files that are copied.
#[derive(Debug, Clone)]
pub struct ExtraCopy {
    /// Where they are.
    pub from: ExtraSource,
    /// Which; none is all that there is.
    pub paths: Vec<Spanned<TreePath>>,
    /// Where they go: one path becomes this, unless it is a folder that all are
    /// put into.
    pub to: ImagePath,
    /// Who owns them.
    pub owner: Account,
    /// Their permission bits, if not those they have.
    pub mode: Option<FileMode>,
}

/// Where files are copied from.
#[derive(Debug, Clone)]
pub enum ExtraSource {
    /// The build context.
    Context,
    /// What a stage leaves.
    Stage(ExtendedStage),
    /// An image, mirrors applied.
    Image(Spanned<Reference>),
    /// A named build context.
    NamedContext(Spanned<ContextName>),
}

/// A command.
#[derive(Debug, Clone)]
pub struct ExtraRun {
    /// What runs.
    pub command: ExtraCommand,
    /// Its variables.
    pub env: Vec<(String, String)>,
    /// Where it begins, if not where the image does.
    pub workdir: Option<String>,
    /// Who runs it, if not whoever the image runs as.
    pub user: Option<Account>,
    /// Whether it has a network.
    pub network: bool,
    /// Its caches, none of which hides another.
    pub caches: Vec<ExtraCache>,
    /// What it sees of the client's secrets.
    pub secrets: Vec<ExtraSecret>,
}

/// What runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtraCommand {
    /// A program with its arguments.
    Program(Vec<String>),
    /// A script for bash.
    Script(String),
}

/// A folder that outlives the build.
#[derive(Debug, Clone)]
pub struct ExtraCache {
    /// Its path.
    pub target: String,
    /// Its identity, if it is not the path.
    pub id: Option<String>,
    /// Who may use it at once.
    pub sharing: CacheSharing,
}

/// A secret of the client.
#[derive(Debug, Clone)]
pub struct ExtraSecret {
    /// Its name.
    pub id: String,
    /// The variable that holds it.
    pub env: Option<String>,
    /// The file that holds it.
    pub target: Option<String>,
    /// Whether the command runs although the client does not have it.
    pub optional: bool,
    /// Where it is asked for.
    pub place: Span,
}
