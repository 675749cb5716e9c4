//! A matrix of images out of one spec, as the file that `docker buildx bake` builds
//! it from.
//!
//! Owns what a matrix is made of, which version it is recorded as, where images and
//! caches go, the file of all that, how it is built image by image, and the report of
//! it. Pure: git, the spec's file and registries are looked at, and processes
//! started, by the command line.

mod cache;
mod call;
mod check;
mod entry;
mod file;
mod job;
mod lacking;
mod left_out;
mod matrix;
mod progress;
mod release;
mod report;
mod text;
mod version;
mod web_address;

pub use cache::{Cache, WrongCache};
pub use call::{Call, Delivery, Record, STDIN, UNASKED};
pub use entry::{Ask, Entry};
pub use file::{BakeFile, Recipe};
pub use job::{Build, Job, Kind, UnknownBuild};
pub use lacking::lacking;
pub use left_out::LeftOut;
pub use matrix::{Axes, Combination, cuda_releases};
pub use progress::{Failure, has_begun};
pub use report::{BuildReport, Outcome, Report};
pub use version::{Basis, History, Version, WrongVersion};
pub use web_address::web_address;
