//! The scripts that install Python packages with uv.
//!
//! Each ends with what takes the time of the build out of what uv has left.

use super::{Script, script};

/// Removes what uv remembers of where it installed from: the time of a file or folder,
/// which another build makes at another time. It is in the list of a package's files
/// too. Packages that the step cannot change are the base image's. The lock of a Python
/// that is in no environment is left in `/tmp`.
const WITHOUT_TRACES: &str = "\
for package in /opt/dynamo/venv/lib/python*/site-packages/*.dist-info \\
    /usr/local/lib/python*/dist-packages/*.dist-info; do
    if [ ! -f \"$package/uv_cache.json\" ] || [ ! -w \"$package\" ] || [ ! -w \"$package/RECORD\" ]; then
        continue
    fi
    sed -i '/\\.dist-info\\/uv_cache\\.json,/d' \"$package/RECORD\"
    rm \"$package/uv_cache.json\"
done
for lock in /tmp/uv-*.lock; do
    if [ -O \"$lock\" ]; then rm \"$lock\"; fi
done";

/// Runs the arguments with files made group-writable.
const INSTALL: &str = "set -e
umask 002
\"$@\"";

/// Runs the arguments after the first on every wheel in the folders below the
/// first, with files made group-writable.
const INSTALL_WHEELS: &str = "set -e
umask 002
wheels=$1
shift
\"$@\" \"$wheels\"/*/*.whl";

/// Runs a command that installs packages, with the umask that lets the group write.
pub(in crate::plan) fn install(args: impl IntoIterator<Item = String>) -> Script {
    installing("install-python", INSTALL, args)
}

/// The same, on every wheel in the folders below a folder.
pub(in crate::plan) fn install_wheels(
    args: impl IntoIterator<Item = String>,
    folder: &str,
) -> Script {
    let args = [folder.to_owned()].into_iter().chain(args);
    installing("install-wheels", INSTALL_WHEELS, args)
}

/// A script that installs packages.
pub(super) fn installing(name: &str, text: &str, args: impl IntoIterator<Item = String>) -> Script {
    script(name, &format!("{text}\n{WITHOUT_TRACES}"), args)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use super::*;
    use crate::plan::action::{Mount, Tree};

    /// Runs the script of a command, where the environment is in `folder`.
    fn run(command: &[&str], folder: &Path) -> Option<i32> {
        let script = install(command.iter().map(|word| (*word).to_owned()));
        let Mount::Bind {
            tree: Tree::Literal { content, .. },
            ..
        } = script.mount
        else {
            panic!("a script is a file of the plan");
        };
        let own = folder.to_string_lossy();
        // The folder of the test is in `/tmp` too.
        let content = content
            .replace("/tmp", &own)
            .replace("/opt/dynamo/venv", &own)
            .replace("/usr/local", &own);
        let status = Command::new("sh")
            .args(["-c", &content, "script"])
            .args(&script.args[2..])
            .status();
        status.expect("a shell").code()
    }

    #[test]
    fn the_time_of_a_wheel_stayed_in_what_was_installed_from_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let site = folder.path().join("lib/python3.12/site-packages");
        let [own, other] = ["own-1.0.dist-info", "other-1.0.dist-info"].map(|one| site.join(one));
        for package in [&own, &other] {
            fs::create_dir_all(package).expect("a folder");
            fs::write(package.join("RECORD"), "x-1.0.dist-info/WHEEL,sha256=a,1\n")
                .expect("a file");
        }
        let list = "own.py,sha256=b,2\nown-1.0.dist-info/uv_cache.json,sha256=c,127\nz.py,,\n";
        fs::write(own.join("RECORD"), list).expect("a file");
        fs::write(own.join("uv_cache.json"), "{\"timestamp\":1}").expect("a file");
        let lock = folder.path().join("uv-1.lock");
        fs::write(&lock, "").expect("a file");
        assert_eq!(run(&["true"], folder.path()), Some(0));
        let read = |package: &Path| fs::read_to_string(package.join("RECORD")).expect("a file");
        assert_eq!(read(&own), "own.py,sha256=b,2\nz.py,,\n");
        assert_eq!(read(&other), "x-1.0.dist-info/WHEEL,sha256=a,1\n");
        assert!(!own.join("uv_cache.json").exists() && !lock.exists());
    }

    #[test]
    fn an_installation_that_fails_fails_with_its_own_status() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(run(&["sh", "-c", "exit 7"], folder.path()), Some(7));
        assert_eq!(run(&["true"], folder.path()), Some(0), "nothing is there");
    }
}
