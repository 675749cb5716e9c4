//! What is planned, and what a change to the spec changes.

use std::collections::BTreeMap;

use super::{EnvChange, Plan, to_text};
use crate::diagnostic::Sources;
use crate::image::ImageConfig;
use crate::pipeline;
use crate::spec::{Architecture, Input};

fn planned(text: &str) -> (Plan, Sources) {
    let build_args = BTreeMap::new();
    let input = Input {
        name: "dynamo.yaml",
        bytes: text.as_bytes(),
        build_args: &build_args,
        target: None,
    };
    let mut outcome = pipeline::plan(input, &[Architecture::Amd64]).expect("a catalog that reads");
    let plan = outcome.plans.pop().expect("a spec that can be built");
    (plan, outcome.sources)
}

const SPEC: &str = "\
framework: dynamo
device: cpu
dynamo: {source: {index: 1.0.0}, commit: abc123}
components:
  nats: false
packages:
  apt: [git]
  pip: [httpx==0.28.1]
  requirements: [deps/requirements.txt]
env: {HF_HOME: /models}
labels: {team: inference}
entrypoint: [python, -m, dynamo.frontend]
";

#[test]
fn the_plan_of_a_spec_that_uses_every_key() {
    let (plan, sources) = planned(SPEC);
    insta::assert_snapshot!(to_text(&plan, &sources));
}

#[test]
fn only_the_used_paths_of_the_context_are_read() {
    assert_eq!(planned(SPEC).0.context_paths(), ["deps/requirements.txt"]);
}

#[test]
fn path_keeps_the_folders_of_the_base() {
    let (plan, _) = planned(SPEC);
    let mut base = ImageConfig::new("linux", "amd64");
    base.config.env.set("PATH", "/base/bin");
    base.config.env.set("CA", "kept");
    let image = plan.image.apply(&base);
    assert_eq!(
        image.config.env.get("PATH"),
        Some("/opt/dynamo/venv/bin:/usr/local/bin/etcd:/base/bin")
    );
    assert_eq!(image.config.env.get("CA"), Some("kept"));
    assert!(matches!(plan.image.env.last(), Some((name, EnvChange::Set(_))) if name == "HF_HOME"));
}
