//! The account the image runs as, its home, and the folders it owns.

use crate::check::Resolved;
use crate::plan::action::{Action, FileAction, Owner, Run};
use crate::plan::{Step, script};

/// Where the image keeps what is installed.
pub(in crate::plan) const DYNAMO_HOME: &str = "/opt/dynamo";
/// Where the image starts.
pub(in crate::plan) const WORKSPACE: &str = "/workspace";

/// Writable by owner and group, as an arbitrary uid of group 0 needs it.
const GROUP_WRITABLE: u32 = 0o775;

/// Owner of everything the account makes.
pub(in crate::plan) fn owner(resolved: &Resolved) -> Owner {
    Owner {
        uid: resolved.user.uid.value,
        gid: resolved.user.gid.value,
    }
}

/// The account's home.
pub(in crate::plan) fn home(resolved: &Resolved) -> String {
    format!("/home/{}", resolved.user.name.value)
}

/// Makes the account, then its folders and the profile that sets the umask.
pub(in crate::plan) fn steps(resolved: &Resolved) -> Vec<Step> {
    let user = &resolved.user;
    let places = vec![user.name.span, user.uid.span, user.gid.span];
    let account = Run {
        args: script::account(&user.name.value, user.uid.value, user.gid.value),
        env: Vec::new(),
        user: None,
        cwd: "/".to_owned(),
        mounts: Vec::new(),
        network: false,
    };
    let directory = |path: &str| FileAction::Directory {
        path: path.to_owned(),
        mode: GROUP_WRITABLE,
        owner: owner(resolved),
    };
    let umask = FileAction::File {
        path: "/etc/profile.d/00-umask.sh".to_owned(),
        mode: 0o644,
        content: "umask 002\n".to_owned(),
    };
    vec![
        Step {
            title: format!("add the account {} ({})", user.name.value, owner(resolved)),
            component: None,
            places: places.clone(),
            action: Action::Run(account),
        },
        Step {
            title: format!("make {DYNAMO_HOME}, {WORKSPACE} and the umask profile"),
            component: None,
            places,
            action: Action::Files(vec![directory(DYNAMO_HOME), directory(WORKSPACE), umask]),
        },
    ]
}
