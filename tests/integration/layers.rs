//! The direction of dependencies: a pass uses earlier ones only.

use std::fs;
use std::path::Path;

/// The folders of `src` from the first to the last pass. What is not listed
/// may use all of them.
const ORDER: [&str; 13] = [
    "diagnostic",
    "image",
    "spec",
    "catalog",
    "check",
    "schema",
    "reference",
    "plan",
    "deploy",
    "starter",
    "emit",
    "pipeline",
    "gateway",
];

#[test]
fn a_pass_uses_earlier_ones_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (index, pass) in ORDER.iter().enumerate() {
        let later = &ORDER[index + 1..];
        for file in rust_files(&source.join(pass))
            .into_iter()
            .chain(single(&source, pass))
        {
            let text = fs::read_to_string(&file).expect("a readable file");
            for name in later.iter().chain(&["cli"]) {
                let import = format!("crate::{name}");
                assert!(
                    !text.contains(&import),
                    "{} uses `{import}`",
                    file.display()
                );
            }
        }
    }
}

fn single(source: &Path, pass: &str) -> Option<std::path::PathBuf> {
    Some(source.join(format!("{pass}.rs"))).filter(|file| file.exists())
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_stem().is_some_and(|name| name != "tests")
        {
            files.push(path);
        }
    }
    files
}
