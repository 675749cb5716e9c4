//! One file per component: what it needs, how it is built, what it leaves.

pub(super) mod account;
pub(super) mod apt;
pub(super) mod aws_sdk_cpp;
pub(super) mod compile;
pub(super) mod developer;
pub(super) mod dnf;
pub(super) mod download;
pub(super) mod ffmpeg;
pub(super) mod gdrcopy;
pub(super) mod gpu_memory_service;
pub(super) mod kvbm;
pub(super) mod libfabric;
pub(super) mod native;
pub(super) mod nixl;
pub(super) mod protoc;
pub(super) mod python;
pub(super) mod repository;
pub(super) mod rust;
pub(super) mod sccache;
pub(super) mod ucx;
pub(super) mod uv;
pub(super) mod wheels;
pub(super) mod workspace;
