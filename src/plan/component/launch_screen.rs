//! The text that an interactive shell begins with. The account's `.bashrc` prints
//! it.

use super::repository;
use crate::check::Resolved;
use crate::plan::Step;
use crate::plan::action::{Action, ContextTree, Link, LinkedFile, Tree};

/// Links the text `name` of the repository's launch messages, if it has that.
pub(in crate::plan) fn link(resolved: &Resolved, name: &str) -> Step {
    let path = format!("{}/{name}", resolved.repository.launch_messages);
    let screen = LinkedFile {
        mode: Some(0o644),
        optional: true,
        ..LinkedFile::of_root(format!("/{path}"), "/usr/local/share/dynamo/launch_screen")
    };
    let tree = Tree::Context(ContextTree {
        lenient: true,
        ..repository::paths(resolved, &[path])
    });
    Step {
        title: "add the launch screen".to_owned(),
        component: None,
        places: vec![resolved.dynamo.place()],
        action: Action::Link(Link {
            tree,
            files: vec![screen],
        }),
    }
}
