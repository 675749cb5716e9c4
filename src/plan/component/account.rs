//! The account the image runs as, its home, and the folders it owns.

use crate::check::Resolved;
use crate::plan::action::{Action, FileAction, Owner, Run};
use crate::plan::{Step, script};

/// Where the image keeps what is installed.
pub(in crate::plan) const DYNAMO_HOME: &str = "/opt/dynamo";
/// Where the image starts.
pub(in crate::plan) const WORKSPACE: &str = "/workspace";

/// Owner of everything the account makes.
pub(in crate::plan) fn owner(resolved: &Resolved) -> Owner {
    Owner {
        uid: resolved.user.uid.value,
        gid: resolved.user.gid.value,
    }
}

/// The account's home.
pub(crate) fn home(resolved: &Resolved) -> String {
    format!("/home/{}", resolved.user.name.value)
}

/// Makes the account with its folders, and the profile that sets the umask.
pub(in crate::plan) fn steps(resolved: &Resolved) -> Vec<Step> {
    let user = &resolved.user;
    let places = vec![user.name.span, user.uid.span, user.gid.span];
    let cache = format!("{}/.cache", home(resolved));
    // Steps mount a cache there, and BuildKit 0.8 leaves the place of a mount
    // behind: a folder of root's, in which uv could not work.
    let uv_cache = format!("{cache}/uv");
    let folders = [
        cache,
        uv_cache,
        DYNAMO_HOME.to_owned(),
        WORKSPACE.to_owned(),
    ];
    let script = script::account(&user.name.value, user.uid.value, user.gid.value, &folders);
    let account = Run {
        mounts: vec![script.mount],
        ..Run::new(script.args)
    };
    let umask = FileAction::File {
        path: "/etc/profile.d/00-umask.sh".to_owned(),
        mode: 0o644,
        content: "umask 002\n".to_owned(),
    };
    vec![
        Step {
            title: format!(
                "add the account {} ({}) with {DYNAMO_HOME} and {WORKSPACE}",
                user.name.value,
                owner(resolved)
            ),
            component: None,
            places: places.clone(),
            action: Action::Run(account),
        },
        Step {
            title: "let the group write, by umask".to_owned(),
            component: None,
            places,
            action: Action::Files(vec![umask]),
        },
    ]
}
