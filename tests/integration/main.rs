//! The whole frontend against an in-memory daemon, and the binary itself over
//! pipes. One file per behaviour; `case` is the language they are written in.

mod calls;
mod case;
mod command_line;
mod conformance;
mod contexts;
mod convert_llb;
mod daemons;
mod drawing;
mod engines;
mod errors;
mod examples;
mod family;
mod graph;
mod layers;
mod matrix;
mod measure;
mod native;
mod options;
mod parameters;
mod platforms;
mod process;
mod processes;
mod rules;
mod schema;
mod targets;
