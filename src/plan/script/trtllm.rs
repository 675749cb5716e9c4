//! The scripts of TensorRT-LLM.

use super::python::installing;
use super::{Script, apt_script, script};

/// Makes an environment with packages of the base image's own Python in it: uv,
/// Python release line, folder of the base's packages, environment, arguments of
/// `uv pip install`. The variable has the packages as patterns, separated by
/// spaces; a base of another release may lack some, which is said and no error.
///
/// pip is in the environment because the installer of TensorRT calls it.
const ENVIRONMENT: &str = "set -e
umask 002
uv=$1 line=$2 from=$3 environment=$4
shift 4
\"$uv\" venv --seed --python \"$line\" \"$environment\"
cd \"$from\"
for found in $SITE_PACKAGES; do
    if [ -e \"$found\" ]; then
        cp -a \"$found\" \"$environment/lib/python$line/site-packages/\"
    else
        echo \"the base image has no $found\" >&2
    fi
done
\"$uv\" pip install --python \"$environment/bin/python\" \"$@\"";

/// Runs the arguments after the first on the wheel of TensorRT-LLM below the
/// first: the one for this machine, and there must be one.
const WHEEL: &str = "set -e
umask 002
folder=$1
shift
wheel=$(find \"$folder\" -name \"tensorrt_llm-*_$(uname -m).whl\" -o -name 'tensorrt_llm-*-any.whl')
if [ ! -f \"$wheel\" ]; then
    echo \"one wheel tensorrt_llm-*.whl for $(uname -m) is wanted; found: ${wheel:-none}\" >&2
    exit 1
fi
\"$@\" \"$wheel\"";

/// Runs the installer of TensorRT that the package brings: environment. It adds
/// NVIDIA's repository by itself and fails when there is one already.
const TENSORRT: &str = "set -e
umask 002
installer=$(find \"$1\"/lib/python*/site-packages/tensorrt_llm -name install_tensorrt.sh)
if [ ! -f \"$installer\" ]; then
    echo \"one install_tensorrt.sh in TensorRT-LLM is wanted; found: ${installer:-none}\" >&2
    exit 1
fi
rm -f /etc/apt/sources.list.d/cuda* /etc/apt/trusted.gpg.d/cuda* /usr/share/keyrings/cuda-archive-keyring.gpg
bash \"$installer\"";

/// Builds the wheel from the repository in the current folder: GPU
/// architectures, files compiled at the same time, folder for the wheel. The
/// daemon checks out no large files, so they are fetched here.
const BUILD_WHEEL: &str = "set -e
git lfs pull
if [ ! -d /usr/local/tensorrt ]; then
    rm -f /etc/apt/sources.list.d/cuda* /etc/apt/trusted.gpg.d/cuda* /usr/share/keyrings/cuda-archive-keyring.gpg
    bash docker/common/install_tensorrt.sh
fi
exec python3 scripts/build_wheel.py --cuda_architectures \"$1\" --job_count \"$2\" --dist_dir \"$3\"";

/// Installs Debian packages, the arguments, and gives NCCL the name without a
/// version by which TensorRT-LLM opens it.
const SYSTEM: &str = "set -e
apt-get update
apt-get install --yes --no-install-recommends \"$@\"
ln -sfn libnccl.so.2 \"/usr/lib/$(uname -m)-linux-gnu/libnccl.so\"";

/// Makes an environment with packages of the base image's own Python in it.
pub(in crate::plan) fn environment(args: impl IntoIterator<Item = String>) -> Script {
    installing("trtllm-environment", ENVIRONMENT, args)
}

/// Runs a command on the wheel below a folder.
pub(in crate::plan) fn wheel(folder: &str, args: impl IntoIterator<Item = String>) -> Script {
    let args = [folder.to_owned()].into_iter().chain(args);
    installing("trtllm-wheel", WHEEL, args)
}

/// Runs the installer of TensorRT.
pub(in crate::plan) fn tensorrt(environment: &str) -> Script {
    apt_script("install-tensorrt", TENSORRT, [environment.to_owned()])
}

/// Builds the wheel from the repository.
pub(in crate::plan) fn build_wheel(architectures: &str, jobs: u32, output: &str) -> Script {
    let args = [
        architectures.to_owned(),
        jobs.to_string(),
        output.to_owned(),
    ];
    script("build-trtllm-wheel", BUILD_WHEEL, args)
}

/// Installs Debian packages of the runtime.
pub(in crate::plan) fn system(packages: impl IntoIterator<Item = String>) -> Script {
    apt_script("trtllm-system", SYSTEM, packages)
}
