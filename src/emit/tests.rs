//! Graphs of plans: what they hold, and what a change changes.

mod words;

use std::collections::BTreeMap;

use buildkit_llb::{Definition, MarshalOptions, digests, marshal, text};

use super::{Emitted, Images, KnownImage, Settings, emit};
use crate::image::ImageConfig;
use crate::pipeline::{self, Outcome};
use crate::spec::{Architecture, Input};

const SPEC: &str = "\
framework: dynamo
device: cpu
dynamo: {source: {index: 1.0.0}}
components:
  nats: false
packages:
  apt: [git]
  requirements: [deps/requirements.txt]
";

fn planned(spec: &str) -> Outcome {
    let build_args = BTreeMap::new();
    let input = Input {
        name: "dynamo.yaml",
        bytes: spec.as_bytes(),
        build_args: &build_args,
        target: None,
    };
    pipeline::plan(input, &[Architecture::Amd64]).expect("a catalog")
}

fn known(outcome: &Outcome) -> Images {
    let mut images = Images::default();
    for image in outcome.plans[0].images() {
        let pinned = image
            .reference
            .with_digest(&format!("sha256:{}", "a".repeat(64)))
            .unwrap();
        let env = vec!["PATH=/usr/bin".to_owned(), "SSL_CERT_FILE=/ca".to_owned()];
        images.insert(
            &image.reference,
            KnownImage {
                pinned: pinned.to_string(),
                env,
            },
        );
    }
    images
}

fn emitted(outcome: &Outcome, settings: &Settings) -> Emitted {
    let images = known(outcome);
    emit(&outcome.plans[0], &images, &outcome.sources, settings).unwrap()
}

fn definition(spec: &str, settings: &Settings) -> Definition {
    let emitted = emitted(&planned(spec), settings);
    let options = MarshalOptions::new(Architecture::Amd64.platform()).session("S");
    let marshalled = marshal(&emitted.output, &options).unwrap();
    assert!(marshalled.dropped.is_empty());
    marshalled.definition
}

/// A build that fails is looked into where the operation that failed is one of these.
#[test]
fn what_takes_paths_by_name_is_an_operation_of_the_graph() {
    let added = "extend:
  runtime:
    - copy: {paths: [a, b/c], to: /opt/}
    - copy: {paths: [etc/hosts], from: {image: debian}, to: /opt/}
    - packages: {requirements: [e.txt]}
";
    let checkout = "framework: dynamo\ndevice: cpu\ndynamo: {source: context}\nextend:
  runtime:
    - copy: {paths: [d], from: {stage: wheel_builder}, to: /opt/}
";
    for (spec, merge_copies) in [
        (format!("{SPEC}{added}"), false),
        (format!("{SPEC}{added}"), true),
        (checkout.to_owned(), false),
    ] {
        let settings = Settings {
            merge_copies,
            ..Settings::default()
        };
        let outcome = planned(&spec);
        assert!(!outcome.plans.is_empty(), "{:?}", outcome.diagnostics);
        let emitted = emitted(&outcome, &settings);
        let options = MarshalOptions::new(Architecture::Amd64.platform()).session("S");
        let graph = marshal(&emitted.output, &options).unwrap().definition;
        let of_graph: Vec<String> = graph.digests().collect();
        assert!(!emitted.taken.is_empty());
        for one in &emitted.taken {
            let digest = digests(std::slice::from_ref(&one.operation), &options).unwrap();
            let digest = digest[0].as_ref().expect("an operation");
            assert!(of_graph.contains(digest), "{:?}: {:?}", one.from, one.paths);
        }
    }
}

#[test]
fn the_graph_of_a_spec() {
    insta::assert_snapshot!(text::dump(&definition(SPEC, &Settings::default())).unwrap());
}

#[test]
fn history_has_one_entry_for_each_layer() {
    let outcome = planned(SPEC);
    let plan = &outcome.plans[0];
    let emitted = emit(
        plan,
        &known(&outcome),
        &outcome.sources,
        &Settings::default(),
    )
    .unwrap();
    let config = emitted.config(plan, &ImageConfig::new("linux", "amd64"));
    let titles: Vec<_> = config
        .history
        .iter()
        .map(|entry| entry.created_by.as_str())
        .collect();
    insta::assert_debug_snapshot!(titles);
    assert!(
        config
            .history
            .iter()
            .all(|entry| entry.comment == super::COMMENT && !entry.empty_layer)
    );
}

#[test]
fn case_74_comments_and_key_order_change_no_digest() {
    let moved = format!(
        "# a comment\n{}device: cpu\n",
        SPEC.replace("device: cpu\n", "")
    );
    let digests = |spec: &str| {
        definition(spec, &Settings::default())
            .digests()
            .collect::<Vec<_>>()
    };
    assert_eq!(digests(SPEC), digests(&moved));
}

#[test]
fn case_75_a_changed_step_changes_only_itself_and_what_depends_on_it() {
    let before: Vec<_> = definition(SPEC, &Settings::default()).digests().collect();
    let after = definition(&SPEC.replace("[git]", "[git, jq]"), &Settings::default());
    let changed: Vec<String> = after
        .digests()
        .filter(|digest| !before.contains(digest))
        .filter_map(|digest| {
            after
                .metadata(&digest)?
                .description
                .get("llb.customname")
                .cloned()
        })
        .collect();
    insta::assert_debug_snapshot!(changed);
}

#[test]
fn the_cache_namespace_is_put_in_front_of_every_id() {
    let settings = Settings {
        cache_namespace: Some("team".to_owned()),
        ..Settings::default()
    };
    let dump = text::dump(&definition(SPEC, &settings)).unwrap();
    let ids: Vec<_> = dump.lines().filter(|line| line.contains("cache")).collect();
    assert!(
        !ids.is_empty() && dump.matches("team/dynamo-").count() >= 3,
        "{dump}"
    );
}
