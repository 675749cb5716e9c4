//! The graph as a document: over the gateway and from the command line.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use buildkit_proto::canonical;
use dynamo_frontend::gateway::double::{Daemon, Method};
use serde_json::{Map, Value};

use crate::case::{Case, MINIMAL, Ran, operations};

const REQUEST: &str = "frontend.convertllb";

/// Merges, archives, commands with caches, and the build context.
fn everything() -> String {
    let spec = MINIMAL.replace("components: {nats: false, etcd: false}\n", "");
    format!("{spec}packages: {{apt: [git], pip: [httpx], requirements: [a.txt]}}\n")
}

fn asked(case: Case) -> Ran {
    case.option("requestid", REQUEST).run()
}

fn members(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

/// The digests that an operation of the document refers to.
fn inputs(op: &Value) -> impl Iterator<Item = &str> {
    let inputs = op["inputs"].as_array().into_iter().flatten();
    inputs.map(|input| input["digest"].as_str().expect("text"))
}

#[test]
fn it_is_the_graph_that_a_build_solves_by_the_digests_of_its_operations() {
    for daemon in [Daemon::head(), Daemon::v0_8()] {
        let graph = Case::on(daemon.clone(), everything()).run().graph();
        let document = asked(Case::on(daemon, everything())).metadata("result.json");
        let keys: BTreeSet<&str> = members(&document["def"])
            .keys()
            .map(String::as_str)
            .collect();
        let digests: Vec<String> = graph.def.iter().map(|op| canonical::digest(op)).collect();
        assert_eq!(keys, digests.iter().map(String::as_str).collect());
        for (digest, op) in operations(&graph) {
            let written = &document["def"][&digest];
            let used: Vec<&str> = inputs(written).collect();
            let expected: Vec<&str> = op.inputs.iter().map(|one| one.digest.as_str()).collect();
            assert_eq!(used, expected, "{digest}");
        }
        for (digest, metadata) in &graph.metadata {
            let written = &document["metadata"][digest];
            let name = metadata.description.get("llb.customname");
            let shown = written["description"]["llb.customname"].as_str();
            assert_eq!(shown, name.map(String::as_str));
            assert_eq!(members(&written["caps"]).len(), metadata.caps.len());
        }
        let source = graph.source.expect("source locations");
        let places = members(&document["source"]["locations"]);
        assert!(places.keys().eq(source.locations.keys()));
        assert_eq!(document["source"]["infos"][0]["filename"], "dynamo.yaml");
    }
}

#[test]
fn every_operation_is_reached_from_the_last_one_and_has_one_kind() {
    let document = asked(Case::spec(everything())).metadata("result.json");
    let ops = members(&document["def"]);
    let kinds = ["exec", "source", "file", "merge", "diff", "build"];
    let kinds_of = |op: &Value| kinds.iter().filter(|kind| op.get(kind).is_some()).count();
    let terminal: Vec<&String> = ops
        .iter()
        .filter(|(_, op)| kinds_of(op) == 0)
        .map(|(digest, _)| digest)
        .collect();
    let [last] = terminal.as_slice() else {
        panic!("one terminal operation: {terminal:?}")
    };
    let mut reached = BTreeSet::new();
    let mut open = vec![last.as_str()];
    while let Some(digest) = open.pop() {
        if reached.insert(digest) {
            open.extend(inputs(&ops[digest]));
        }
    }
    assert_eq!(reached.len(), ops.len());
    assert!(ops.values().all(|op| kinds_of(op) <= 1));
    for kind in ["exec", "source", "file", "merge"] {
        assert!(ops.values().any(|op| op.get(kind).is_some()), "no {kind}");
    }
}

#[test]
fn images_are_pinned_and_nothing_is_built() {
    let ran = asked(Case::spec(MINIMAL));
    let methods = ran.methods();
    let count = |method| methods.iter().filter(|one| **one == method).count();
    assert_eq!(count(Method::ResolveSourceMeta), 2);
    assert_eq!(count(Method::Solve), 1, "the one that loads the spec");
    let metadata = &ran.result().metadata;
    assert_eq!(metadata["version"], b"0.1.0");
    assert!(!metadata.contains_key("result.txt"));
    let document = ran.metadata("result.json");
    let sources = members(&document["def"]).values();
    let images: Vec<&str> = sources
        .filter_map(|op| op["source"]["identifier"].as_str())
        .filter(|identifier| identifier.starts_with("docker-image://"))
        .collect();
    assert_eq!(images.len(), 2);
    assert!(images.iter().all(|image| image.contains("@sha256:")));
}

#[test]
fn several_platforms_are_refused_with_what_to_name_instead() {
    let ran = asked(Case::spec(MINIMAL).option("platform", "linux/arm64,linux/amd64"));
    assert_eq!(
        ran.error().message,
        "`convertllb` shows the graph of one platform, and this request is for \
         `linux/arm64` and `linux/amd64`\n\
         help: name one of them, as in `--platform linux/arm64`"
    );
    assert_eq!(ran.places().len(), 1);
    assert!(!ran.methods().contains(&Method::ResolveSourceMeta));
}

#[test]
fn a_spec_that_cannot_be_built_has_no_graph() {
    let ran = asked(Case::spec("framework: dynmo\n"));
    assert!(ran.error().message.contains("`dynmo`"));
    assert_eq!(ran.places(), ["dynamo.yaml:1-1"]);
}

#[test]
fn the_command_line_writes_the_same_document() {
    let built = Case::spec(MINIMAL).run();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = "frontend.dynamo.resolved";
    let metadata = serde_json::json!({ key: built.metadata(key).to_string() });
    fs::write(folder.path().join("metadata.json"), metadata.to_string()).expect("a written file");
    fs::write(folder.path().join("dynamo.yaml"), MINIMAL).expect("a written spec");
    let written = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"))
        .args(["llb", "--platform", "linux/amd64", "--format", "json"])
        .args(["--metadata", "metadata.json"])
        .current_dir(folder.path())
        .output()
        .expect("runs");
    assert!(written.status.success());
    let written: Value = serde_json::from_slice(&written.stdout).expect("JSON");
    assert_eq!(written, asked(Case::spec(MINIMAL)).metadata("result.json"));
}
