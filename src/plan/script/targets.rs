//! The scripts of development images and of the endpoint picker.

use super::python::installing;
use super::{Script, apt_script, script};

/// Installs Debian packages, the arguments, from the image's repositories and
/// those beside this script, without NVIDIA's repository of CUDA.
///
/// The image keeps its lists: apt is told to look into another folder, which is
/// gone when the step ends. Lists that it is not told of stay in the cache.
const APT_WITHOUT_CUDA: &str = "set -e
sources=$(mktemp -d)
trap 'rm -rf \"$sources\"' EXIT
chmod 0755 \"$sources\"
for list in /etc/apt/sources.list.d/* /run/dynamo/*.list; do
    if [ ! -f \"$list\" ]; then continue; fi
    if grep -q developer.download.nvidia.com/compute/cuda \"$list\"; then continue; fi
    ln -s \"$list\" \"$sources/\"
done
set -- --yes --no-install-recommends \"$@\"
apt_get() { apt-get -o Dir::Etc::sourceparts=\"$sources\" -o APT::Get::List-Cleanup=false \"$@\"; }
apt_get update
apt_get install \"$@\"";

/// Makes an environment that sees the system's packages too, and installs into
/// it: uv, Python, environment, arguments of `uv pip install`.
const ENVIRONMENT_OVER_SYSTEM: &str = "set -e
umask 002
uv=$1 python=$2 environment=$3
shift 3
\"$uv\" venv --system-site-packages --python \"$python\" \"$environment\"
\"$uv\" pip install --python \"$environment/bin/python\" \"$@\"";

/// Compiles the static library of a package, the first argument, and leaves it
/// with its header in the second. The header is where the package's build script
/// put it, if it made one.
///
/// What is compiled is kept, those of earlier releases too, so that library and
/// header go first; and the build script runs again, since Cargo does not know that
/// what it made is gone.
const STATIC_LIBRARY: &str = "set -e
package=$1 out=$2
if [ -d \"$CARGO_TARGET_DIR/release\" ]; then
    find \"$CARGO_TARGET_DIR/release\" '(' -name '*_capi.a' -o -name llm_engine.h ')' -exec rm {} +
fi
if [ -f \"$package/build.rs\" ]; then touch \"$package/build.rs\"; fi
cargo rustc --release --locked --offline --lib --crate-type staticlib --manifest-path \"$package/Cargo.toml\"
install -d \"$out/lib\" \"$out/include\"
cp \"$CARGO_TARGET_DIR\"/release/*_capi.a \"$out/lib/\"
find \"$CARGO_TARGET_DIR/release/build\" \"$package\" -name llm_engine.h -exec cp {} \"$out/include/\" ';'";

/// Installs Debian packages without NVIDIA's repository of CUDA.
pub(in crate::plan) fn apt_without_cuda(packages: impl IntoIterator<Item = String>) -> Script {
    apt_script("apt-without-cuda", APT_WITHOUT_CUDA, packages)
}

/// Makes an environment over the system's packages.
pub(in crate::plan) fn environment_over_system(args: impl IntoIterator<Item = String>) -> Script {
    installing("environment-over-system", ENVIRONMENT_OVER_SYSTEM, args)
}

/// Compiles a static library.
pub(in crate::plan) fn static_library(package: &str, out: &str) -> Script {
    script(
        "static-library",
        STATIC_LIBRARY,
        [package, out].map(str::to_owned),
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;
    use std::process::Command;
    use std::time::SystemTime;

    use super::*;
    use crate::plan::action::{Mount, Tree};

    /// Makes the library, and the header if the build script is newer than the last one.
    const CARGO: &str = "#!/bin/sh
set -e
made=$CARGO_TARGET_DIR/release/build/new/out
mkdir -p \"$made\"
echo new >\"$CARGO_TARGET_DIR/release/libnew_capi.a\"
if [ \"$PACKAGE/build.rs\" -nt \"$CARGO_TARGET_DIR/ran\" ]; then echo new >\"$made/llm_engine.h\"; fi
touch \"$CARGO_TARGET_DIR/ran\"
";

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    #[test]
    fn the_header_of_an_earlier_release_came_out_of_the_cache() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = |name: &str| folder.path().join(name);
        for number in 0..16 {
            write(
                &path(&format!("target/release/build/{number}/out/llm_engine.h")),
                "old",
            );
        }
        write(&path("target/release/libold_capi.a"), "old");
        write(&path("package/build.rs"), "");
        let script = fs::File::options()
            .append(true)
            .open(path("package/build.rs"));
        let long_ago = SystemTime::UNIX_EPOCH;
        script
            .expect("the file")
            .set_modified(long_ago)
            .expect("a time");
        write(&path("target/ran"), "");
        write(&path("bin/cargo"), CARGO);
        let runs = fs::Permissions::from_mode(0o755);
        fs::set_permissions(path("bin/cargo"), runs).expect("permissions");

        let [package, out] = ["package", "out"].map(|name| path(name).display().to_string());
        let library = static_library(&package, &out);
        let Mount::Bind {
            tree: Tree::Literal { content, .. },
            ..
        } = library.mount
        else {
            panic!("a script is a file of the plan");
        };
        let programs = std::env::var("PATH").expect("programs");
        let status = Command::new("sh")
            .args(["-c", &content, "script", &package, &out])
            .env("PATH", format!("{}:{programs}", path("bin").display()))
            .env("CARGO_TARGET_DIR", path("target"))
            .env("PACKAGE", &package)
            .status();
        assert!(status.expect("a shell").success());

        let header = fs::read_to_string(path("out/include/llm_engine.h")).expect("the header");
        assert_eq!(header, "new\n");
        let libraries = fs::read_dir(path("out/lib")).expect("a folder");
        let names: Vec<_> = libraries
            .map(|one| one.expect("a file").file_name())
            .collect();
        assert_eq!(names, ["libnew_capi.a"]);
    }
}
