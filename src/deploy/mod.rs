//! What comes after the build: the image of a spec as a container, a service, an
//! entry of a matrix.
//!
//! Owns what an image is called and what a container of it gets, so that the
//! commands that deploy it agree with each other and with the plan. What one command
//! alone has is in the module of its name: `run`, `compose`, `bake`, `devcontainer`.
//! Pure: what a machine has is asked by the command line and given to it.

pub mod bake;
mod built;
pub mod compose;
mod container;
mod csv;
mod devcontainer;
mod docker_run;
mod gpu;
mod image_name;
mod inputs;
mod limits;
mod needs;
mod repository;
pub mod run;
mod shell;

pub use built::Built;
pub use container::{Container, HF_HOME, HF_TOKEN, Mount, Network, PTRACE, Variable, WORKSPACE};
pub use devcontainer::DevContainer;
pub use docker_run::{Start, docker_run, machine_arguments, mount_option};
pub use gpu::{GpuAccess, GpuRequest, Gpus, NoGpuAccess};
pub use image_name::{ImageName, LATEST, REPOSITORY};
pub use inputs::{Inputs, SecretSource, WrongInput};
pub use limits::{IPC, SHM_SIZE, ULIMITS, Ulimit};
pub use needs::Needs;
pub use repository::{Repository, WrongRepository};
pub use shell::{command_line, shell_word};
