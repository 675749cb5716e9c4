//! End-to-end tests: the frontend image in a real Docker Engine, fed by a real
//! registry and real packages. `cargo xtask e2e` brings all of it up and runs
//! these.
//!
//! One file per behaviour; a test is named by what it shows.

mod apt_repository;
mod arm64;
mod attestations;
mod built;
mod cache;
mod canary;
mod cancel;
mod check;
mod compose;
mod context;
mod development;
mod docs;
mod download;
mod engine;
mod engines;
mod epp;
mod errors;
mod extend;
mod failing_step;
mod frontend;
mod frontend_image;
mod git;
mod git_mirror;
mod git_source;
mod go;
mod hello;
mod history;
mod http;
mod image;
mod index;
mod layout;
mod mirror;
mod named_context;
mod native;
mod older_engines;
mod options;
mod other_engine;
mod packages;
mod private_index;
mod python_index;
mod registry;
mod releases;
mod remote_context;
mod reproducible;
mod run;
mod services;
mod shared_steps;
mod source_policy;
mod stand_ins;
mod trtllm;
mod vllm;
mod wheel;
