//! What every container of Dynamo gets, however it is started: engines share
//! memory between processes, and lock what network cards write to.

/// A limit of a process, soft and hard alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ulimit {
    /// Its name, as Docker calls it.
    pub name: &'static str,
    /// Its value; -1 is none.
    pub value: i64,
}

/// The limits. A stack of 64 MiB is what the engines' libraries ask for.
pub const ULIMITS: [Ulimit; 3] = [
    Ulimit {
        name: "memlock",
        value: -1,
    },
    Ulimit {
        name: "stack",
        value: 67_108_864,
    },
    Ulimit {
        name: "nofile",
        value: 65_536,
    },
];

/// The size of `/dev/shm`.
pub const SHM_SIZE: &str = "10G";
/// Shared memory is the machine's, so that processes of several containers can
/// hand tensors to each other.
pub const IPC: &str = "host";
