//! The script of the AWS EFA layer.

use super::{Script, apt_script};

/// Runs the installer in the current folder: its options. The plugin for NCCL is
/// taken out again, as the engines bring NCCL in their own versions. The
/// container has neither the host's kernel nor its limits.
const INSTALL: &str = "set -e
apt-get update
bash ./efa_installer.sh --yes --skip-kmod --skip-limit-conf \"$@\"
rm -rf /opt/amazon/aws-ofi-nccl
ldconfig";

/// Runs the installer.
pub(in crate::plan) fn install(args: impl IntoIterator<Item = String>) -> Script {
    apt_script("install-efa", INSTALL, args)
}
