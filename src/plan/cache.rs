//! The one place where cache mounts get their identity.
//!
//! An id holds everything that makes two caches incompatible: the purpose, the
//! version of the tool whose format it is, the architecture, and the owner.

use super::action::{CacheMount, Mount, Owner, Sharing};
use crate::check::Resolved;

/// Downloaded Debian packages and package lists.
pub(super) fn apt(resolved: &Resolved) -> [Mount; 2] {
    let base = &resolved.base.value;
    let distribution = format!("{}-{}", base.path(), base.tag().unwrap_or("pinned"));
    let mount = |purpose: &str, target: &str| {
        Mount::Cache(CacheMount {
            id: id(purpose, &distribution, resolved, None),
            target: target.to_owned(),
            // dpkg and apt lock their folders and fail when they find them taken.
            sharing: Sharing::Locked,
            owner: None,
        })
    };
    [
        mount("apt-archives", "/var/cache/apt"),
        mount("apt-lists", "/var/lib/apt"),
    ]
}

/// uv's cache, in the home of the account.
pub(super) fn uv(resolved: &Resolved, owner: Owner, target: String) -> Mount {
    Mount::Cache(CacheMount {
        // Entries a newer uv writes cannot be read by an older one.
        id: id("uv", &resolved.uv.version.value, resolved, Some(owner)),
        target,
        // uv locks what it writes itself.
        sharing: Sharing::Shared,
        owner: Some(owner),
    })
}

fn id(purpose: &str, version: &str, resolved: &Resolved, owner: Option<Owner>) -> String {
    let owner = owner
        .map(|owner| format!("-{}-{}", owner.uid, owner.gid))
        .unwrap_or_default();
    let raw = format!(
        "dynamo-{purpose}-{version}-linux-{}{owner}",
        resolved.architecture
    );
    raw.replace(
        |c: char| !c.is_ascii_alphanumeric() && !"-._".contains(c),
        "-",
    )
}
