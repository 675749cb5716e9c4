//! The bytes of a chain of file actions.

use buildkit_proto::pb;
use pb::file_action::Action as Wire;

use crate::caps;
use crate::file::action::{Action, Timestamp};
use crate::file::copy::{CopyFrom, Mode};
use crate::file::owner::Owner;
use crate::marshal::{Context, Encoded, Inputs, Reason};
use crate::path::{clean, clean_destination};

/// A chain of file actions, ready to be encoded.
pub(crate) struct FileNode {
    /// The input the chain starts with.
    pub(super) base: Option<usize>,
    pub(super) actions: Vec<Action>,
    /// For each action the input it copies from.
    pub(super) sources: Vec<Option<usize>>,
}

impl FileNode {
    /// The Go client walks a chain from its end.
    pub(crate) fn walk_order(&self) -> Vec<usize> {
        self.base
            .into_iter()
            .chain(self.sources.iter().rev().copied().flatten())
            .collect()
    }

    pub(crate) fn encode(&self, context: &mut Context<'_>) -> Result<Encoded, Reason> {
        context.require(caps::FILE_BASE)?;
        let mut inputs = Inputs::default();
        let base = self.base.map_or(-1, |at| inputs.add(context.input(at)));
        let mut steps = Vec::with_capacity(self.actions.len());
        for (action, source) in self.actions.iter().zip(&self.sources) {
            let secondary = source.map_or(-1, |at| inputs.add(context.input(at)));
            steps.push((secondary, encode(action, base, context)?));
        }
        Ok(Encoded {
            op: pb::op::Op::File(chain(base, inputs.len(), steps)),
            inputs: inputs.into_vec(),
            platform: None,
            resources: None,
        })
    }
}

/// Links steps, each with its second input, to a chain; an action is numbered after
/// the inputs.
fn chain(base: i64, inputs: usize, steps: Vec<(i64, Wire)>) -> pb::FileOp {
    let last = steps.len() - 1;
    let number = |number: usize| i64::try_from(number).expect("actions are few");
    let link = |(i, (secondary_input, action)): (usize, (i64, Wire))| pb::FileAction {
        input: if i == 0 { base } else { number(inputs + i - 1) },
        secondary_input,
        output: if i == last { 0 } else { -1 },
        action: Some(action),
    };
    pb::FileOp {
        actions: steps.into_iter().enumerate().map(link).collect(),
    }
}

/// What a merge comes to where the daemon cannot merge: later trees are copied over
/// the first. Deletions in later trees are lost.
pub(crate) fn merge_by_copies(context: &mut Context<'_>, trees: usize) -> Result<Encoded, Reason> {
    context.require(caps::FILE_BASE)?;
    let replace = context.supports(caps::FILE_COPY_ALWAYS_REPLACE);
    let mut inputs = Inputs::default();
    let base = inputs.add(context.input(0));
    let copy = pb::FileActionCopy {
        src: "/".to_owned(),
        dest: "/".to_owned(),
        mode: -1,
        dir_copy_contents: true,
        create_dest_path: true,
        timestamp: Timestamp::Natural.to_pb(),
        always_replace_existing_dest_paths: replace,
        ..pb::FileActionCopy::default()
    };
    let sources: Vec<i64> = (1..trees).map(|at| inputs.add(context.input(at))).collect();
    let steps = sources
        .into_iter()
        .map(|at| (at, Wire::Copy(copy.clone())))
        .collect();
    Ok(Encoded {
        op: pb::op::Op::File(chain(base, inputs.len(), steps)),
        inputs: inputs.into_vec(),
        platform: None,
        resources: None,
    })
}

