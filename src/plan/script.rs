//! The few shell scripts there are, each a constant.
//!
//! Values reach a script only as positional arguments, so that nothing from a
//! spec is ever parsed by a shell.

/// Installs Debian packages, the arguments.
const APT_INSTALL: &str = "set -e
apt-get update
apt-get install --yes --no-install-recommends \"$@\"";

/// Makes an account and the folders it owns: name, uid, gid, folders. A base
/// image may bring an account with the same uid (`ubuntu` in Ubuntu's); it goes.
///
/// Folders are made here and not by a file operation, because the daemon makes
/// those under its own umask, which takes the group's right to write.
const ACCOUNT: &str = "set -e
name=$1 uid=$2 gid=$3
shift 3
taken=$(getent passwd \"$uid\" | cut -d: -f1)
if [ -n \"$taken\" ] && [ \"$taken\" != \"$name\" ]; then userdel --remove \"$taken\"; fi
getent group \"$gid\" >/dev/null || groupadd --gid \"$gid\" \"$name\"
id -u \"$name\" >/dev/null 2>&1 ||
    useradd --create-home --home-dir \"/home/$name\" --shell /bin/bash --uid \"$uid\" --gid \"$gid\" \"$name\"
install -d -m 0775 -o \"$uid\" -g \"$gid\" \"/home/$name\" \"$@\"";

/// Runs the arguments with files made group-writable.
const UMASK: &str = "umask 002 && exec \"$@\"";

/// Runs the arguments after the first on every wheel in the folder, the first,
/// with files made group-writable.
const UMASK_WHEELS: &str = "umask 002
wheels=$1
shift
exec \"$@\" \"$wheels\"/*.whl";

/// Downloads the crates of lock files: folder of the manifests, folder for the
/// crates. Cargo wants a source file for each package, whatever is in it, and
/// to be told of workspaces inside the workspace, which have locks of their own.
const VENDOR: &str = "set -e
out=$2
mkdir -p /tmp/workspace
cp -r \"$1/.\" /tmp/workspace
cd /tmp/workspace
find . -name Cargo.toml | while read -r manifest; do
    mkdir -p \"${manifest%/*}/src\"
    : >\"${manifest%/*}/src/lib.rs\"
done
set -- vendor --locked --versioned-dirs
for lock in $(find . -mindepth 2 -name Cargo.lock); do set -- \"$@\" --sync \"${lock%.lock}.toml\"; done
cargo \"$@\" \"$out/crates\" >\"$out/config.toml\"";

/// Gives an account the ids of a person: name, uid, gid. Files of the home
/// follow; group 0 keeps what the image made writable.
const DEVELOPER: &str = "set -e
name=$1 uid=$2 gid=$3
taken=$(getent passwd \"$uid\" | cut -d: -f1)
if [ -n \"$taken\" ] && [ \"$taken\" != \"$name\" ]; then userdel \"$taken\"; fi
getent group \"$gid\" >/dev/null || groupadd --gid \"$gid\" \"$name\"
usermod --uid \"$uid\" --gid \"$gid\" --append --groups root \"$name\"
chown \"$uid:$gid\" \"/home/$name\" \"/home/$name/.cache\"
install -d -o \"$uid\" -g \"$gid\" \"/home/$name/.cargo\"
printf '%s ALL=(ALL) NOPASSWD: ALL\\n' \"$name\" >\"/etc/sudoers.d/$name\"
chmod 0440 \"/etc/sudoers.d/$name\"";

/// The argument vector that installs Debian packages.
pub(super) fn apt_install(packages: impl IntoIterator<Item = String>) -> Vec<String> {
    shell("apt", APT_INSTALL, packages)
}

/// The argument vector that makes an account and the folders it owns.
pub(super) fn account(name: &str, uid: u32, gid: u32, folders: &[String]) -> Vec<String> {
    let identity = [name.to_owned(), uid.to_string(), gid.to_string()];
    shell(
        "account",
        ACCOUNT,
        identity.into_iter().chain(folders.iter().cloned()),
    )
}

/// The argument vector with the umask that lets the group write.
pub(super) fn group_writable(args: impl IntoIterator<Item = String>) -> Vec<String> {
    shell("umask", UMASK, args)
}

/// The same, on every wheel of a folder.
pub(super) fn group_writable_wheels(
    args: impl IntoIterator<Item = String>,
    folder: &str,
) -> Vec<String> {
    shell(
        "wheels",
        UMASK_WHEELS,
        [folder.to_owned()].into_iter().chain(args),
    )
}

/// The argument vector that downloads the crates of a lock file.
pub(super) fn vendor(manifests: &str, crates: &str) -> Vec<String> {
    shell("vendor", VENDOR, [manifests, crates].map(str::to_owned))
}

/// The argument vector that gives an account the ids of a person.
pub(super) fn developer(name: &str, uid: u32, gid: u32) -> Vec<String> {
    shell(
        "developer",
        DEVELOPER,
        [name.to_owned(), uid.to_string(), gid.to_string()],
    )
}

fn shell(name: &str, script: &str, args: impl IntoIterator<Item = String>) -> Vec<String> {
    ["/bin/sh", "-c", script, name]
        .map(str::to_owned)
        .into_iter()
        .chain(args)
        .collect()
}
