//! Specs and build contexts that are no directory of the client.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::engine::{Build, Door, Engine, docker, unique};
use crate::git_mirror::Repository;
use crate::mirror::Mirror;
use crate::turn::Alone;

/// What the spec takes from the build context.
const REQUIREMENTS: &str = "six==1.16.0\n";

/// A spec that takes a file from the build context.
fn spec(engine: &Engine) -> String {
    engine.spec(&format!(
        "packages: {{requirements: [more.txt]}}\nlabels: {{run: \"{}\"}}\n",
        unique()
    ))
}

/// Builds an image and fails the test unless it is made of that spec. Whether a
/// step is shown says nothing: an engine that has the result may not show its steps.
#[track_caller]
fn is_made_of(spec: &str, build: Build, tag: &str) {
    build
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds();
    let run = docker(&["inspect", "--format", "{{.Config.Labels.run}}", tag]);
    assert!(spec.contains(&format!("run: \"{run}\"")), "{run}");
}

/// A build of nothing that is in its own folder.
fn elsewhere(engine: &Engine, context: &str) -> Build {
    let build = engine.build("# the client's own, which nobody reads\n", Door::SyntaxLine);
    build.context(context)
}

/// A folder with a spec and what it takes, packed by a program.
fn packed(spec: &str, program: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written file");
    fs::write(folder.path().join("more.txt"), REQUIREMENTS).expect("a written file");
    let tar = Command::new("tar")
        .args(program)
        .args(["-cf", "-", "dynamo.yaml", "more.txt"])
        .current_dir(folder.path())
        .output()
        .expect("tar runs");
    assert!(tar.status.success(), "{tar:?}");
    tar.stdout
}

#[test]
fn case_55_spec_and_files_come_out_of_git() {
    let _alone = Alone::wait();
    let engine = Engine::of_environment();
    let spec = spec(&engine);
    // What no earlier build installed, so that the first one does.
    let requirements = format!("{REQUIREMENTS}# {}\n", unique());
    let files = [
        ("sub/dynamo.yaml", spec.as_str()),
        ("sub/more.txt", &requirements),
        ("more.txt", "no-such-package-anywhere==1\n"),
    ];
    let repository = Repository::of_files(&files, "v1");
    let repositories = BTreeMap::from([("/r".to_owned(), repository)]);
    let mirror = Mirror::with(BTreeMap::new(), repositories);
    let url = format!("{}/r.git", mirror.url());
    let tag = "e2e-git-context";
    elsewhere(&engine, &format!("{url}#v1:sub"))
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds()
        .shows("[internal] load git source http://")
        .shows("install the requirements of more.txt")
        .hides("transferring context");
    docker(&["run", "--rm", tag, "python", "-c", "import six"]);
    let query = elsewhere(&engine, &format!("{url}?tag=v1&subdir=sub"))
        .run()
        .succeeds();
    assert!(
        query
            .reruns("install the requirements of more.txt")
            .is_none()
    );
    elsewhere(&engine, &format!("{url}#nowhere:sub"))
        .run()
        .fails()
        .shows("nowhere");
}

#[test]
fn case_54_archives_of_every_kind_are_unpacked_and_a_plain_file_is_the_spec() {
    let engine = Engine::of_environment();
    let spec = spec(&engine);
    let kinds: [(&str, &[&str]); 5] = [
        ("/all.tar", &[]),
        ("/all.tar.gz", &["--gzip"]),
        ("/all.tar.bz2", &["--bzip2"]),
        ("/all.tar.xz", &["--xz"]),
        ("/all.tar.zst", &["--zstd"]),
    ];
    let mut files: BTreeMap<String, Vec<u8>> = kinds
        .iter()
        .map(|(path, program)| ((*path).to_owned(), packed(&spec, program)))
        .collect();
    files.insert("/specs/mine.yaml".to_owned(), engine.spec("").into_bytes());
    files.insert(
        "/specs/wrong.yaml".to_owned(),
        engine.spec("framewrok: x\n").into_bytes(),
    );
    let mirror = Mirror::of(files);
    let at = |path: &str| format!("{}{path}", mirror.url());
    for (path, _) in kinds {
        // Docker's own loader, which reads the first line, does not know zstd.
        let door = if path.ends_with("zst") {
            Door::BuildArg
        } else {
            Door::SyntaxLine
        };
        let build = engine.build("# nobody reads it\n", door).context(&at(path));
        is_made_of(&spec, build, "e2e-archive");
    }
    elsewhere(&engine, &at("/specs/mine.yaml")).run().succeeds();
    elsewhere(&engine, &at("/specs/wrong.yaml"))
        .run()
        .fails()
        .shows("wrong.yaml:")
        .shows("did you mean `framework`?");
}

#[test]
fn case_53_an_archive_on_standard_input_has_spec_and_files() {
    let engine = Engine::of_environment();
    let spec = spec(&engine);
    let build = elsewhere(&engine, "-").input(packed(&spec, &[]));
    is_made_of(&spec, build, "e2e-standard-input");
}

#[test]
fn case_52_a_spec_on_standard_input_takes_files_of_the_folder() {
    let engine = Engine::of_environment();
    let spec = spec(&engine);
    let build = engine
        .build("# nobody reads it\n", Door::SyntaxLine)
        .file("more.txt", REQUIREMENTS);
    // Of two `-f` the last counts.
    let build = build.arg("-f").arg("-").input(spec.as_str());
    is_made_of(&spec, build, "e2e-spec-on-input");
}
