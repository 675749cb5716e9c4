//! Checks of the built image: the section `tests`.
//!
//! Owns their form. What goes together, and what an image can be asked, is told
//! by `check`.

use super::choice::choice;
use super::collection::Table;
use super::decode::{Decode, Scalar, mapping};
use super::extend::{Account, Command, ExtendNetwork};
use super::node::{Node, NodeKind};
use super::scalar::{
    AccountName, ByteSize, CheckName, Count, EnvName, ExitStatus, FileMode, Flag, Id, ImagePath,
    Library, PythonModule, Text, TimeLimit, UserName,
};
use super::sections::List;
use super::shape::Shape;
use super::vocabulary::Target;
use crate::diagnostic::{Diagnostics, Spanned};

/// The word for `--target` that checks the image of the spec's own target.
pub const CHECK_IMAGE: &str = "check-image";

mapping! {
    /// What must hold for the image.
    pub struct ImageTests {
        /// Whether every build of an image ends where a check fails; `false` unless given. `--target check-image` runs the checks alone.
        gate: Flag,
        /// Whether what holds for every image of the target is checked too; `true` unless given.
        builtin: Flag,
        /// Checks, by their names. One with the name of a built-in check takes its place.
        checks: Table<CheckName, ImageCheck>,
    }
}

mapping! {
    /// What one check expects: at least one of `command`, `files`, `imports`, `libraries`, `env`, `user`, `size` and `layers`.
    pub struct ImageCheck {
        /// Runs a program, as a list of arguments, or a script for bash, as a text. It must end with `status`.
        command: Command,
        /// What `command` ends with; 0 unless given.
        status: ExitStatus,
        /// What `command` writes to standard output.
        stdout: ExpectedText,
        /// What `command` writes to standard error.
        stderr: ExpectedText,
        /// Files and folders, by their paths. `{}` after a path: it is there.
        files: Table<ImagePath, ExpectedFile>,
        /// Python modules that can be imported.
        imports: List<PythonModule>,
        /// Shared libraries that can be loaded, by name or path.
        libraries: List<Library>,
        /// Variables with exactly these values.
        env: Table<EnvName, Text>,
        /// Who a process is.
        user: ExpectedUser,
        /// What all files together may have at most, such as `12GB`.
        size: ByteSize,
        /// How many layers the image may have at most, those of its base included.
        layers: Count,
        /// The targets whose images it is for, each by its own name; every target unless given. `--target check-image` goes by the spec's `target`.
        targets: List<Target>,
        /// Whether a GPU is needed; without one the check is skipped, and says so.
        gpu: Flag,
        /// Who the check runs as; whoever the image runs as unless given.
        run_as: Account,
        /// Where `command` begins; where the image does unless given.
        workdir: ImagePath,
        /// How long `command` may take, and each of `imports` and `libraries`, before it is killed and the check fails; `5m` unless given.
        timeout: TimeLimit,
        /// Whether `command` has a network; `none` unless given.
        network: ExtendNetwork,
    }
}

mapping! {
    /// What is expected of a text. Regular expressions are those of `grep -E`, and are compared with each line.
    pub struct ExpectedText {
        /// Texts that are in it, each as it is written.
        contains: OneOrMore<Text>,
        /// Regular expressions that a line matches.
        matches: OneOrMore<Text>,
        /// Regular expressions that no line matches.
        does_not_match: OneOrMore<Text>,
    }
}

choice! {
    /// What a path is.
    pub enum FileKind {
        /// A regular file.
        File = "file",
        /// A folder.
        Dir = "dir",
        /// A symbolic link.
        Link = "link",
    }
    "directory" => "write `dir`",
    "folder" => "write `dir`",
    "regular" => "write `file`",
    "symlink" => "write `link`"
}

mapping! {
    /// What is expected of a path. Links are followed, but for `kind: link`.
    pub struct ExpectedFile {
        /// Whether it is there; `true` unless given.
        exists: Flag,
        /// What it is.
        kind: FileKind,
        /// Its permission bits.
        mode: FileMode,
        /// Who owns it, by name or number.
        owner: AccountName,
        /// Its group, by name or number.
        group: AccountName,
        /// Texts that are in it, each as it is written.
        contains: OneOrMore<Text>,
        /// Regular expressions that a line of it matches.
        matches: OneOrMore<Text>,
        /// Regular expressions that no line of it matches.
        does_not_match: OneOrMore<Text>,
    }
}

mapping! {
    /// Who a process of the image is.
    pub struct ExpectedUser {
        /// The name of the account.
        name: UserName,
        /// Its user id.
        uid: Id,
        /// Its group id.
        gid: Id,
        /// Groups that it is in, by name or number, its own included.
        groups: OneOrMore<AccountName>,
    }
}

/// One value, or a list of them.
#[derive(Debug, Clone)]
pub struct OneOrMore<T>(pub List<T>);

impl<T: Scalar> Decode for OneOrMore<T> {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        match &node.kind {
            NodeKind::Scalar { .. } => {
                T::decode(node, diagnostics).map(|one| Self(vec![Spanned::new(one, node.span)]))
            }
            _ => List::<T>::decode(node, diagnostics).map(Self),
        }
    }

    fn shape() -> Shape {
        Shape::ScalarOrList(T::GRAMMAR, T::shape)
    }
}
