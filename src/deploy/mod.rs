//! What comes after the build: the image of a spec as a container, a service, an
//! entry of a matrix.
//!
//! Owns what an image is called and what a container of it gets, so that the
//! commands that deploy it agree with each other and with the plan. Pure: what a
//! machine has is asked by the command line and given to it.

mod built;
mod image_name;
mod limits;
mod shell;

pub use built::Built;
pub use image_name::{ImageName, LATEST, REPOSITORY};
pub use limits::{IPC, SHM_SIZE, ULIMITS, Ulimit};
pub use shell::{command_line, shell_word};
