//! The frontend's image as the command line: `docker run` with a folder of the user
//! mounted into it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::engine::text;

const CLEAN: &str = "framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n";
const WRONG: &str = "framewrok: dynamo\n";

/// A folder that this machine and the engine both see.
struct Folder {
    folder: TempDir,
    /// How the engine calls it.
    inside: String,
}

impl Folder {
    /// One with this spec in it, if any.
    fn with(spec: Option<&str>) -> Self {
        let shared = std::env::var("SHARED_FOLDER");
        let folder = match &shared {
            // An engine in a root of its own sees one folder of this machine.
            Ok(names) => TempDir::new_in(names.split(':').next().unwrap_or_default()),
            Err(_) => tempfile::tempdir(),
        };
        let folder = folder.expect("a folder");
        let name = folder.path().file_name().expect("a name").to_string_lossy();
        let inside = match &shared {
            Ok(names) => format!("{}/{name}", names.split(':').nth(1).unwrap_or_default()),
            Err(_) => folder.path().display().to_string(),
        };
        if let Some(spec) = spec {
            fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
        }
        Self { folder, inside }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `docker run --rm -v "$PWD:/w" OPTIONS nvidia/dynamo-frontend ARGUMENTS`
    fn run(&self, options: &[&str], arguments: &[&str]) -> Output {
        let frontend = std::env::var("FRONTEND_IMAGE").expect("set by `cargo xtask e2e`");
        let mut docker = Command::new("docker");
        docker.args(["run", "--rm", "-v", &format!("{}:/w", self.inside)]);
        docker.args(options).arg(frontend).args(arguments);
        docker.output().expect("docker runs")
    }
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_spec_in_a_mounted_folder_is_checked_and_the_exit_code_tells() {
    for (spec, arguments, code, told) in [
        (CLEAN, &["check", "-f", "/w/dynamo.yaml"][..], 0, ""),
        (
            WRONG,
            &["check", "-f", "/w/dynamo.yaml"],
            1,
            "did you mean `framework`?",
        ),
        (CLEAN, &["check", "-f", "/w/none.yaml"], 2, "/w/none.yaml"),
        (CLEAN, &["chekc"], 2, "check"),
    ] {
        let output = Folder::with(Some(spec)).run(&[], arguments);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(told), "{said}");
    }
}

#[test]
fn in_the_mounted_folder_findings_name_files_as_the_repository_does() {
    let folder = Folder::with(Some(WRONG));
    let github = folder.run(&["-w", "/w"], &["check", "--format", "github"]);
    let printed = printed(&github);
    assert!(
        printed.starts_with("::error file=dynamo.yaml,line=1,"),
        "{printed}"
    );
    assert_eq!(github.status.code(), Some(1));
}

#[test]
fn what_init_writes_belongs_to_who_asked_and_is_in_order() {
    let folder = Folder::with(None);
    // The folder is that user's own, as a home is.
    std::os::unix::fs::chown(folder.path(), Some(1234), Some(5678)).expect("root may");
    let user = ["--user", "1234:5678", "-w", "/w"];
    let written = folder.run(&user, &["init", "--framework", "vllm"]);
    assert!(written.status.success(), "{}", text(&written));
    let file = fs::metadata(folder.path().join("dynamo.yaml")).expect("a file");
    assert_eq!((file.uid(), file.gid()), (1234, 5678));
    let checked = folder.run(&user, &["check"]);
    assert!(checked.status.success(), "{}", text(&checked));
    let again = folder.run(&user, &["init"]);
    assert_eq!(again.status.code(), Some(2), "{}", text(&again));
}

#[test]
fn colours_are_for_terminals() {
    let folder = Folder::with(Some(WRONG));
    let coloured = |options: &[&str]| {
        let output = folder.run(options, &["check", "-f", "/w/dynamo.yaml"]);
        printed(&output).contains('\u{1b}')
    };
    assert!(coloured(&["-t"]));
    assert!(!coloured(&[]));
    assert!(!coloured(&["-t", "-e", "NO_COLOR=1"]));
}

#[test]
fn a_spec_on_standard_input_needs_no_mount() {
    let folder = Folder::with(Some(WRONG));
    let input = fs::File::open(folder.path().join("dynamo.yaml")).expect("the spec");
    let frontend = std::env::var("FRONTEND_IMAGE").expect("set by `cargo xtask e2e`");
    let mut docker = Command::new("docker");
    docker.args(["run", "--rm", "-i", &frontend, "check", "-f", "-"]);
    let output = docker.stdin(input).output().expect("docker runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
}

#[test]
fn the_manual_page_comes_out_of_the_image() {
    let page = printed(&Folder::with(None).run(&[], &["man"]));
    assert!(page.contains(".TH dynamo-frontend 1"), "{page}");
}

#[test]
fn without_a_command_and_without_buildkit_the_image_says_what_it_is() {
    let output = Folder::with(None).run(&[], &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output);
    assert!(said.contains("BuildKit did not start this"), "{said}");
}
