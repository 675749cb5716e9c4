//! What our own code costs in a build: from the text of `examples/hello`, and of
//! the largest combination, to the bytes that BuildKit gets. The pure passes
//! alone, without a daemon.

use std::collections::BTreeMap;

use buildkit_llb::{CapSet, MarshalOptions, Output, marshal};
use divan::Bencher;
use dynamo_frontend::emit::{self, Images, Settings};
use dynamo_frontend::pipeline::{self, Outcome};
use dynamo_frontend::spec::{Architecture, Input};

const SPEC: &[u8] = include_bytes!("../examples/hello/dynamo.yaml");
/// The combination with the most operations: everything there is, for people.
const LARGEST: &[u8] = b"framework: trtllm
target: local-dev
efa: true
user: {uid: 1000, gid: 1000}
features: {kvbm: true, gpu_memory_service: true, media_ffmpeg: true}
build: {sccache: {bucket: b, region: r}}
";

fn main() {
    divan::main();
}

/// What `dynamo-frontend check` does with a spec that is read, for the largest
/// combination: all rules, those about what is fetched too.
#[divan::bench]
fn check_of_the_largest() -> Outcome {
    let mut outcome = planned_from(LARGEST);
    pipeline::lint(&mut outcome);
    outcome
}

/// Spec, catalog and rules to a plan.
#[divan::bench]
fn plan() -> Outcome {
    planned()
}

/// A plan to a graph.
#[divan::bench]
fn emit(bencher: Bencher) {
    let outcome = planned();
    bencher.bench_local(|| graph(&outcome));
}

/// A graph to bytes.
#[divan::bench]
fn encode(bencher: Bencher) {
    let graph = graph(&planned());
    bencher.bench_local(|| bytes(&graph));
}

/// All of it.
#[divan::bench]
fn text_to_bytes() -> Vec<u8> {
    bytes(&graph(&planned()))
}

/// All of it, for the largest combination.
#[divan::bench]
fn text_to_bytes_of_the_largest() -> Vec<u8> {
    bytes(&graph(&planned_from(LARGEST)))
}

fn planned() -> Outcome {
    planned_from(SPEC)
}

fn planned_from(spec: &[u8]) -> Outcome {
    let input = Input {
        name: "dynamo.yaml",
        bytes: spec,
        build_args: &BTreeMap::new(),
        target: None,
    };
    let outcome = pipeline::plan(input, &[Architecture::Amd64]).expect("a catalog in order");
    assert!(!outcome.diagnostics.has_errors(), "the spec is in order");
    outcome
}

fn graph(outcome: &Outcome) -> Output {
    let plan = &outcome.plans[0];
    emit::emit(
        plan,
        &Images::default(),
        &outcome.sources,
        &Settings::default(),
    )
    .expect("a plan that can be emitted")
    .output
}

fn bytes(graph: &Output) -> Vec<u8> {
    let platform = Architecture::Amd64.platform();
    let options = MarshalOptions::new(platform).caps(CapSet::all());
    let marshalled = marshal(graph, &options).expect("a graph that can be encoded");
    marshalled.definition.to_bytes()
}
