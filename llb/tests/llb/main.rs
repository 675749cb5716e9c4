//! The crate as its users see it.

mod capabilities;
mod chains;
mod golden;
mod imports;
mod metadata;
mod properties;
mod text;
mod wire_rules;

use buildkit_llb::{
    CapSet, Definition, Exec, Graph, Image, MarshalOptions, Marshalled, Output, Platform, marshal,
};

fn options() -> MarshalOptions {
    MarshalOptions::new(Platform::new("linux", "amd64")).session("SESSIONID")
}

fn base() -> Output {
    Image::new("docker.io/library/debian:12").output()
}

/// A step on the base, named `step`.
fn step() -> Exec {
    Exec::shell("true").root(&base()).name("step")
}

#[track_caller]
fn definition(output: &Output) -> Definition {
    marshal(output, &options())
        .expect("the graph is valid")
        .definition
}

#[track_caller]
fn graph(output: &Output) -> Graph {
    decode(&definition(output))
}

#[track_caller]
fn decode(definition: &Definition) -> Graph {
    Graph::decode(definition).expect("what we encode can be decoded")
}

/// Marshals for a daemon of release 0.`minor`.
fn for_release(output: &Output, minor: u32) -> Result<Marshalled, buildkit_llb::MarshalError> {
    marshal(output, &options().caps(CapSet::of_release(minor)))
}
