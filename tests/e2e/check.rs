//! What is found in a spec, as the client shows it: looked at without a build, and
//! at the end of one.

use std::fs;

use serde_json::Value;

use crate::engine::{Build, Door, Engine};

const WARNING: &str = "no source of this build begins with `https://nothing.example/`";
const PAGE: &str = "docs/rules/UnusedMirror.md";

/// A build of a spec with a value on line 9 that changes nothing.
fn warned(engine: &Engine) -> Build {
    let more = "labels: {a: b}\nmirrors: {https://nothing.example/: https://mirror.example/}\n";
    engine.build(engine.spec(more), Door::SyntaxLine)
}

#[test]
fn case_93_a_check_ends_well_when_it_finds_nothing_and_otherwise_only_if_told_so() {
    let engine = Engine::of_environment();
    let clean = engine.build(engine.spec(""), Door::SyntaxLine);
    let clean = clean.arg("--check").run().succeeds();
    clean.shows("Check complete, no warnings found.");
    let two = || warned(&engine).arg("--build-arg=UNDECLARED=1");
    let found = two().arg("--check").run().fails();
    found
        .shows("Check complete, 2 warnings have been found!")
        .shows("WARNING: UnknownBuildArg - https://")
        .shows("WARNING: UnusedMirror - https://")
        .shows(PAGE)
        .shows(WARNING)
        .shows("9 | >>> mirrors: ");
    let ignored = two().arg("--call=check,ignorestatus=true").run().succeeds();
    ignored.shows("2 warnings have been found!");
}

#[test]
fn case_94_a_check_of_broken_yaml_shows_the_mistake_and_asks_for_no_image() {
    let engine = Engine::of_environment();
    let spec = "# syntax=nvidia/dynamo-frontend:1\nframework: dynamo\nuser: {name: [x}\n";
    engine
        .build(spec, Door::SyntaxLine)
        .arg("--check")
        .run()
        .fails()
        .shows("dynamo.yaml:3:")
        .shows("3 | >>> user: {name: [x}")
        .hides("[internal] load metadata for");
}

#[test]
fn case_95_a_build_shows_its_warnings_with_their_lines_and_pages() {
    let engine = Engine::of_environment();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("metadata.json");
    let metadata = format!("--metadata-file={}", file.display());
    warned(&engine)
        .debug()
        .variable("BUILDX_METADATA_WARNINGS", "1")
        .arg(&metadata)
        .run()
        .succeeds()
        .shows("1 warning found")
        .shows(&format!("UnusedMirror: {WARNING} (line 9)"))
        .shows(PAGE)
        .shows("9 | >>> mirrors: ");
    let metadata = fs::read(&file).expect("the metadata file");
    let metadata: Value = serde_json::from_slice(&metadata).expect("JSON");
    let warnings = &metadata["buildx.build.warnings"];
    assert_eq!(warnings.as_array().map(Vec::len), Some(1), "{warnings}");
    assert_eq!(warnings[0]["range"][0]["start"]["line"], 9);
}

#[test]
fn case_96_warnings_are_skipped_or_end_the_build_as_the_user_wants() {
    let engine = Engine::of_environment();
    let setting = |words: &str| format!("--build-arg=BUILDKIT_DOCKERFILE_CHECK={words}");
    let silent = warned(&engine).arg(&setting("skip=all")).run().succeeds();
    silent.hides("UnusedMirror");
    let strict = warned(&engine).arg(&setting("error=true")).run().fails();
    strict
        .shows("lint violation found for rules: UnusedMirror")
        .shows("9 | >>> mirrors: ")
        .hides("[internal] load metadata for");
    // The loader reads the argument before we do, and leaves the directive alone.
    let spec = engine
        .spec("")
        .replace("framework:", "# check=silence=all\nframework:");
    let wrong = engine.build(spec, Door::SyntaxLine).run().fails();
    wrong
        .shows("dynamo.yaml:2:9: `silence` is no option of `check`")
        .shows("2 | >>> # check=silence=all");
}

#[test]
fn a_secret_is_warned_of_with_its_line_and_nowhere_shown() {
    let engine = Engine::of_environment();
    let more =
        "env: {HF_TOKEN: correct-horse-battery}\ncheck: {experimental: [ImageWithoutDigest]}\n";
    let leaky = || engine.build(engine.spec(more), Door::SyntaxLine);
    let built = leaky().debug().run().succeeds();
    built
        .shows("3 warnings found")
        .shows(
            "SecretInConfig: the variable `HF_TOKEN` looks like a secret; \
             give it to the container instead: `docker run -e HF_TOKEN` (line 8)",
        )
        .shows("8 | >>> env: {HF_TOKEN: *********************}")
        .shows("ImageWithoutDigest: the image `")
        .hides("correct-horse");
    let check = leaky().arg("--check").run().fails();
    check
        .shows("WARNING: SecretInConfig - https://")
        .shows("WARNING: ImageWithoutDigest - https://")
        .shows("8 | >>> env: {HF_TOKEN: *********************}")
        .hides("correct-horse");
}

#[test]
fn case_101_the_client_decodes_every_finding_a_place_or_none() {
    let engine = Engine::of_environment();
    let call = "--call=check,format=json,ignorestatus=true";
    let check = warned(&engine).arg("--build-arg=UNDECLARED=1").arg(call);
    let shown = check.run().succeeds().progress;
    let begin = shown.find('{').expect("JSON");
    let mut values = serde_json::Deserializer::from_str(&shown[begin..]).into_iter();
    let answer: Value = values.next().expect("a value").expect("JSON");
    let warnings = answer["warnings"].as_array().expect("a list");
    assert_eq!(warnings.len(), 2);
    let index = |warning: &Value| warning["location"]["sourceIndex"].as_i64();
    let indexes: Vec<_> = warnings.iter().map(index).collect();
    assert_eq!(indexes, [Some(0), Some(-1)]);
    assert_eq!(answer["sources"][0]["filename"], "dynamo.yaml");
}
