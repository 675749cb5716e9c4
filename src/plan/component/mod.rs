//! One file per component: what it needs, how it is built, what it leaves.

pub(super) mod account;
pub(super) mod apt;
pub(super) mod apt_repository;
pub(super) mod cuda;
pub(super) mod developer;
pub(super) mod dnf;
pub(super) mod download;
pub(super) mod environment_layers;
pub(super) mod launch_screen;
pub(super) mod legal;
pub(super) mod modelexpress;
pub(super) mod native;
pub(super) mod python;
pub(super) mod repository;
pub(super) mod requirements;
pub(super) mod rust;
pub(super) mod trtllm_wheel;
pub(super) mod uv;
pub(super) mod wheels;
pub(super) mod workspace;
