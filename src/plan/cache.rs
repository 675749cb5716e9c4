//! The one place where cache mounts get their identity.
//!
//! An id holds everything that makes two caches incompatible: the purpose, the
//! version of the tool whose format it is, the architecture, and the owner.

use super::action::{CacheMount, Mount, Owner, Sharing};
use super::title::public_url;
use crate::check::{ExtraCache, Resolved};
use crate::image::Reference;
use crate::spec::{CacheSharing, Component};

/// Downloaded Debian packages and package lists. Not all of apt's state: which
/// packages were installed by hand belongs into the image.
pub(super) fn apt(resolved: &Resolved, base: &Reference) -> [Mount; 2] {
    let distribution = distribution(base);
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
        mount("apt-lists", "/var/lib/apt/lists"),
    ]
}

/// What dnf downloads, packages and lists alike.
pub(super) fn dnf(resolved: &Resolved, base: &Reference) -> Mount {
    Mount::Cache(CacheMount {
        id: id("dnf", &distribution(base), resolved, None),
        target: "/var/cache/dnf".to_owned(),
        // dnf locks its folder and waits, a step at a time.
        sharing: Sharing::Locked,
        owner: None,
    })
}

/// What packages were made for. Another registry's image of the same name may be
/// another distribution.
fn distribution(base: &Reference) -> String {
    let version = base.tag().or(base.digest()).unwrap_or_default();
    format!("{}-{version}", base.name())
}

/// uv's cache; root's when there is no owner.
pub(super) fn uv(resolved: &Resolved, owner: Option<Owner>, target: String) -> Mount {
    Mount::Cache(CacheMount {
        // Entries a newer uv writes cannot be read by an older one.
        id: id("uv", &resolved.uv.version.value, resolved, owner),
        target,
        // uv locks what it writes itself.
        sharing: Sharing::Shared,
        owner,
    })
}

/// What Cargo downloads, where Cargo's home is `home`.
pub(super) fn cargo(resolved: &Resolved, home: &str) -> [Mount; 2] {
    ["registry", "git"].map(|folder| {
        Mount::Cache(CacheMount {
            id: id(
                &format!("cargo-{folder}"),
                &resolved.rust.version.value,
                resolved,
                None,
            ),
            target: format!("{home}/{folder}"),
            // Cargo locks what it writes itself.
            sharing: Sharing::Shared,
            owner: None,
        })
    })
}

/// What compilers leave for the next compilation.
pub(super) fn cargo_target(resolved: &Resolved, target: &str) -> Mount {
    let ffmpeg = resolved.ffmpeg.as_ref();
    let libraries = ffmpeg.map(|ffmpeg| format!("ffmpeg-{}", ffmpeg.version.value));
    let image = &resolved.images.wheel_builder.value;
    cargo_target_of("cargo-target", image, libraries, resolved, target)
}

/// The same of the KV block manager, which compiles at the same time.
pub(super) fn cargo_target_of_kvbm(resolved: &Resolved, target: &str) -> Mount {
    let cuda = resolved.cuda.as_ref();
    let cuda = cuda.map(|cuda| format!("cuda-{}", cuda.value));
    let checkout = |component: Component| {
        let git = resolved.components.get(&component)?;
        let commit = git.commit.as_ref().unwrap_or(&git.reference);
        let named = format!("{component}-{}", commit.value);
        // A fork may have the same ref.
        Some(if git.of_catalog {
            named
        } else {
            format!("{named}-{}", public_url(&git.url.value))
        })
    };
    let components = [Component::Nixl, Component::Ucx].into_iter();
    let libraries = cuda.into_iter().chain(components.filter_map(checkout));
    let image = &resolved.images.wheel_builder.value;
    cargo_target_of("cargo-target-kvbm", image, libraries, resolved, target)
}

/// The same of the endpoint picker's library.
pub(super) fn cargo_target_of_epp(resolved: &Resolved, target: &str) -> Mount {
    let image = &resolved.images.epp_base.value;
    cargo_target_of("cargo-target-epp", image, [], resolved, target)
}

/// What Go's compiler leaves for the next compilation.
pub(super) fn go_build(resolved: &Resolved, target: &str) -> Mount {
    let base = distribution(&resolved.images.epp_base.value);
    Mount::Cache(CacheMount {
        id: id(
            &format!("go-build-{base}"),
            &resolved.go.version.value,
            resolved,
            None,
        ),
        target: target.to_owned(),
        // Go locks what it writes itself.
        sharing: Sharing::Shared,
        owner: None,
    })
}

/// Crates compile C too, against what the image has, and link `libraries` that
/// are bound at the same paths whatever their version: each is another cache.
fn cargo_target_of(
    purpose: &str,
    image: &Reference,
    libraries: impl IntoIterator<Item = String>,
    resolved: &Resolved,
    target: &str,
) -> Mount {
    let parts = [purpose.to_owned(), distribution(image)];
    let parts: Vec<String> = parts.into_iter().chain(libraries).collect();
    Mount::Cache(CacheMount {
        id: id(
            &parts.join("-"),
            &resolved.rust.version.value,
            resolved,
            None,
        ),
        target: target.to_owned(),
        // Cargo waits for the folder's lock; waiting outside costs no memory.
        sharing: Sharing::Locked,
        owner: None,
    })
}

/// A cache of the spec's own. No id of ours begins as these do; one that is said
/// has no `/`, and one that is not begins with it, so that neither is the other.
pub(super) fn extra(resolved: &Resolved, cache: &ExtraCache, owner: Option<Owner>) -> Mount {
    let target = &cache.target;
    let name = cache.id.as_ref().unwrap_or(target);
    let suffix = suffix(resolved, owner);
    Mount::Cache(CacheMount {
        id: format!("extend-{name}{suffix}"),
        target: target.clone(),
        sharing: match cache.sharing {
            CacheSharing::Shared => Sharing::Shared,
            CacheSharing::Private => Sharing::Private,
            CacheSharing::Locked => Sharing::Locked,
        },
        owner,
    })
}

fn id(purpose: &str, version: &str, resolved: &Resolved, owner: Option<Owner>) -> String {
    let raw = format!("dynamo-{purpose}-{version}{}", suffix(resolved, owner));
    raw.replace(
        |c: char| !c.is_ascii_alphanumeric() && !"-._".contains(c),
        "-",
    )
}

/// Whose files it has, in every id.
fn suffix(resolved: &Resolved, owner: Option<Owner>) -> String {
    let owner = owner
        .map(|owner| format!("-{}-{}", owner.uid, owner.gid))
        .unwrap_or_default();
    format!("-linux-{}{owner}", resolved.architecture)
}
