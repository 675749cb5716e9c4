//! The frontend's own image: what a builder pulls before its first build.

use std::fs;

use serde_json::Value;

use crate::engine::docker;

/// What a builder has to pull at most, in bytes.
const MOST: u64 = 10_000_000;
/// A program header that names a dynamic linker.
const INTERPRETER: u32 = 3;
/// A section that holds symbols.
const SYMBOLS: u32 = 2;

fn reference() -> String {
    std::env::var("FRONTEND_IMAGE").expect("set by `cargo xtask e2e`")
}

fn inspect(arguments: &[&str]) -> Value {
    let reference = reference();
    let inspect = ["buildx", "imagetools", "inspect", &reference];
    let text = docker(&[&inspect[..], arguments].concat());
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn case_4_the_image_says_what_the_frontend_can_and_that_it_needs_no_network() {
    let image = inspect(&["--format", "{{json .Image}}"]);
    let config = &image["config"];
    let labels = &config["Labels"];
    assert_eq!(labels["moby.buildkit.frontend.network.none"], "true");
    let capabilities = labels["moby.buildkit.frontend.caps"].as_str();
    let capabilities: Vec<&str> = capabilities.expect("text").split(',').collect();
    for name in ["inputs", "subrequests", "contexts", "gitquerystring"] {
        let name = format!("moby.buildkit.frontend.{name}");
        assert!(capabilities.contains(&&*name), "no {name}");
    }
    assert_eq!(config["Entrypoint"][0], "/dynamo-frontend");
    assert_eq!(image["os"], "linux");
}

#[test]
fn case_138_the_image_is_one_small_layer() {
    let manifest = inspect(&["--raw"]);
    let layers = manifest["layers"].as_array().expect("one manifest");
    let [layer] = layers.as_slice() else {
        panic!("one layer: {layers:?}")
    };
    let size = layer["size"].as_u64().expect("a size");
    assert!(size < MOST, "{size} bytes");
}

#[test]
fn case_138_the_program_is_linked_to_nothing_and_has_no_symbols() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("program");
    let container = docker(&["create", &reference()]);
    let from = format!("{container}:/dynamo-frontend");
    docker(&["cp", &from, &program.display().to_string()]);
    docker(&["rm", &container]);
    let elf = fs::read(&program).expect("a program");
    // Tables of a 64-bit ELF file, little-endian: where the place, the size of an
    // entry and the number of entries are, and where the kind is in an entry.
    let headers = kinds(&elf, 0x20, 0x36, 0);
    assert!(!headers.contains(&INTERPRETER), "{headers:?}");
    let sections = kinds(&elf, 0x28, 0x3a, 4);
    assert!(!sections.contains(&SYMBOLS), "{sections:?}");
    assert!(headers.len() > 2 && sections.len() > 2);
}

/// The kinds of the entries of a table.
fn kinds(elf: &[u8], place: usize, size: usize, kind: usize) -> Vec<u32> {
    let number = |at: usize, length: usize| {
        let bytes = elf[at..at + length].iter().rev();
        bytes.fold(0_usize, |number, byte| (number << 8) | usize::from(*byte))
    };
    let (start, each, count) = (number(place, 8), number(size, 2), number(size + 2, 2));
    let entry = |index: usize| number(start + index * each + kind, 4);
    let kinds = (0..count).map(entry);
    kinds
        .map(|kind| u32::try_from(kind).expect("four bytes"))
        .collect()
}
