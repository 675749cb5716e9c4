//! The daemon's side of a build.
//!
//! Owns everything that `BuildKit` says and hears: its environment, its options,
//! its calls, its errors and the one answer it gets. What to build is decided
//! elsewhere; nothing here knows what a spec means.

pub mod bridge;
mod build;
pub mod caps;
mod channel;
mod container;
mod convert_llb;
#[cfg(feature = "double")]
pub mod double;
mod dropped;
pub mod environment;
mod epoch;
pub mod errdefs;
pub mod error;
mod excludes;
mod fetches;
pub mod findings;
pub mod frontend;
pub mod grpc;
mod image_checks;
mod images;
mod input_metadata;
mod installs;
mod magic;
mod main_context;
mod missing;
mod named_contexts;
mod near;
mod no_cache;
mod on_build;
pub mod options;
mod outline;
mod parameters;
mod platforms;
mod requests;
pub mod resolver;
pub mod result;
mod sbom;
pub mod serve;
pub mod spec_source;
pub mod stdio;
pub mod subrequest;
mod table;
mod targets;
mod warnings;

pub use bridge::{Bridge, BridgeError, Ref};
pub use caps::Caps;
pub use environment::{Environment, is_gateway_start};
pub use error::FrontendError;
pub use grpc::GrpcBridge;
pub use options::Options;
pub use result::Reply;
pub use serve::{Request, run, serve};

#[cfg(all(test, feature = "double"))]
mod tests;
