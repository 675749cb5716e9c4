//! The script around compilations that keep what they compiled.

use super::{Script, script};

/// Runs a command of Cargo's with sources whose times tell what has changed:
/// sources, folder of what is compiled, the command.
///
/// Cargo takes a file for unchanged that is older than what it compiled last. The
/// files of a checkout are as old as the checkout, whatever was compiled since, so
/// their times say nothing here. A file gets the time at which its content was
/// seen first; the sources of the last time are kept beside what is compiled.
const FRESH: &str = "set -e
sources=$1 seen=$2/.sources
shift 2
(
    cd \"$sources\"
    find . -type f | while IFS= read -r file; do
        if cmp -s \"$file\" \"$seen/$file\"; then
            touch -r \"$seen/$file\" \"$file\"
        else
            touch \"$file\"
            mkdir -p \"$seen/${file%/*}\"
            cp -p \"$file\" \"$seen/$file\"
        fi
    done
)
exec \"$@\"";

/// Runs a command of Cargo's on sources of any age.
pub(in crate::plan) fn fresh(
    sources: &str,
    target: &str,
    command: impl IntoIterator<Item = String>,
) -> Script {
    let folders = [sources, target].map(str::to_owned).into_iter();
    script("cargo-sources", FRESH, folders.chain(command))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::Path;
    use std::process::Command;
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::plan::action::{Mount, Tree};

    /// Runs the script on one file of long ago, and gives the time the file has then.
    fn time_of(folder: &Path, content: &str, written: SystemTime) -> SystemTime {
        let (sources, target) = (folder.join("sources"), folder.join("target"));
        fs::create_dir_all(&sources).expect("a folder");
        let path = sources.join("lib.rs");
        fs::write(&path, content).expect("a file");
        let file = File::options().append(true).open(&path).expect("the file");
        file.set_modified(written).expect("a time");
        let [sources, target] = [&sources, &target].map(|one| one.to_string_lossy().into_owned());
        let script = fresh(&sources, &target, ["true".to_owned()]);
        let Mount::Bind {
            tree: Tree::Literal { content, .. },
            ..
        } = script.mount
        else {
            panic!("a script is a file of the plan");
        };
        let status = Command::new("sh")
            .args(["-c", &content, "script"])
            .args(&script.args[2..])
            .status();
        assert!(status.expect("a shell").success());
        let metadata = fs::metadata(path).expect("the file");
        metadata.modified().expect("a time")
    }

    #[test]
    fn a_file_is_as_old_as_its_content_has_been_there() {
        let long_ago = |hours| SystemTime::UNIX_EPOCH + Duration::from_hours(hours);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = time_of(folder.path(), "one", long_ago(3));
        assert!(first > long_ago(3), "what is new has a new time");
        let again = time_of(folder.path(), "one", long_ago(2));
        assert_eq!(again, first);
        let other = time_of(folder.path(), "two", long_ago(1));
        assert!(other > first, "an old file may have new content");
    }
}
