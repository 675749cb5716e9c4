//! The checks of the built image as meant. Plain data.

use std::time::Duration;

use super::extended::ExtraCommand;
use crate::diagnostic::{Span, Spanned};
use crate::spec::{Account, FileKind, TimeLimit};

/// What is checked of the image, and when.
#[derive(Debug, Clone)]
pub struct Tested {
    /// When.
    pub when: When,
    /// Whether what holds for every image of the target is checked too.
    pub builtin: bool,
    /// The checks of the spec that are for the target, in the order written.
    pub checks: Vec<ImageTest>,
}

impl Tested {
    /// Whether there is nothing to check.
    pub fn is_empty(&self) -> bool {
        !self.builtin && self.checks.is_empty()
    }
}

/// When an image is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Not in this build.
    Never,
    /// Before the image is given out; where that is said.
    Gate(Span),
    /// Instead of giving it out; where that is said.
    Alone(Span),
}

/// One check.
#[derive(Debug, Clone)]
pub struct ImageTest {
    /// Its name.
    pub name: Spanned<String>,
    /// What it expects, each at its place. What a command leaves is expected after
    /// the command.
    pub expected: Vec<Spanned<Expected>>,
    /// The most layers that the image may have.
    pub layers: Option<Spanned<u32>>,
    /// Whether it needs a GPU.
    pub gpu: bool,
    /// Who it runs as, if not whoever the image runs as.
    pub run_as: Option<Account>,
    /// Where its command begins, if not where the image does.
    pub workdir: Option<String>,
    /// Whether its command has a network.
    pub network: bool,
    /// How long what it runs may take.
    pub timeout: Timeout,
}

/// How long something may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeout {
    /// So long.
    pub limit: TimeLimit,
    /// Where that is said, if it is.
    pub place: Option<Span>,
}

impl Default for Timeout {
    fn default() -> Self {
        Self {
            limit: TimeLimit(Duration::from_mins(5)),
            place: None,
        }
    }
}

/// Something that is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// The command runs; nothing is expected of it yet.
    Command(ExtraCommand),
    /// The command ended with this.
    Status(u8),
    /// What the command wrote passes.
    Output(Stream, TextTest),
    /// A path.
    File(String, FileTest),
    /// A Python module can be imported.
    Import(String),
    /// The metadata of a Python package is there, of this version if it is known.
    Package(String, Option<String>),
    /// A shared library can be loaded.
    Library(String),
    /// A variable has this value.
    Variable(String, String),
    /// A process is somebody.
    User(UserTest),
    /// All files together have at most so many bytes, which is written like this.
    Size(u64, String),
}

/// Where a command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Error,
}

/// What is expected of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextTest {
    /// This is in it.
    Contains(String),
    /// A line matches this regular expression.
    Matches(String),
    /// No line matches this regular expression.
    DoesNotMatch(String),
}

/// What is expected of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileTest {
    /// It is there.
    Exists,
    /// It is not there.
    Absent,
    /// It is this.
    Kind(FileKind),
    /// It has these permission bits.
    Mode(u32),
    /// It belongs to this account.
    Owner(String),
    /// It belongs to this group.
    Group(String),
    /// Who runs the check may write there.
    Writable,
    /// What is in it passes.
    Content(TextTest),
}

/// Who a process is expected to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserTest {
    /// The account of this name.
    Name(String),
    /// This user id.
    Uid(u32),
    /// This group id.
    Gid(u32),
    /// In this group.
    Group(String),
}
