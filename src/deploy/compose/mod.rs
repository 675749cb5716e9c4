//! The image of a spec as a Compose deployment: a frontend, backends, and the
//! servers that they find each other by.
//!
//! Owns what the services of a deployment are told. Pure: paths and models are
//! looked at by the command line.

mod backend;
mod deployment;
mod dialect;
mod file;
mod gpus;
mod health;
mod planes;
mod server;
mod service;
mod text;
mod version;
mod wish;
mod write;

pub use backend::Backend;
pub use dialect::{Dialect, OLDEST};
pub use file::{Build, File};
pub use planes::{EventPlane, Mode, RequestPlane, Router};
pub use version::Version;
pub use wish::{ASSUMED, Model, Refusal, Wish};
pub use write::{ENV_FILE, RENDER_GID, to_env_file, to_yaml};
