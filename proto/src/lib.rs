//! The wire contract of BuildKit, as far as a frontend speaks it.
//!
//! The messages and services are generated from the `.proto` files in `wire/`,
//! which restate names, numbers and types of the contract. On top of them stands
//! only [`canonical`]: the one byte order of an operation that every daemon
//! digests alike. Building graphs is the business of `buildkit-llb`, talking to a
//! daemon that of its callers; neither belongs here.
//!
//! The server half of the services is always generated, for doubles of the
//! daemon; the feature `server` adds tonic's server transport to run one.

#![forbid(unsafe_code)]

pub mod canonical;

/// The generated module tree, one module per part of a package name.
mod wire {
    #![allow(
        missing_docs,
        unreachable_pub,
        clippy::all,
        clippy::pedantic,
        rustdoc::invalid_html_tags,
        reason = "generated from the files in wire/"
    )]
    include!(concat!(env!("OUT_DIR"), "/wire.rs"));
}

/// File attributes: `fsutil.types`.
pub use wire::fsutil::types as fsutil;
/// Errors with details: `google.rpc`.
pub use wire::google::rpc;
/// Liveness of a gRPC server: `grpc.health.v1`.
pub use wire::grpc::health::v1 as health;
/// Capabilities of a daemon: `moby.buildkit.v1.apicaps`.
pub use wire::moby::buildkit::v1::apicaps;
/// The service between frontend and daemon: `moby.buildkit.v1.frontend`.
pub use wire::moby::buildkit::v1::frontend as gateway;
/// Rules that allow, deny or rewrite sources: `moby.buildkit.v1.sourcepolicy`.
pub use wire::moby::buildkit::v1::sourcepolicy;
/// Workers of a daemon: `moby.buildkit.v1.types`.
pub use wire::moby::buildkit::v1::types;
/// LLB operations, definitions, metadata and source maps: `pb`.
pub use wire::pb;

/// The description of the package `pb`, an encoded `FileDescriptorSet`: for
/// those who write its messages in another form.
pub const PB_DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pb.bin"));
