//! The person who works in a `local-dev` image: the account gets their ids.

use super::python::VENV;
use super::rust;
use crate::check::{Developer, Resolved};
use crate::plan::action::{Action, FileAction, Run};
use crate::plan::{Step, script};

/// Makes login shells find the environment and the toolchain.
pub(in crate::plan) fn profile(resolved: &Resolved) -> Step {
    let file = FileAction::File {
        path: "/etc/profile.d/50-framework-paths.sh".to_owned(),
        mode: 0o755,
        content: format!(
            "# Login shells begin with a PATH of their own.\nexport PATH={VENV}/bin:{}:$PATH\n",
            rust::PROGRAMS,
        ),
    };
    Step {
        title: "let login shells find Python and Rust".to_owned(),
        component: None,
        places: vec![resolved.target.span],
        action: Action::Files(vec![file]),
    }
}

/// Gives the account the person's ids, root's rights by `sudo`, and group 0.
pub(in crate::plan) fn ids(resolved: &Resolved, developer: &Developer) -> Step {
    let (uid, gid) = (developer.uid.value, developer.gid.value);
    let name = &resolved.user.name.value;
    let script = script::developer(name, uid, gid);
    let run = Run {
        mounts: vec![script.mount],
        ..Run::new(script.args)
    };
    Step {
        title: format!("make {name} {uid}:{gid}"),
        component: None,
        places: vec![developer.uid.span, developer.gid.span],
        action: Action::Run(run),
    }
}
