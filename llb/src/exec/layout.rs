//! The order of mounts on the wire, and the numbers of the outputs that follow from it.

use crate::caps::{self, CapSet};
use crate::exec::mount::{MountKind, SealedMount};

/// The mounts of one step as one daemon gets them.
pub(crate) struct Layout {
    /// Positions of the mounts, sorted by path; dropped mounts are left out.
    pub(super) order: Vec<usize>,
    /// Output index by position of the mount.
    outputs: Vec<Option<usize>>,
}

impl Layout {
    pub(crate) fn new(mounts: &[SealedMount], caps: Option<&CapSet>) -> Self {
        let lacks = |cap| caps.is_some_and(|caps| !caps.supports(cap));
        let mut order: Vec<usize> = (0..mounts.len()).collect();
        order.retain(|at| match mounts[*at].kind {
            MountKind::SharedMemory { .. } => !lacks(caps::EXEC_MOUNT_TMPFS_SIZE),
            _ => true,
        });
        order.sort_by(|a, b| mounts[*a].dest.as_bytes().cmp(mounts[*b].dest.as_bytes()));

        let keeps = lacks(caps::EXEC_MOUNT_BIND_READ_WRITE_NO_OUTPUT);
        let mut outputs = vec![None; mounts.len()];
        let leaving = order.iter().filter(|at| match mounts[**at].kind {
            MountKind::Writable => true,
            MountKind::Discarded => keeps,
            _ => false,
        });
        for (index, at) in leaving.enumerate() {
            outputs[*at] = Some(index);
        }
        Self { order, outputs }
    }

    /// The number of the output a mount leaves.
    pub(crate) fn output(&self, mount: usize) -> Option<usize> {
        self.outputs[mount]
    }
}
