//! The tests whose names begin with the numbers of cases: `case_57_58_…`.

use std::fs;
use std::path::Path;

/// Where tests are. What is under `tests/fixtures` is not this project's.
const FOLDERS: [&str; 4] = ["tests", "src", "llb", "proto"];
const FOREIGN: &str = "tests/fixtures";
/// Tests that need an engine.
const ENGINE: &str = "tests/e2e/";

/// A test that shows cases.
pub(super) struct Test {
    /// Its file, from the repository's root.
    pub(super) file: String,
    pub(super) name: String,
    pub(super) numbers: Vec<u32>,
    pub(super) runs: Runs,
}

/// What a test runs on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Runs {
    InMemory,
    Engine,
    /// On an engine too, and only where the slow tests are asked for.
    EngineSlowly,
}

impl Test {
    /// All of them, by file and in the order in which they stand there.
    pub(super) fn all_below(root: &Path) -> Vec<Self> {
        let mut files = Vec::new();
        for folder in FOLDERS {
            rust_files(root, folder, &mut files);
        }
        files.sort();
        let read = |file: &String| fs::read_to_string(root.join(file)).expect("a readable file");
        files
            .iter()
            .flat_map(|file| in_file(file, &read(file)))
            .collect()
    }

    /// Its name as the sentence that it is.
    pub(super) fn sentence(&self) -> String {
        let words = self.name.split('_').skip(1 + self.numbers.len());
        words.collect::<Vec<_>>().join(" ")
    }
}

fn rust_files(root: &Path, folder: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(folder)).expect("a readable folder") {
        let entry = entry.expect("an entry");
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() && path != FOREIGN {
            rust_files(root, &path, files);
        } else if entry.path().extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
}

/// Reads line by line: attributes, and the function that they belong to.
fn in_file(file: &str, text: &str) -> Vec<Test> {
    let mut found = Vec::new();
    let (mut is_test, mut is_slow) = (false, false);
    for line in text.lines().map(str::trim) {
        is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        is_slow |= line.starts_with("#[ignore");
        let Some(name) = function(line) else { continue };
        let numbers = numbers(name);
        if !numbers.is_empty() {
            assert!(is_test, "{file}: {name} is named as a test and is none");
            found.push(Test {
                file: file.to_owned(),
                name: name.to_owned(),
                numbers,
                runs: match (file.starts_with(ENGINE), is_slow) {
                    (true, true) => Runs::EngineSlowly,
                    (true, false) => Runs::Engine,
                    (false, _) => Runs::InMemory,
                },
            });
        }
        (is_test, is_slow) = (false, false);
    }
    found
}

/// The name of the function that begins in this line.
fn function(line: &str) -> Option<&str> {
    let line = line.strip_prefix("async ").unwrap_or(line);
    let (name, _) = line.strip_prefix("fn ")?.split_once('(')?;
    Some(name)
}

fn numbers(name: &str) -> Vec<u32> {
    let Some(rest) = name.strip_prefix("case_") else {
        return Vec::new();
    };
    rest.split('_')
        .map_while(|word| word.parse().ok())
        .collect()
}
