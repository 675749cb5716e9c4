//! Tells cargo that the catalog is part of the program: `include_dir` reads the
//! folder when it is compiled, and cargo alone would not notice a new file in it.

fn main() {
    println!("cargo::rerun-if-changed=specs");
}
