//! Debian roots made with debootstrap: the engine's own, and the base of the
//! stand-in images. Finds the mirror and the tools on the machine; names none.
//! A root is built under another name and renamed, so that one which was
//! interrupted is never taken for a complete one.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::cache::Cache;
use crate::{apt, command, terminal};

/// What a root is made of. The name says what it is for; the packages are part
/// of the folder's name only through it, so a changed list needs a new name.
pub(super) struct Recipe {
    pub(super) name: &'static str,
    pub(super) suite: &'static str,
    /// As Debian names it, where it is not this machine's own.
    pub(super) architecture: Option<&'static str>,
    pub(super) packages: &'static [&'static str],
}

/// The engine: Docker with its `BuildKit`, the clients, a registry, `git`
/// because `BuildKit` fetches git sources with the daemon's, and what gives a
/// second engine of the same root a network of its own; `xz` is what Docker unpacks
/// such archives with.
pub(super) const ENGINE: Recipe = Recipe {
    name: "engine-2",
    suite: "forky",
    architecture: None,
    packages: &[
        "ca-certificates",
        "docker-buildx",
        "docker-cli",
        "docker-compose",
        "docker-registry",
        "docker.io",
        "git",
        "iproute2",
        "iptables",
        "xz-utils",
    ],
};

/// Docker 20.10 with `BuildKit` 0.8. The client is part of `docker.io`, and
/// there is no buildx.
pub(super) const DEBIAN_12: Recipe = Recipe {
    name: "engine-debian-12-1",
    suite: "bookworm",
    architecture: None,
    packages: &[
        "ca-certificates",
        "docker.io",
        "git",
        "iproute2",
        "iptables",
    ],
};

/// Docker 26.1 with `BuildKit` 0.13 and buildx 0.13.
pub(super) const DEBIAN_13: Recipe = Recipe {
    name: "engine-debian-13-1",
    suite: "trixie",
    architecture: None,
    packages: &[
        "ca-certificates",
        "docker-buildx",
        "docker-cli",
        "docker.io",
        "git",
        "iproute2",
        "iptables",
    ],
};

/// What stands in for the public Debian image.
pub(super) const BASE: Recipe = Recipe {
    name: "base-1",
    suite: "bookworm",
    architecture: None,
    packages: &[],
};

/// The same for arm64. Programs of arm64 must run on this machine to make it.
pub(super) const BASE_ARM64: Recipe = Recipe {
    name: "base-1-arm64",
    architecture: Some("arm64"),
    ..BASE
};

/// Whether the root of `recipe` stands ready.
pub(super) fn is_there(cache: &Cache, recipe: &Recipe) -> bool {
    cache.roots().join(recipe.name).is_dir()
}

/// Why no root can be made here, in a sentence; `None` where one can.
pub(super) fn obstacle() -> Option<String> {
    let reason = if require_root_user().is_err() {
        "making a Debian root needs the root user"
    } else if !command::exists("apt-get") {
        "a Debian root can be made on Debian only"
    } else {
        return None;
    };
    Some(reason.to_owned())
}

/// The root of `recipe`, built when it is not there yet.
pub(super) fn root(cache: &Cache, recipe: &Recipe) -> Result<PathBuf> {
    let root = cache.roots().join(recipe.name);
    if is_there(cache, recipe) {
        return Ok(root);
    }
    require_root_user()?;
    install_tools()?;
    let mirror = mirror()?;
    let partial = cache.roots().join(format!("{}.partial", recipe.name));
    if partial.exists() {
        // What debootstrap mounts is gone with its namespace: see `debootstrap`.
        fs::remove_dir_all(&partial)
            .with_context(|| format!("cannot remove {}", partial.display()))?;
    }
    terminal::note(&format!(
        "making a Debian {} root: {}",
        recipe.suite,
        root.display()
    ));
    let log = cache
        .logs()
        .join(format!("debootstrap-{}.log", recipe.name));
    command::run_logged(&mut debootstrap(cache, recipe, &partial, &mirror)?, &log)?;
    fs::rename(&partial, &root).with_context(|| format!("cannot name {}", root.display()))?;
    Ok(root)
}

fn debootstrap(cache: &Cache, recipe: &Recipe, target: &Path, mirror: &str) -> Result<Command> {
    let downloads = cache.downloads().join(recipe.suite);
    fs::create_dir_all(&downloads)
        .with_context(|| format!("cannot make the folder {}", downloads.display()))?;
    let scripts = Path::new("/usr/share/debootstrap/scripts");
    let script = [recipe.suite, "sid"]
        .map(|name| scripts.join(name))
        .into_iter()
        .find(|script| script.exists())
        .context("debootstrap has no script for a Debian suite")?;

    // In a mount namespace of its own, so that no mount of an interrupted run
    // is left in the half-built root.
    let mut command = Command::new("unshare");
    command.args(["--mount", "debootstrap", "--variant=minbase"]);
    command.arg(format!("--cache-dir={}", downloads.display()));
    if let Some(architecture) = recipe.architecture {
        command.arg(format!("--arch={architecture}"));
    }
    if !recipe.packages.is_empty() {
        command.arg(format!("--include={}", recipe.packages.join(",")));
    }
    command
        .arg(recipe.suite)
        .arg(target)
        .arg(mirror)
        .arg(script);
    Ok(command)
}

fn require_root_user() -> Result<()> {
    let user = fs::metadata("/proc/self")
        .context("cannot read /proc")?
        .uid();
    ensure!(
        user == 0,
        "no Docker Engine answers, and bringing one up needs the root user\n\
         help: start Docker, or run this as root"
    );
    Ok(())
}

fn install_tools() -> Result<()> {
    let missing: Vec<&str> = ["debootstrap", "unshare", "setsid", "pivot_root", "tar"]
        .into_iter()
        .filter(|tool| !command::exists(tool))
        .map(|tool| {
            if matches!(tool, "debootstrap" | "tar") {
                tool
            } else {
                "util-linux"
            }
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !command::exists("apt-get") {
        bail!(
            "no Docker Engine answers, and one can be brought up on Debian only\nhelp: start Docker"
        );
    }
    apt::install(&missing)
}

/// The mirror that this machine gets Debian from.
fn mirror() -> Result<String> {
    if let Some(mirror) = first_mirror(&index_targets()?) {
        return Ok(mirror);
    }
    apt::update_lists()?;
    first_mirror(&index_targets()?).context("apt knows of no Debian mirror on this machine")
}

fn index_targets() -> Result<String> {
    let format = "$(ORIGIN)|$(LABEL)|$(SITE)";
    command::read(Command::new("apt-get").args(["indextargets", "--format", format]))
}

/// The first site that carries Debian itself: not its security updates, and
/// not some other vendor's packages.
fn first_mirror(targets: &str) -> Option<String> {
    targets
        .lines()
        .filter_map(|line| line.strip_prefix("Debian|Debian|"))
        .map(str::trim)
        .find(|site| !site.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_the_one_of_debian_itself() {
        let targets = "Other|Tools|https://tools.example/apt\n\
                       Debian|Debian-Security|http://mirror.example/security\n\
                       Debian|Debian|http://mirror.example/debian\n\
                       Debian|Debian|http://second.example/debian\n";
        assert_eq!(
            first_mirror(targets).as_deref(),
            Some("http://mirror.example/debian")
        );
        assert_eq!(first_mirror(""), None);
        assert_eq!(first_mirror("Debian|Debian|\n"), None);
    }
}
