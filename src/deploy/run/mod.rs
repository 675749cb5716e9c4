//! A container that a person starts by hand.
//!
//! Owns what it gets, by what the person asks, what its image is and what the
//! machine has; the machine is asked by the command line.

mod host;
mod image;
mod prepared;
mod wish;

pub use host::{Host, SHARED};
pub use image::RunImage;
pub use prepared::Prepared;
pub use wish::{HfCache, Wish};
