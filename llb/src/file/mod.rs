//! Changing files without running anything.
//!
//! [`FileOp`] is a chain of actions on one tree; the daemon applies them in order and
//! keeps what the last one leaves. How that becomes bytes is in `encode`.

mod action;
mod copy;
mod encode;
mod owner;

use crate::meta::{Meta, meta_setters};
use crate::node::{Kind, Node};
use crate::output::Output;

pub use action::{Mkdir, Mkfile, Remove, Symlink, Timestamp};
pub use copy::CopyFrom;
pub(crate) use encode::{FileNode, merge_by_copies};
pub use owner::{Owner, UserRef};

use action::Action;

/// A chain of file changes.
///
/// ```
/// use buildkit_llb::{CopyFrom, FileOp, Image, Local, Mkdir, Owner};
///
/// let base = Image::new("docker.io/library/debian:12").output();
/// let context = Local::new("context").output();
/// let tree = FileOp::on(&base)
///     .mkdir(Mkdir::new("/workspace", 0o775).parents().owner(Owner::ids(1000, 0)))
///     .copy(CopyFrom::new(&context, "/src", "/workspace/").directory_contents())
///     .output();
/// # assert!(!tree.is_scratch());
/// ```
#[derive(Clone, Debug)]
pub struct FileOp {
    base: Output,
    actions: Vec<Action>,
    meta: Meta,
}

impl FileOp {
    /// A chain that starts with a tree.
    pub fn on(base: &Output) -> Self {
        Self {
            base: base.clone(),
            actions: Vec::new(),
            meta: Meta::default(),
        }
    }

    meta_setters!();

    /// Copies from a tree.
    #[must_use]
    pub fn copy(self, copy: CopyFrom) -> Self {
        self.then(Action::Copy(Box::new(copy)))
    }

    /// Makes a directory.
    #[must_use]
    pub fn mkdir(self, mkdir: Mkdir) -> Self {
        self.then(Action::Mkdir(mkdir))
    }

    /// Writes a file.
    #[must_use]
    pub fn mkfile(self, mkfile: Mkfile) -> Self {
        self.then(Action::Mkfile(mkfile))
    }

    /// Removes a file or a directory.
    #[must_use]
    pub fn remove(self, remove: Remove) -> Self {
        self.then(Action::Remove(remove))
    }

    /// Makes a symbolic link.
    #[must_use]
    pub fn symlink(self, symlink: Symlink) -> Self {
        self.then(Action::Symlink(symlink))
    }

    fn then(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    /// The tree after the last action; the tree itself if there is none.
    pub fn output(self) -> Output {
        if self.actions.is_empty() {
            return self.base;
        }
        let platform = self.base.platform().cloned();
        let mut inputs = Vec::new();
        let mut input = |output: Output| {
            (!output.is_scratch()).then(|| {
                inputs.push(output);
                inputs.len() - 1
            })
        };
        let base = input(self.base);
        let mut actions = self.actions;
        let sources = actions.iter_mut().map(|action| match action {
            Action::Copy(copy) => input(std::mem::take(&mut copy.source)),
            _ => None,
        });
        let sources = sources.collect();
        let node = FileNode {
            base,
            actions,
            sources,
        };
        Output::of(Node {
            kind: Kind::File(node),
            inputs,
            meta: self.meta,
            platform,
        })
    }
}
