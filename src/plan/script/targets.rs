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
const STATIC_LIBRARY: &str = "set -e
package=$1 out=$2
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
