//! What the machine has, as far as it decides what a container gets.

use crate::deploy::GpuAccess;

/// Folders of the machine that are mounted beside a workspace: test data and
/// sockets are kept there.
pub const SHARED: [&str; 2] = ["/tmp", "/mnt"];

/// What the machine has, as far as it decides what a container gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// By which way the engine gives GPUs to containers.
    pub gpus: GpuAccess,
    /// The number of the group `render`.
    pub render_group: Option<u32>,
    /// The cache of Hugging Face of whoever starts the container.
    pub hf_cache: Option<String>,
    /// The checkout that the spec belongs to.
    pub workspace: String,
    /// Uid and gid that the checkout belongs to.
    pub workspace_owner: Option<(u32, u32)>,
    /// Which of [`SHARED`] there are.
    pub shared: Vec<String>,
}
