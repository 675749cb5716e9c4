//! The scripts of vLLM's environment.

use super::Script;
use super::python::installing;

/// Makes an environment and installs a first set of packages into it: uv, Python
/// release line, environment, arguments of `uv pip install`.
const ENVIRONMENT: &str = "set -e
umask 002
uv=$1 python=$2 environment=$3
shift 3
\"$uv\" venv --python \"$python\" \"$environment\"
if [ $# -gt 0 ]; then \"$uv\" pip install --python \"$environment/bin/python\" \"$@\"; fi";

/// Installs what an engine is built with and for, and builds it from the current
/// folder: uv, Python of the environment, version, arguments of `uv pip install`.
/// The version is said where sources come without the git history it is read
/// from, and not to what is installed before.
const SOURCE: &str = "set -e
umask 002
uv=$1 python=$2 version=$3
shift 3
\"$uv\" pip install --python \"$python\" \"$@\"
if [ -n \"$version\" ]; then export SETUPTOOLS_SCM_PRETEND_VERSION=\"$version\"; fi
\"$uv\" pip install --python \"$python\" --no-build-isolation --no-deps .";

/// Compiles the kernels that vLLM's repository has installers for: the
/// repository, arguments of the one of `DeepGEMM`. The other one leaves NVSHMEM
/// beside itself.
const KERNELS: &str = "set -e
umask 002
tools=$1/tools
shift
bash \"$tools/install_deepgemm.sh\" \"$@\"
cd \"$tools/ep_kernels\"
bash ./install_python_libraries.sh";

/// Makes an environment with a first set of packages.
pub(in crate::plan) fn environment(args: impl IntoIterator<Item = String>) -> Script {
    installing("environment", ENVIRONMENT, args)
}

/// Builds an engine from the current folder.
pub(in crate::plan) fn source(args: impl IntoIterator<Item = String>) -> Script {
    installing("install-source", SOURCE, args)
}

/// Compiles kernels.
pub(in crate::plan) fn kernels(args: impl IntoIterator<Item = String>) -> Script {
    installing("install-kernels", KERNELS, args)
}
