//! Compiles the restated wire contract in `wire/` without a `protoc` binary.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message;

/// Reaches every message through its imports, except health, which stands alone.
const ROOTS: [&str; 2] = ["gateway/service.proto", "common/health.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    let wire = Path::new(env!("CARGO_MANIFEST_DIR")).join("wire");
    println!("cargo::rerun-if-changed={}", wire.display());

    let descriptors = protox::compile(ROOTS, [&wire])?;
    let mut graph = descriptors.clone();
    graph.file.retain(|file| file.package() == "pb");
    for file in &mut graph.file {
        // The comments are most of a file, and of no use to a program.
        file.source_code_info = None;
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("pb.bin"), graph.encode_to_vec())?;
    tonic_prost_build::configure()
        // The transport is the caller's: pipes in production, memory in tests.
        .build_transport(false)
        // Map order reaches the bytes of operations and so their digests.
        .btree_map(".")
        // Encoded operations are handed around, never copied.
        .bytes(".pb.Definition.def")
        // The module tree, since packages refer to each other by their full path.
        .include_file("wire.rs")
        .compile_fds(descriptors)?;
    Ok(())
}
