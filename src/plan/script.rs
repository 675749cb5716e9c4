//! The few shell scripts there are, each a constant.
//!
//! Values reach a script only as positional arguments, so that nothing from a
//! spec is ever parsed by a shell.

use super::action::{Mount, Tree};

pub(super) mod cargo;
pub(super) mod efa;
pub(crate) mod image_check;
pub(super) mod native;
pub(super) mod python;
pub(super) mod sglang;
pub(super) mod targets;
pub(super) mod trtllm;
pub(super) mod vllm;

/// Installs Debian packages, the arguments.
const APT_INSTALL: &str = "set -e
apt-get update
apt-get install --yes --no-install-recommends \"$@\"";

/// Removes what the time of the build is in although nobody needs it: the logs of
/// apt, and what ldconfig remembers of the files it has seen.
const WITHOUT_TRACES: &str = "rm -rf /var/cache/ldconfig/aux-cache \\
    /var/log/alternatives.log /var/log/apt/* /var/log/dpkg.log";

/// Installs packages of AlmaLinux, the arguments. Repositories come as packages
/// too, `…-release-…`, which therefore go first; the one that developers need is
/// there and off. What is downloaded is kept, as its folder is a cache. The
/// variables say how often a download is tried again and how long it may be silent.
const DNF_INSTALL: &str = "set -e
install() {
    dnf install --assumeyes --setopt=keepcache=True --setopt=install_weak_deps=False \\
        --setopt=powertools.enabled=True --setopt=retries=\"$RETRIES\" \\
        --setopt=timeout=\"$TIMEOUT\" \"$@\"
}
for package in \"$@\"; do
    case $package in *-release-*) install \"$package\" ;; esac
done
install \"$@\"";

/// Makes an account and the folders it owns: name, uid, gid, folders. A base
/// image may bring an account with the same uid (`ubuntu` in Ubuntu's); it goes.
/// One with the same name gets the ids. The day of the build is no day on which a
/// password was changed, as there is none; that is what the variable says.
///
/// Folders are made here and not by a file operation, because the daemon makes
/// those under its own umask, which takes the group's right to write.
const ACCOUNT: &str = "set -e
name=$1 uid=$2 gid=$3
shift 3
taken=$(getent passwd \"$uid\" | cut -d: -f1)
if [ -n \"$taken\" ] && [ \"$taken\" != \"$name\" ]; then userdel --remove \"$taken\"; fi
if ! getent group \"$gid\" >/dev/null; then
    group=$name
    if getent group \"$group\" >/dev/null; then group=$name-$gid; fi
    groupadd --gid \"$gid\" \"$group\"
fi
if id -u \"$name\" >/dev/null 2>&1; then
    usermod --uid \"$uid\" --gid \"$gid\" --home \"/home/$name\" --shell /bin/bash \"$name\"
else
    SOURCE_DATE_EPOCH=0 useradd --create-home --home-dir \"/home/$name\" --shell /bin/bash --uid \"$uid\" --gid \"$gid\" \"$name\"
fi
install -d -m 0775 -o \"$uid\" -g \"$gid\" \"/home/$name\" \"$@\"
cat >>\"/home/$name/.bashrc\" <<'BASHRC'
if [ -f /opt/dynamo/venv/bin/activate ]; then . /opt/dynamo/venv/bin/activate; fi
if [ -f /usr/local/share/dynamo/launch_screen ]; then cat /usr/local/share/dynamo/launch_screen; fi
BASHRC
chown \"$uid:$gid\" \"/home/$name/.bashrc\"";

/// Runs the arguments with files made group-writable.
const UMASK: &str = "umask 002 && exec \"$@\"";

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
/// follow; group 0 keeps what the image made writable. Every command goes to the
/// shell's history at once, in a folder that a volume can be mounted at.
const DEVELOPER: &str = "set -e
name=$1 uid=$2 gid=$3
taken=$(getent passwd \"$uid\" | cut -d: -f1)
if [ -n \"$taken\" ] && [ \"$taken\" != \"$name\" ]; then userdel \"$taken\"; fi
if ! getent group \"$gid\" >/dev/null; then
    group=$name
    if getent group \"$group\" >/dev/null; then group=$name-$gid; fi
    groupadd --gid \"$gid\" \"$group\"
fi
usermod --uid \"$uid\" --gid \"$gid\" --append --groups root \"$name\"
chown \"$uid:$gid\" \"/home/$name\" \"/home/$name/.cache\" \"/home/$name/.cache/uv\"
install -d -o \"$uid\" -g \"$gid\" \"/home/$name/.cargo\" \"/home/$name/.commandhistory\"
cat >>\"/home/$name/.bashrc\" <<'BASHRC'
export HISTFILE=\"$HOME/.commandhistory/.bash_history\" PROMPT_COMMAND='history -a'
BASHRC
printf '%s ALL=(ALL) NOPASSWD: ALL\\n' \"$name\" >\"/etc/sudoers.d/$name\"
chmod 0440 \"/etc/sudoers.d/$name\"";

/// A script with its arguments, and the mount that brings it into the step: a
/// message about the step then names the script and does not repeat it.
pub(super) struct Script {
    /// The argument vector.
    pub(super) args: Vec<String>,
    /// Must be among the mounts of the step.
    pub(super) mount: Mount,
}

/// Installs Debian packages.
pub(super) fn apt_install(packages: impl IntoIterator<Item = String>) -> Script {
    apt_script("apt-install", APT_INSTALL, packages)
}

/// Installs packages of AlmaLinux.
pub(super) fn dnf_install(packages: impl IntoIterator<Item = String>) -> Script {
    script("dnf-install", DNF_INSTALL, packages)
}

/// Makes an account and the folders it owns.
pub(super) fn account(name: &str, uid: u32, gid: u32, folders: &[String]) -> Script {
    let identity = [name.to_owned(), uid.to_string(), gid.to_string()];
    script(
        "account",
        ACCOUNT,
        identity.into_iter().chain(folders.iter().cloned()),
    )
}

/// Runs a command with the umask that lets the group write.
pub(super) fn group_writable(args: impl IntoIterator<Item = String>) -> Script {
    script("group-writable", UMASK, args)
}

/// Downloads the crates of lock files.
pub(super) fn vendor(manifests: &str, crates: &str) -> Script {
    script(
        "cargo-vendor",
        VENDOR,
        [manifests, crates].map(str::to_owned),
    )
}

/// Gives an account the ids of a person.
pub(super) fn developer(name: &str, uid: u32, gid: u32) -> Script {
    script(
        "developer",
        DEVELOPER,
        [name.to_owned(), uid.to_string(), gid.to_string()],
    )
}

/// A script of the spec, for bash, which ends at the first command that fails. It is
/// all there is in its file: nothing of ours is parsed with it.
pub(super) fn of_user(text: &str) -> Script {
    let options = ["/bin/bash", "-euo", "pipefail"].map(str::to_owned);
    let Script { args, mount } = script("script", text.trim_end_matches('\n'), []);
    Script {
        args: options
            .into_iter()
            .chain(args.into_iter().skip(1))
            .collect(),
        mount,
    }
}

/// A script that installs packages with apt.
fn apt_script(name: &str, text: &str, args: impl IntoIterator<Item = String>) -> Script {
    script(name, &format!("{text}\n{WITHOUT_TRACES}"), args)
}

fn script(name: &str, text: &str, args: impl IntoIterator<Item = String>) -> Script {
    let target = format!("/run/dynamo/{name}");
    let file = format!("/{name}");
    let tree = Tree::Literal {
        path: file.clone(),
        content: format!("{text}\n"),
    };
    let args = ["/bin/sh".to_owned(), target.clone()]
        .into_iter()
        .chain(args)
        .collect();
    Script {
        args,
        mount: Mount::Bind {
            tree,
            source: file,
            target,
            scratch: false,
        },
    }
}
