//! A container of an image: what it gets, however it is started.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use super::built::Built;
use super::gpu::GpuRequest;
use super::limits::{IPC, SHM_SIZE, ULIMITS, Ulimit};

/// The capability that lets debuggers and profilers look into other processes.
pub const PTRACE: &str = "CAP_SYS_PTRACE";
/// The variable with the token of Hugging Face. Only its name is ever written.
pub const HF_TOKEN: &str = "HF_TOKEN";
/// The variable that says where models are kept.
pub const HF_HOME: &str = "HF_HOME";
/// Where images have the sources, and where a checkout is mounted.
pub const WORKSPACE: &str = "/workspace";

/// A container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its image.
    pub image: String,
    /// Its own name.
    pub name: Option<String>,
    /// Its program, where it is not the image's.
    pub entrypoint: Option<String>,
    /// The arguments of that program, where they are not the image's.
    pub command: Vec<String>,
    /// Where it starts, if elsewhere than its image says.
    pub working_dir: Option<String>,
    /// The account, if another than its image's.
    pub user: Option<String>,
    /// Groups that the account is in besides.
    pub groups: Vec<String>,
    /// Variables, in order.
    pub env: Vec<Variable>,
    /// What is mounted, in order.
    pub mounts: Vec<Mount>,
    /// The network.
    pub network: Network,
    /// Ports that are published, as Docker writes them.
    pub ports: Vec<String>,
    /// Whose shared memory and semaphores it has.
    pub ipc: String,
    /// The size of `/dev/shm`, where that is its own.
    pub shm_size: String,
    /// Limits of its processes.
    pub ulimits: Vec<Ulimit>,
    /// Capabilities besides the usual ones.
    pub capabilities: Vec<String>,
    /// Devices of the machine.
    pub devices: Vec<String>,
    /// GPUs of NVIDIA.
    pub gpus: GpuRequest,
    /// Whether it has all rights and devices of the machine.
    pub privileged: bool,
}

impl Container {
    /// What every container of an image gets.
    pub fn new(image: impl Into<String>) -> Self {
        Self {
            image: image.into(),
            name: None,
            entrypoint: None,
            command: Vec::new(),
            working_dir: None,
            user: None,
            groups: Vec::new(),
            env: Vec::new(),
            mounts: Vec::new(),
            network: Network::default(),
            ports: Vec::new(),
            ipc: IPC.to_owned(),
            shm_size: SHM_SIZE.to_owned(),
            ulimits: ULIMITS.to_vec(),
            capabilities: vec![PTRACE.to_owned()],
            devices: Vec::new(),
            gpus: GpuRequest::default(),
            privileged: false,
        }
    }

    /// The same of a spec's image, under the name of its last build.
    pub fn of(built: &Built) -> Self {
        Self::new(&built.image)
    }
}

/// A variable of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    /// With this value.
    Set(String, String),
    /// With the value it has where the container is started, if any.
    Inherited(String),
}

impl Variable {
    /// Reads `NAME=value`, or the name alone.
    pub fn read(text: &str) -> Self {
        match text.split_once('=') {
            Some((name, value)) => Self::Set(name.to_owned(), value.to_owned()),
            None => Self::Inherited(text.to_owned()),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        let (Self::Set(name, _) | Self::Inherited(name)) = self;
        name
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(name, value) => write!(f, "{name}={value}"),
            Self::Inherited(name) => f.write_str(name),
        }
    }
}

/// What is mounted into a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mount {
    /// A folder or file of the machine.
    Bind {
        /// Where it is there.
        source: String,
        /// Where it is mounted.
        target: String,
        /// Whether nothing can be changed in it.
        read_only: bool,
    },
    /// A volume that the engine keeps under a name.
    Volume {
        /// Its name.
        name: String,
        /// Where it is mounted.
        target: String,
    },
    /// As the user wrote it for Docker's option `-v`.
    Written(String),
}

impl Mount {
    /// A folder that can be written to.
    pub fn bind(source: impl Into<String>, target: impl Into<String>) -> Self {
        Self::Bind {
            source: source.into(),
            target: target.into(),
            read_only: false,
        }
    }
}

/// The network of a container.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Network {
    /// The machine's own: ports need not be published.
    #[default]
    Host,
    /// The engine's default bridge.
    Bridge,
    /// None.
    None,
    /// That of another container.
    Container(String),
    /// One that the user made.
    Named(String),
}

impl FromStr for Network {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "host" => Self::Host,
            "bridge" => Self::Bridge,
            "none" => Self::None,
            _ => match text.strip_prefix("container:") {
                Some(name) => Self::Container(name.to_owned()),
                None => Self::Named(text.to_owned()),
            },
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("host"),
            Self::Bridge => f.write_str("bridge"),
            Self::None => f.write_str("none"),
            Self::Container(name) => write!(f, "container:{name}"),
            Self::Named(name) => f.write_str(name),
        }
    }
}
