//! A chain of file actions as text.

use std::fmt::Write;

use buildkit_proto::canonical;
use buildkit_proto::pb;
use pb::file_action::Action;

use super::{input, line, quote, write_text};
use crate::graph::GraphOp;

/// Content longer than this is shown by its digest.
const LONGEST_CONTENT: usize = 4096;

pub(super) fn write(text: &mut String, op: &GraphOp, file: &pb::FileOp) {
    for (at, action) in file.actions.iter().enumerate() {
        // In a chain each action changes what the one before left.
        let expected = if at == 0 {
            None
        } else {
            Some(op.inputs.len() + at - 1)
        };
        if usize::try_from(action.input).ok() != expected {
            line!(text, "on {}", tree(op, action.input));
        }
        write_action(text, op, action);
    }
}

fn write_action(text: &mut String, op: &GraphOp, action: &pb::FileAction) {
    match &action.action {
        Some(Action::Copy(copy)) => {
            let from = tree(op, action.secondary_input);
            let (src, dest) = (quote(&copy.src), quote(&copy.dest));
            line!(text, "copy {from}:{src} -> {dest}{}", copy_flags(copy));
        }
        Some(Action::Mkdir(mkdir)) => {
            let mut flags = String::new();
            flag(&mut flags, mkdir.make_parents, "parents");
            rest(&mut flags, mkdir.owner.as_ref(), mkdir.timestamp);
            line!(
                text,
                "mkdir {} {:04o}{flags}",
                quote(&mkdir.path),
                mkdir.mode
            );
        }
        Some(Action::Mkfile(mkfile)) => {
            let mut flags = String::new();
            rest(&mut flags, mkfile.owner.as_ref(), mkfile.timestamp);
            line!(
                text,
                "mkfile {} {:04o}{flags}",
                quote(&mkfile.path),
                mkfile.mode
            );
            match std::str::from_utf8(&mkfile.data) {
                Ok(content) if content.len() <= LONGEST_CONTENT => {
                    write_text(text, "  ", "content", content);
                }
                _ => {
                    let (size, digest) = (mkfile.data.len(), canonical::digest(&mkfile.data));
                    line!(text, "  content {size} bytes {digest}");
                }
            }
        }
        Some(Action::Rm(rm)) => {
            let mut flags = String::new();
            flag(&mut flags, rm.allow_not_found, "allow-not-found");
            flag(&mut flags, rm.allow_wildcard, "wildcard");
            line!(text, "rm {}{flags}", quote(&rm.path));
        }
        Some(Action::Symlink(symlink)) => {
            let mut flags = String::new();
            rest(&mut flags, symlink.owner.as_ref(), symlink.timestamp);
            line!(
                text,
                "symlink {} -> {}{flags}",
                quote(&symlink.newpath),
                quote(&symlink.oldpath)
            );
        }
        None => line!(text, "unknown action"),
    }
}

fn copy_flags(copy: &pb::FileActionCopy) -> String {
    let mut flags = String::new();
    if copy.mode >= 0 {
        write!(flags, " {:04o}", copy.mode).expect("a String takes any text");
    }
    flag(&mut flags, !copy.mode_str.is_empty(), &copy.mode_str);
    for (set, name) in [
        (copy.follow_symlink, "follow-symlinks"),
        (copy.dir_copy_contents, "contents"),
        (copy.attempt_unpack_docker_compatibility, "unpack"),
        (copy.create_dest_path, "create-path"),
        (copy.allow_wildcard, "wildcard"),
        (copy.allow_empty_wildcard, "empty-wildcard"),
        (copy.always_replace_existing_dest_paths, "replace"),
    ] {
        flag(&mut flags, set, name);
    }
    for (label, list) in [
        ("include", &copy.include_patterns),
        ("exclude", &copy.exclude_patterns),
        ("required", &copy.required_paths),
    ] {
        for pattern in list {
            write!(flags, " {label}={}", quote(pattern)).expect("a String takes any text");
        }
    }
    rest(&mut flags, copy.owner.as_ref(), copy.timestamp);
    flags
}

fn flag(flags: &mut String, set: bool, name: &str) {
    if set {
        flags.push(' ');
        flags.push_str(name);
    }
}

fn rest(flags: &mut String, owner: Option<&pb::ChownOpt>, timestamp: i64) {
    if let Some(owner) = owner {
        let (user, group) = (user(owner.user.as_ref()), user(owner.group.as_ref()));
        write!(flags, " owner={user}:{group}").expect("a String takes any text");
    }
    if timestamp != -1 {
        write!(flags, " time={timestamp}").expect("a String takes any text");
    }
}

fn user(user: Option<&pb::UserOpt>) -> String {
    match user.and_then(|user| user.user.as_ref()) {
        Some(pb::user_opt::User::ById(id)) => id.to_string(),
        Some(pb::user_opt::User::ByName(named)) => named.name.clone(),
        None => String::new(),
    }
}

/// An input, or the result of an earlier action, by its number in the action.
fn tree(op: &GraphOp, at: i64) -> String {
    match usize::try_from(at) {
        Ok(at) if at >= op.inputs.len() => format!("action {}", at - op.inputs.len()),
        _ => input(op, at),
    }
}
