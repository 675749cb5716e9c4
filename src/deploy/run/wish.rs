//! What a person asks of a container.

use crate::deploy::{Gpus, Network, Ulimit, Variable};

/// Where models of Hugging Face are kept on the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum HfCache {
    /// In the machine's own cache where a workspace is mounted; nowhere else.
    #[default]
    Unsaid,
    /// In the machine's own cache.
    Own,
    /// In this folder.
    At(String),
    /// Nowhere: the container downloads for itself.
    Never,
}

/// What a person asks of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// Its name.
    pub name: Option<String>,
    /// Its program.
    pub entrypoint: Option<String>,
    /// What the program is told.
    pub command: Vec<String>,
    /// Where it starts.
    pub working_dir: Option<String>,
    /// The account.
    pub user: Option<String>,
    /// GPUs; by default all of them for an image that computes on CUDA.
    pub gpus: Option<Gpus>,
    /// The runtime of a container with GPUs.
    pub runtime: Option<String>,
    /// The network.
    pub network: Network,
    /// Ports to publish.
    pub ports: Vec<String>,
    /// Variables.
    pub env: Vec<Variable>,
    /// Volumes, as Docker writes them.
    pub volumes: Vec<String>,
    /// Limits in the place of those that every container has.
    pub ulimits: Vec<Ulimit>,
    /// Whether the checkout is mounted as the workspace.
    pub mount_workspace: bool,
    /// Where models are kept.
    pub hf_cache: HfCache,
    /// Whether NIXL uses GDS, the direct path between storage and GPUs.
    pub nixl_gds: bool,
    /// Whether it has all rights and devices of the machine.
    pub privileged: bool,
}
