//! What is attached to an image: the list of what is in it, and how it was made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::built::Built;
use crate::engine::{Build, Door, Engine, unique};
use crate::layout::text;
use crate::mirror::{Mirror, archive, checksum};
use crate::other_engine::{CONTAINERD, OtherEngine};
use crate::turn::Alone;

const SPDX: &str = "https://spdx.dev/Document";
const PROVENANCE: &str = "https://slsa.dev/provenance/";
const NATS: &str = "v2.99.3";

/// A scanner by BuildKit's protocol: one statement for each tree, with the names at
/// the tree's root. It says what it is told.
const SCANNER: &str = r#"#!/bin/sh
set -eu
env | grep '^BUILDKIT_SCAN_' | sort
list() {
    packages=$(ls -A "$1" | sed 's/.*/{"name":"&"}/' | paste -s -d ,)
    printf '{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://spdx.dev/Document","predicate":{"spdxVersion":"SPDX-2.3","name":"%s","packages":[%s]}}' \
        "${1##*/}" "$packages" >"$BUILDKIT_SCAN_DESTINATION/${1##*/}.spdx.json"
}
list "$BUILDKIT_SCAN_SOURCE"
for extra in "${BUILDKIT_SCAN_SOURCE_EXTRAS:-/nothing}"/*; do
    if [ -e "$extra" ]; then list "$extra"; fi
done
"#;

/// Pushes the scanner; `command` is what its image starts.
fn scanner(engine: &Engine, name: &str, command: &str) -> String {
    let reference = Engine::pushed(name);
    let base = engine.base();
    Engine::dockerfile(&format!(
        "FROM {base}\nCOPY --chmod=755 scan /scan\n{command}\n"
    ))
    .file("scan", SCANNER)
    .arg("--push")
    .arg("--provenance=false")
    .arg(&format!("--tag={reference}"))
    .run()
    .succeeds();
    reference
}

/// The lines that a scanner wrote, and whether it ran at all.
fn scan(built: &Built) -> (Vec<String>, String) {
    let vertices = built.vertices();
    let found = vertices
        .iter()
        .find(|(_, (name, _))| name.contains("generating sbom using"));
    let (number, (_, end)) = found.expect("a scan");
    let begin = format!("#{number} ");
    let told = built.progress.lines().filter_map(|line| {
        let line = line.strip_prefix(&begin)?;
        let (_, said) = line.split_once("BUILDKIT_SCAN_")?;
        Some(said.to_owned())
    });
    (told.collect(), end.clone())
}

/// The names of trees that were listed, with those of what is in them.
fn lists(statements: &[Value]) -> BTreeMap<String, BTreeSet<String>> {
    let list = |statement: &Value| {
        let predicate = &statement["predicate"];
        let packages = predicate["packages"].as_array().expect("packages").iter();
        let names = packages.map(|one| text(&one["name"])).collect();
        (text(&predicate["name"]), names)
    };
    statements.iter().map(list).collect()
}

#[test]
#[ignore = "needs an engine that keeps images in containerd"]
fn case_110_an_image_has_one_list_and_those_of_what_else_is_asked_for() {
    let _alone = Alone::wait();
    let Some([containerd]) = OtherEngine::all([CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let scanner = scanner(&engine, "scanner", "ENTRYPOINT [\"/scan\"]");
    let spec = engine.spec("packages: {requirements: [more.txt]}\n");
    // What no scan before this one was told, so that it runs.
    let own = format!("OWN={}", unique());
    let build = |more: &[&str]| -> Build {
        let build = engine
            .build(&spec, Door::SyntaxLine)
            .file("more.txt", "six==1.16.0\n")
            .file("unused.txt", "not used by any step")
            .arg("--provenance=false")
            .arg(&format!("--sbom=generator={scanner},{own},APPLE=2"));
        more.iter()
            .fold(build, |build, argument| build.arg(argument))
    };
    let (first, image) = containerd.export(build(&[]), "");
    let (told, end) = scan(&first);
    assert_eq!(
        told,
        [
            "APPLE=2",
            "DESTINATION=/run/out/",
            own.as_str(),
            "SOURCE=/run/src/core/sbom",
        ]
    );
    assert!(end.starts_with("DONE "), "{end}");
    let found = lists(&image.statements(SPDX));
    assert_eq!(found.keys().collect::<Vec<_>>(), ["sbom"]);
    assert!(found["sbom"].contains("workspace"), "{found:?}");
    let (again, _) = containerd.export(build(&[]), "");
    assert_eq!(scan(&again).1, "CACHED", "{}", again.progress);

    let extras = [
        "--build-arg=BUILDKIT_SBOM_SCAN_CONTEXT=true",
        "--build-arg=BUILDKIT_SBOM_SCAN_STAGE=true",
    ];
    let (_, image) = containerd.export(build(&extras), "");
    let found = lists(&image.statements(SPDX));
    assert_eq!(found.keys().collect::<Vec<_>>(), ["sbom", "sbom-context"]);
    let context = &found["sbom-context"];
    for name in ["more.txt", "unused.txt"] {
        assert!(context.contains(name), "{context:?}");
    }
}

#[test]
#[ignore = "needs an engine that keeps images in containerd"]
fn case_112_a_scanner_without_a_command_fails_the_build() {
    let Some([containerd]) = OtherEngine::all([CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let idle = scanner(&engine, "idle-scanner", "ENTRYPOINT []\nCMD []");
    let build = engine
        .build(engine.spec(""), Door::SyntaxLine)
        .arg(&format!("--sbom=generator={idle}"))
        .arg("--output=type=cacheonly");
    containerd
        .own(build)
        .run()
        .fails()
        .shows("does not have cmd");
}

#[test]
#[ignore = "needs an engine that keeps images in containerd"]
fn case_113_the_provenance_names_what_was_used_and_nothing_else() {
    let Some([containerd]) = OtherEngine::all([CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let name = format!("nats-server-{NATS}-linux-{}", crate::engine::architecture());
    let own = unique().to_string();
    let file = archive(&name, &[("nats-server", "nats"), ("LICENSE", &own)]);
    let sum = checksum(&file);
    let path = format!("/nats-io/nats-server/releases/download/{NATS}/{name}.tar.gz");
    let mirror = Mirror::of(BTreeMap::from([(path.clone(), file)]));
    let spec = engine.spec_with_services(&format!(
        "mirrors: {{https://github.com/: {}/}}\n\
         components:\n\
         \x20 etcd: false\n\
         \x20 nats: {{version: {NATS}, checksum: {{{}: \"{sum}\"}}}}\n",
        mirror.url(),
        crate::engine::architecture(),
    ));
    // Named, and used by no stage of the target.
    let spec = spec.replace("images: {", "images: {rust: unused.invalid/rust:1, ");
    let build = engine
        .build(&spec, Door::SyntaxLine)
        .arg("--provenance=mode=max");
    let (_, image) = containerd.export(build, "");
    let statements = image.statements(PROVENANCE);
    let [statement] = statements.as_slice() else {
        panic!("one statement: {statements:?}")
    };
    let predicate = &statement["predicate"];
    let materials = predicate["materials"].as_array().expect("materials").iter();
    let uris: BTreeSet<String> = materials.map(|one| material(&text(&one["uri"]))).collect();
    let wanted: BTreeSet<String> = [engine.base(), engine.uv(), engine.frontend()]
        .map(without_version)
        .into_iter()
        .chain([format!("{}{path}", mirror.url())])
        .collect();
    assert_eq!(uris, wanted);
    let metadata = &predicate["metadata"]["https://mobyproject.org/buildkit@v1#metadata"];
    let source = &metadata["source"];
    let data = text(&source["infos"][0]["data"]);
    let data = STANDARD.decode(data).expect("base64");
    assert_eq!(String::from_utf8_lossy(&data), spec);
    assert_eq!(source["infos"][0]["filename"], "dynamo.yaml");
    let steps = predicate["buildConfig"]["llbDefinition"].as_array();
    let steps = steps.expect("a graph").len();
    let places = source["locations"].as_object().expect("places").len();
    assert!(places > 10 && places < steps, "{places} of {steps}");
}

/// The image of a material without its version, or the URL of anything else.
fn material(uri: &str) -> String {
    match uri.strip_prefix("pkg:docker/") {
        Some(image) => without_version(image.split('?').next().unwrap_or(image)),
        None => uri.to_owned(),
    }
}

/// An image's name alone: no tag and no digest.
fn without_version(image: &str) -> String {
    let name = image.split('@').next().unwrap_or(image);
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name.to_owned(),
        _ => name.to_owned(),
    }
}

#[test]
fn case_45_the_metadata_file_says_what_was_resolved_and_answers_no_request() {
    let engine = Engine::of_environment();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("metadata.json");
    engine
        .build(engine.spec(""), Door::SyntaxLine)
        .arg(&format!("--metadata-file={}", file.display()))
        // Docker's own store has no digest for an image that it has already; a
        // registry has.
        .arg("--pull")
        .run()
        .succeeds();
    let bytes = fs::read(&file).expect("a metadata file");
    let metadata: BTreeMap<String, Value> = serde_json::from_slice(&bytes).expect("JSON");
    let record = text(&metadata["frontend.dynamo.resolved"]);
    let record: Value = serde_json::from_str(&record).expect("JSON");
    let platform = format!("linux/{}", crate::engine::architecture());
    let pinned = text(&record["images"][&platform][engine.base()]["pinned"]);
    assert!(pinned.contains("@sha256:"), "{pinned}");
    for key in ["result.json", "result.txt", "version"] {
        assert!(!metadata.contains_key(key), "{key} in {metadata:?}");
    }
}
