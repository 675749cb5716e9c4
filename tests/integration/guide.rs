//! What the README, the guide and the examples of CONTRIBUTING say is run: every
//! spec is checked, every call of the command line is made.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dynamo_frontend::diagnostic::{Screen, to_terminal};
use dynamo_frontend::pipeline;
use dynamo_frontend::spec::{Architecture, Input};

use crate::case::MINIMAL;

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");

/// The pages whose specs are whole ones.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(root.join("docs/guide")).expect("a guide");
    let guide = entries.map(|entry| entry.expect("an entry").path());
    let mut pages: Vec<PathBuf> = guide.collect();
    pages.sort();
    assert!(pages.len() > 5, "{pages:?}");
    pages.push(root.join("README.md"));
    pages.push(root.join("CONTRIBUTING.md"));
    pages
}

/// The fenced blocks of a page that begin with this word and no other.
fn blocks(page: &Path, language: &str) -> Vec<String> {
    let text = fs::read_to_string(page).expect("a readable page");
    let fence = format!("```{language}\n");
    let parts = text.split(&fence).skip(1);
    parts
        .map(|part| part.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn every_spec_of_the_guide_is_in_order() {
    let mut checked = 0;
    for page in pages() {
        for spec in blocks(&page, "yaml") {
            let is_comment = |line: &str| line.is_empty() || line.starts_with('#');
            if spec.lines().all(is_comment) {
                continue; // The first lines of any spec.
            }
            let input = Input {
                name: "dynamo.yaml",
                bytes: spec.as_bytes(),
                build_args: &BTreeMap::from([
                    ("user.uid".to_owned(), "1000".to_owned()),
                    ("user.gid".to_owned(), "1000".to_owned()),
                ]),
                target: None,
            };
            let outcome = pipeline::plan(input, &[Architecture::Amd64]).expect("a catalog");
            let errors = outcome.diagnostics.errors();
            let drawn = to_terminal(&errors, &outcome.sources, Screen::FILE);
            assert!(errors.is_empty(), "{}:\n{spec}\n{drawn}", page.display());
            checked += 1;
        }
    }
    assert!(checked > 7, "only {checked} specs");
}

/// The words of a command up to what a shell does with its output.
fn words(command: &str) -> Vec<String> {
    let own = command.split(['|', '>']).next().unwrap_or_default();
    own.split_whitespace()
        .map(|word| word.trim_matches(['\'', '"']).to_owned())
        .take_while(|word| !word.starts_with('#') && word != "&&")
        .collect()
}

/// Makes a folder a checkout with one commit, whose version a matrix has.
fn commit(folder: &Path) {
    for arguments in [
        &["init", "--quiet"] as &[&str],
        &["commit", "--quiet", "--allow-empty", "--message=all"],
    ] {
        let git = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(folder)
            .status();
        assert!(git.expect("git runs").success(), "{arguments:?}");
    }
}

#[test]
fn every_call_of_the_command_line_is_one_it_takes() {
    let mut made = 0;
    for page in pages() {
        for block in blocks(&page, "console") {
            let joined = block.replace("\\\n", " ");
            let calls = joined
                .lines()
                .filter_map(|line| line.strip_prefix("$ dynamo-frontend "));
            for call in calls {
                let folder = tempfile::tempdir().expect("a temporary folder");
                // A spec is begun where there is none.
                let begun = call.starts_with("init");
                for name in ["dynamo.yaml", "old.yaml"].iter().filter(|_| !begun) {
                    fs::write(folder.path().join(name), MINIMAL).expect("a written spec");
                }
                let mut line = words(call);
                if line.contains(&"--build".to_owned()) && call.starts_with("bake") {
                    // Nothing is built, whatever a page says.
                    line.insert(1, "--dry-run".to_owned());
                }
                let mut command = Command::new(BINARY);
                command.args(line).current_dir(folder.path());
                if call.starts_with("bake") {
                    // Git is asked, and nothing else.
                    commit(folder.path());
                } else {
                    // Nothing is started, whatever a page says.
                    command.env("PATH", folder.path());
                }
                let output = command.output().expect("runs");
                let said = String::from_utf8_lossy(&output.stderr);
                // One that finds something is right; one that is not understood is not.
                assert_ne!(
                    output.status.code(),
                    Some(2),
                    "{}: {call}: {said}",
                    page.display()
                );
                made += 1;
            }
        }
    }
    assert!(made > 5, "only {made} calls");
}
