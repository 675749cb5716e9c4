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

fn shell(name: &str, script: &str, args: impl IntoIterator<Item = String>) -> Vec<String> {
    ["/bin/sh", "-c", script, name]
        .map(str::to_owned)
        .into_iter()
        .chain(args)
        .collect()
}
