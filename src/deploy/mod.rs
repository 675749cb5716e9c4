//! What comes after the build: the image of a spec as a container, a service, an
//! entry of a matrix.
//!
//! Owns what an image is called and what a container of it gets, so that the
//! commands that deploy it agree with each other and with the plan. Pure: what a
//! machine has is asked by the command line and given to it.

mod bake;
mod built;
pub mod compose;
mod container;
mod docker_run;
mod gpu;
mod image_name;
mod limits;
mod matrix;
mod place;
mod release;
mod run_image;
mod shell;
mod version;
mod web_address;
mod wish;

pub use bake::{Ask, BakeFile, Entry, Recipe};
pub use built::Built;
pub use container::{Container, HF_HOME, HF_TOKEN, Mount, Network, PTRACE, Variable, WORKSPACE};
pub use docker_run::{Start, docker_run, machine_arguments, mount_option};
pub use gpu::{GpuAccess, GpuRequest, Gpus, NoGpuAccess};
pub use image_name::{ImageName, LATEST, REPOSITORY};
pub use limits::{IPC, SHM_SIZE, ULIMITS, Ulimit};
pub use matrix::{Axes, Combination, cuda_releases};
pub use place::{Cache, Repository, WrongCache, WrongRegistry};
pub use run_image::RunImage;
pub use shell::{command_line, shell_word};
pub use version::{Basis, History, Version, WrongVersion};
pub use web_address::web_address;
pub use wish::{HfCache, Host, Prepared, SHARED, Wish};
