//! What an image says about itself: references and the OCI image config.
//!
//! Owns the types and their text forms. It must not do I/O, know about LLB or
//! talk to a daemon: bytes come in from `gateway`, values go out to `emit`.

pub mod config;
pub mod container;
pub mod env;
pub mod epoch;
pub mod healthcheck;
pub mod history;
mod json;
pub mod port;
pub mod reference;
pub mod signal;

pub use config::{ImageConfig, ImageConfigError, RootFs};
pub use container::ContainerConfig;
pub use env::Env;
pub use epoch::Epoch;
pub use healthcheck::Healthcheck;
pub use history::History;
pub use port::{Port, PortError, Protocol};
pub use reference::{Reference, ReferenceError};
pub use signal::{StopSignal, StopSignalError};

#[cfg(test)]
mod tests;
