//! The script of `SGLang`'s runtime.

use super::{Script, apt_script};

/// Makes an upstream image ready for Dynamo: uv, Python, Debian packages to
/// install. The variables name, separated by spaces, what has to go: packages of
/// Debian and of Python. What is not there is not missed. The sources of `SGLang`
/// and of Dynamo are then found below one folder.
const PREPARE: &str = "set -e
uv=$1 python=$2
shift 2
for name in $CONFLICTING_DEBIAN; do
    status=$(dpkg-query --show --showformat='${db:Status-Status}' \"$name\" 2>/dev/null || true)
    if [ \"$status\" = installed ]; then set -- \"$@\" \"$name-\"; fi
done
apt-get update
apt-get install --yes --no-install-recommends \"$@\"
for name in $CONFLICTING_PYTHON; do
    \"$uv\" pip uninstall --python \"$python\" --break-system-packages \"$name\"
done
rm -f /tmp/uv-*.lock
mkdir -p /sgl-workspace
ln -sfn /workspace /sgl-workspace/dynamo";

/// Makes an upstream image ready for Dynamo.
pub(in crate::plan) fn prepare(args: impl IntoIterator<Item = String>) -> Script {
    apt_script("prepare-sglang", PREPARE, args)
}
