//! What an image says about itself: references and the OCI image config.
//!
//! Owns the types and their text forms. It must not do I/O, know about LLB or
//! talk to a daemon: bytes come in from `gateway`, values go out to `emit`.

pub mod config;
pub mod container;
pub mod env;
pub mod healthcheck;
pub mod history;
mod json;
pub mod reference;

pub use config::{ImageConfig, ImageConfigError, RootFs};
pub use container::ContainerConfig;
pub use env::Env;
pub use healthcheck::Healthcheck;
pub use history::History;
pub use reference::{Reference, ReferenceError};

#[cfg(test)]
mod tests;
