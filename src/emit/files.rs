//! Files without a command: those that are made, and those that are linked from
//! a tree.
//!
//! No copy follows a symbolic link, so a link in a tree is a link in the image.

use std::collections::BTreeSet;

use buildkit_llb::{CopyFrom, FileOp, Mkdir, Mkfile, Output, Owner as LlbOwner, Timestamp};

use super::Emitter;
use crate::plan::{FileAction, Link, LinkedFile, Owner, Stage, Step};

impl Emitter<'_> {
    pub(super) fn files(
        &self,
        files: &[FileAction],
        stage: &Stage,
        step: &Step,
        name: String,
        time: Timestamp,
        on: &Output,
    ) -> Output {
        let op = self.files_on(on, stage, step, name);
        let op = files.iter().fold(op, |op, file| match file {
            FileAction::File {
                path,
                mode,
                content,
            } => op.mkfile(Mkfile::new(path, *mode, content.as_bytes()).timestamp(time)),
            FileAction::Folder { path, mode, owner } => {
                op.copy(self.folder(path, *mode, *owner, step, time))
            }
        });
        op.output()
    }

    /// The operation of a step that changes files.
    fn files_on(&self, on: &Output, stage: &Stage, step: &Step, name: String) -> FileOp {
        FileOp::on(on)
            .name(name)
            .ignore_cache(self.settings.no_cache.covers(&stage.name))
            .locations(self.locations(&step.places))
    }

    /// A folder with exactly these permissions. The daemon makes folders under
    /// its own umask and copies them without, so it is made and then copied.
    fn folder(
        &self,
        path: &str,
        mode: u32,
        owner: Option<Owner>,
        step: &Step,
        time: Timestamp,
    ) -> CopyFrom {
        let empty = FileOp::on(&Output::scratch())
            .mkdir(Mkdir::new(path, 0o755).parents().timestamp(time))
            .name(format!("[internal] make {path}"))
            .progress_group(Self::of_plan())
            .locations(self.locations(&step.places))
            .output();
        let (parent, _) = path.rsplit_once('/').unwrap_or_default();
        CopyFrom::new(&empty, path, format!("{parent}/"))
            .create_dest_path()
            .mode(mode)
            .owner(by_id(owner.unwrap_or(Owner { uid: 0, gid: 0 })))
    }

    /// Files of a tree on what is there. Folders on the way that are missing get the
    /// owner of the files.
    pub(super) fn copied(
        &self,
        link: &Link,
        stage: &Stage,
        step: &Step,
        name: String,
        time: Timestamp,
        on: &Output,
    ) -> Output {
        let tree = self.tree(&link.tree, &step.places, None);
        let op = self.files_on(on, stage, step, name);
        let op = link.files.iter().fold(op, |op, file| {
            let parent = file.to.rsplit_once('/').map_or("", |(parent, _)| parent);
            let op = if parent.is_empty() {
                op
            } else {
                let folder = Mkdir::new(parent, 0o755).parents();
                op.mkdir(folder.owner(by_id(file.owner)).timestamp(time))
            };
            op.copy(copy(file, &tree))
        });
        op.output()
    }

    pub(super) fn link(
        &self,
        link: &Link,
        stage: &Stage,
        step: &Step,
        name: String,
        time: Timestamp,
    ) -> Output {
        let group = Self::of_link(&link.tree, &name);
        let tree = self.tree(&link.tree, &step.places, group.as_ref());
        let op = self.files_on(&Output::scratch(), stage, step, name);
        let op = match group {
            Some(group) => op.progress_group(group),
            None => op,
        };
        let op = parents(link).into_iter().fold(op, |op, path| {
            op.mkdir(Mkdir::new(path, 0o755).parents().timestamp(time))
        });
        let files = link.files.iter();
        files
            .fold(op, |op, file| op.copy(copy(file, &tree)))
            .output()
    }
}

/// The folders above files that get another owner or other permissions. A copy
/// gives these to the folders too that it makes on its way, and `/usr` or `/opt`
/// of the image would get them from there.
fn parents(link: &Link) -> BTreeSet<&str> {
    let root = Owner { uid: 0, gid: 0 };
    let changed = |file: &&LinkedFile| file.owner != root || file.mode.is_some();
    let files = link.files.iter().filter(changed);
    files
        .filter_map(|file| file.to.rsplit_once('/'))
        .map(|(parent, _)| parent)
        .filter(|parent| !parent.is_empty())
        .collect()
}

fn copy(file: &LinkedFile, tree: &Output) -> CopyFrom {
    // The path is meant as it is written, so that a missing file is an error
    // and not an empty match, unless it may be missing.
    let from = if file.optional {
        looked_for(&file.from)
    } else {
        file.from.clone()
    };
    let (folder, name) = file.to.rsplit_once('/').unwrap_or(("", &file.to));
    let copy = if !name.is_empty() && file.from.ends_with(&format!("/{name}")) {
        CopyFrom::new(tree, from, format!("{folder}/"))
    } else {
        CopyFrom::new(tree, from, &file.to).directory_contents()
    };
    let copy = copy
        .create_dest_path()
        .owner(by_id(file.owner))
        .include_patterns(&file.only)
        .exclude_patterns(&file.exclude);
    let copy = match file.mode {
        Some(mode) => copy.mode(mode),
        None => copy,
    };
    if file.optional {
        copy.allow_wildcard().allow_empty_wildcard()
    } else {
        copy
    }
}

/// A wildcard that matches this path alone. The daemon forgives a wildcard that
/// matches nothing, and never a path that is not there.
pub(super) fn looked_for(path: &str) -> String {
    let mut wildcard = String::with_capacity(path.len() + 3);
    let mut bracketed = false;
    for character in path.chars() {
        let special = matches!(character, '*' | '?' | '[' | ']' | '\\' | '^' | '-');
        let escape = if special { "\\" } else { "" };
        if character == '/' || bracketed {
            wildcard.extend([escape, character.encode_utf8(&mut [0; 4])]);
        } else {
            wildcard.extend(["[", escape, character.encode_utf8(&mut [0; 4]), "]"]);
            bracketed = true;
        }
    }
    wildcard
}

/// An owner as a file operation has it.
pub(super) fn by_id(owner: Owner) -> LlbOwner {
    LlbOwner::ids(owner.uid, owner.gid)
}
