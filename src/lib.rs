//! The library behind the `dynamo-frontend` binary: a pipeline of passes, each
//! in its own folder, in the order of the data. A pass uses earlier ones only.

#![forbid(unsafe_code)]

pub mod catalog;
pub mod check;
pub mod cli;
pub mod deploy;
pub mod diagnostic;
pub mod emit;
pub mod gateway;
pub mod image;
pub mod pipeline;
pub mod plan;
pub mod reference;
pub mod schema;
pub mod spec;
pub mod starter;
