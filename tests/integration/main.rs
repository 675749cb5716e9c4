//! The whole frontend against an in-memory daemon, and the binary itself over
//! pipes. One file per behaviour; `case` is the language they are written in.

mod base_image;
mod calls;
mod case;
mod command_line;
mod conformance;
mod contexts;
mod convert_llb;
mod daemons;
mod engines;
mod epoch;
mod errors;
mod examples;
mod family;
mod graph;
mod layers;
mod lint;
mod matrix;
mod measure;
mod named_contexts;
mod native;
mod odd;
mod options;
mod parameters;
mod platforms;
mod process;
mod processes;
mod remote_contexts;
mod rules;
mod sbom;
mod shown;
mod targets;
