//! A matrix of images out of one spec, as the file that `docker buildx bake` builds
//! it from.
//!
//! Owns what a matrix is made of, which version it is recorded as, where images and
//! caches go, and the file of all that. Pure: git, the spec's file and registries
//! are looked at by the command line.

mod cache;
mod check;
mod entry;
mod file;
mod matrix;
mod release;
mod text;
mod version;
mod web_address;

pub use cache::{Cache, WrongCache};
pub use entry::{Ask, Entry};
pub use file::{BakeFile, Recipe};
pub use matrix::{Axes, Combination, cuda_releases};
pub use version::{Basis, History, Version, WrongVersion};
pub use web_address::web_address;