fn encode(action: &Action, base: i64, context: &mut Context<'_>) -> Result<Wire, Reason> {
    let chown = |owner: &Option<Owner>| owner.as_ref().map(|owner| owner.to_pb(base));
    Ok(match action {
        Action::Copy(copy) => {
            check_copy(copy, context)?;
            Wire::Copy(encode_copy(copy, chown(&copy.owner))?)
        }
        Action::Mkdir(mkdir) => Wire::Mkdir(pb::FileActionMkDir {
            path: clean(&mkdir.path),
            mode: permissions(mkdir.mode, 0o777)?,
            make_parents: mkdir.parents,
            owner: chown(&mkdir.owner),
            timestamp: mkdir.timestamp.to_pb(),
        }),
        Action::Mkfile(mkfile) => Wire::Mkfile(pb::FileActionMkFile {
            path: clean(&mkfile.path),
            mode: permissions(mkfile.mode, 0o777)?,
            data: mkfile.data.clone(),
            owner: chown(&mkfile.owner),
            timestamp: mkfile.timestamp.to_pb(),
        }),
        Action::Remove(remove) => {
            if remove.allow_wildcard {
                context.check(caps::FILE_RM_WILDCARD)?;
            }
            Wire::Rm(pb::FileActionRm {
                path: clean(&remove.path),
                allow_not_found: remove.allow_not_found,
                allow_wildcard: remove.allow_wildcard,
            })
        }
        Action::Symlink(symlink) => {
            context.check(caps::FILE_SYMLINK_CREATE)?;
            Wire::Symlink(pb::FileActionSymlink {
                oldpath: symlink.target.clone(),
                newpath: clean(&symlink.link),
                owner: chown(&symlink.owner),
                timestamp: symlink.timestamp.to_pb(),
            })
        }
    })
}

/// The Go client declares none of these, and an older daemon would silently copy
/// something else.
fn check_copy(copy: &CopyFrom, context: &Context<'_>) -> Result<(), Reason> {
    if !copy.include_patterns.is_empty() || !copy.exclude_patterns.is_empty() {
        context.check(caps::FILE_COPY_INCLUDE_EXCLUDE)?;
    }
    if copy.always_replace {
        context.check(caps::FILE_COPY_ALWAYS_REPLACE)?;
    }
    if !copy.required_paths.is_empty() {
        context.check(caps::FILE_COPY_REQUIRED_PATHS)?;
    }
    if let Mode::Symbolic(_) = copy.mode {
        // It has no capability that is ever offered; this one came with it.
        context.check(caps::EXEC_VALID_EXIT_CODE)?;
    }
    Ok(())
}

fn encode_copy(copy: &CopyFrom, owner: Option<pb::ChownOpt>) -> Result<pb::FileActionCopy, Reason> {
    let (mode, mode_str) = match &copy.mode {
        Mode::Keep => (-1, String::new()),
        Mode::Bits(bits) => (permissions(*bits, 0o7777)?, String::new()),
        Mode::Symbolic(text) => (-1, text.clone()),
    };
    Ok(pb::FileActionCopy {
        src: clean(&copy.src),
        dest: clean_destination(&copy.dest),
        owner,
        mode,
        follow_symlink: copy.follow_symlinks,
        dir_copy_contents: copy.directory_contents,
        attempt_unpack_docker_compatibility: copy.unpack,
        create_dest_path: copy.create_dest_path,
        allow_wildcard: copy.allow_wildcard,
        allow_empty_wildcard: copy.allow_empty_wildcard,
        timestamp: copy.timestamp.to_pb(),
        include_patterns: copy.include_patterns.clone(),
        exclude_patterns: copy.exclude_patterns.clone(),
        always_replace_existing_dest_paths: copy.always_replace,
        mode_str,
        required_paths: copy.required_paths.clone(),
    })
}

/// Refuses bits that the daemon would silently cut off.
fn permissions(mode: u32, all: u32) -> Result<i32, Reason> {
    match i32::try_from(mode & all) {
        Ok(bits) if mode & !all == 0 => Ok(bits),
        _ => Err(Reason::InvalidMode { mode, all }),
    }
}
