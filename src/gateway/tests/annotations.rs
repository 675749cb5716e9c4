//! Annotations of an image on their way from the plan to the exporter.

use std::collections::BTreeMap;
use std::sync::Arc;

use buildkit_llb::Platform;

use super::bridge;
use crate::emit::BuildContext;
use crate::gateway::bridge::Ref;
use crate::gateway::build::Build;
use crate::gateway::double::{Call, Daemon, Double, Running};
use crate::gateway::images::Asked;
use crate::gateway::named_contexts::Named;
use crate::gateway::options::Options;
use crate::gateway::resolver::ImageResolver;
use crate::gateway::result::Reply;
use crate::gateway::spec_source::LoadedSpec;
use crate::pipeline;
use crate::spec::{Architecture, Input};

const SPEC: &str = "\
framework: dynamo
device: cpu
dynamo: {source: {index: 1.0.0}}
components: {nats: false, etcd: false}
labels: {org.x.title: of the spec}
";
const IMAGES: [&str; 2] = [
    "docker.io/library/ubuntu:24.04",
    "ghcr.io/astral-sh/uv:0.12.0",
];
const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const CONFIG: &str = r#"{"os":"linux","architecture":"amd64"}"#;

/// Builds a plan with three annotations, and a label of the client's for one.
async fn build(double: Double) -> (Running, BTreeMap<String, String>) {
    let arguments = BTreeMap::new();
    let input = Input {
        name: "dynamo.yaml",
        bytes: SPEC.as_bytes(),
        build_args: &arguments,
        target: None,
    };
    let mut outcome = pipeline::plan(input, &[Architecture::Amd64]).expect("a catalog that reads");
    let annotations = [("title", "plan"), ("version", "1"), ("vendor", "plan")];
    outcome.plans[0].image.annotations = annotations
        .map(|(name, value)| (format!("org.x.{name}"), value.to_owned()))
        .into();
    let options = [("label:org.x.vendor".to_owned(), "of the client".to_owned())];
    let options = Options::parse(&options.into()).expect("options");
    let double = IMAGES
        .iter()
        .fold(double, |double, image| double.image(image, DIGEST, CONFIG));
    let (running, bridge) = bridge(double).await;
    let loaded = LoadedSpec {
        filename: "dynamo.yaml".to_owned(),
        data: SPEC.into(),
        digest: DIGEST.to_owned(),
        definition: buildkit_proto::pb::Definition::default(),
        reference: Ref::scratch(),
    };
    let bridge = Arc::new(bridge);
    let platforms = [(Platform::new("linux", "amd64"), Architecture::Amd64)];
    let resolver = ImageResolver::new(bridge.clone());
    let asked = Asked {
        options: &options,
        outcome: &outcome,
    };
    let Ok(Ok(images)) = asked.images(&platforms, &resolver).await else {
        panic!("no images")
    };
    let build = Build {
        bridge,
        options: &options,
        runs_on: Platform::new("linux", "amd64"),
        epoch: None,
        context: BuildContext::default(),
        named: Named::default(),
        images,
        outcome: &outcome,
        loaded: &loaded,
    };
    let Ok(Reply::Build(mut result)) = build.run(&platforms).await else {
        panic!("no image")
    };
    let annotations = result.platforms.remove(0).annotations;
    (running, annotations)
}

fn warnings(running: &Running) -> Vec<String> {
    let warning = |call| match call {
        Call::Warn(request) => Some(String::from_utf8_lossy(&request.short).into_owned()),
        _ => None,
    };
    running.calls().into_iter().filter_map(warning).collect()
}

#[tokio::test]
async fn annotations_say_what_the_labels_say() {
    let (running, annotations) = build(Double::new(Daemon::head())).await;
    let annotations: Vec<_> = annotations
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        annotations,
        [
            ("org.x.title", "of the spec"),
            ("org.x.vendor", "of the client"),
            ("org.x.version", "1"),
        ]
    );
    assert!(warnings(&running).is_empty());
}

#[tokio::test]
async fn a_daemon_that_writes_none_gets_none_and_the_user_is_told() {
    let double = Double::new(Daemon::head()).without_cap("exporter.image.annotations");
    let (running, annotations) = build(double).await;
    assert!(annotations.is_empty());
    assert_eq!(
        warnings(&running),
        ["UnsupportedByDaemon: this daemon builds without image annotations"]
    );
}
