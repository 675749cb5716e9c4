//! The named build contexts that a plan uses.

use std::collections::BTreeMap;
use std::sync::Arc;

use buildkit_llb::Definition;

use super::bridge;
use crate::emit::NamedContext;
use crate::gateway::double::{Daemon, Double, Method, Running};
use crate::gateway::environment::Environment;
use crate::gateway::error::FrontendError;
use crate::gateway::named_contexts::take;
use crate::gateway::options::{Options, SpecLocation};
use crate::gateway::serve::Request;
use crate::pipeline::{self, Outcome};
use crate::plan::{Action, Base, Link, Stage, Step, Tree};
use crate::spec::{Architecture, Input};

const SPEC: &str = "framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n";

/// Plans that ask for these contexts, where the device is said.
fn asking_for(names: &[&str]) -> Outcome {
    let build_args = BTreeMap::new();
    let input = Input {
        name: "dynamo.yaml",
        bytes: SPEC.as_bytes(),
        build_args: &build_args,
        target: None,
    };
    let mut outcome = pipeline::plan(input, Architecture::ALL).expect("a catalog");
    for plan in &mut outcome.plans {
        let mut place = plan.chosen_at;
        (place.start, place.end) = (18, 29);
        let step = |name: &&str| Step {
            title: "use it".to_owned(),
            component: None,
            places: vec![place],
            action: Action::Link(Link {
                tree: Tree::NamedContext {
                    name: (*name).to_owned(),
                    place,
                },
                files: Vec::new(),
            }),
        };
        plan.stages = vec![Stage {
            name: "stage".to_owned(),
            base: Base::Scratch,
            steps: names.iter().map(step).collect(),
        }];
    }
    outcome
}

/// Takes them from what the client gives.
async fn taken(
    double: Double,
    given: &[(&str, &str)],
    names: &[&str],
) -> (
    Running,
    Result<BTreeMap<String, NamedContext>, FrontendError>,
) {
    let (running, bridge) = bridge(double).await;
    let text = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let options: BTreeMap<String, String> = given.iter().map(text).collect();
    let request = Request {
        bridge: Arc::new(bridge),
        spec: SpecLocation::parse(&options),
        options: Options::parse(&options),
        environment: Environment {
            session_id: Some("SESSION".to_owned()),
            ..Environment::default()
        },
    };
    let options = request.options.as_ref().expect("right options");
    let taken = take(&request, options, &asking_for(names)).await;
    (running, taken)
}

fn local(name: &str, session: &str, excludes: &[&str]) -> NamedContext {
    NamedContext::Local {
        name: name.to_owned(),
        session: Some(session.to_owned()),
        excludes: excludes.iter().map(|one| (*one).to_owned()).collect(),
    }
}

#[tokio::test]
async fn a_directory_is_taken_without_what_its_ignore_file_names() {
    let double = Double::new(Daemon::head()).file_in("ref-0", ".dockerignore", "*.log\n");
    let given = [
        ("context:trtllm_wheel", "local:wheels"),
        ("context:unused", "oci-layout://x"),
    ];
    let (running, taken) = taken(double, &given, &["trtllm_wheel"]).await;
    let wanted = local("wheels", "SESSION", &["*.log"]);
    assert_eq!(
        taken.expect("a context"),
        BTreeMap::from([("trtllm_wheel".to_owned(), wanted)])
    );
    let definitions = running.definitions();
    let [load] = definitions.as_slice() else {
        panic!("one load: {definitions:?}")
    };
    let load = Definition::from(load.clone());
    insta::assert_snapshot!(buildkit_llb::text::dump(&load).expect("a graph"));
}

#[tokio::test]
async fn a_platform_may_have_its_own_and_a_directory_its_own_session() {
    let given = [
        ("context:a", "local:any"),
        ("context:a::linux/arm64", "local:arm"),
        ("local-sessionid:arm", "OTHER"),
    ];
    let (_running, taken) = taken(Double::new(Daemon::head()), &given, &["a", "a"]).await;
    let wanted = [
        ("a".to_owned(), local("any", "SESSION", &[])),
        ("a::linux/arm64".to_owned(), local("arm", "OTHER", &[])),
    ];
    assert_eq!(taken.expect("contexts"), BTreeMap::from(wanted));
}

#[tokio::test]
async fn checkouts_and_images_are_taken_without_a_call() {
    let given = [
        ("context:git", "https://example.org/a.git#main:dist"),
        ("context:ssh", "git@example.org:a/b.git"),
        ("context:image", "docker-image://wheels"),
    ];
    let double = Double::new(Daemon::head());
    let (running, taken) = taken(double, &given, &["git", "image", "ssh"]).await;
    let checkout = |url: &str, reference: &str, folder: &str| NamedContext::Git {
        url: url.to_owned(),
        reference: reference.to_owned(),
        folder: folder.to_owned(),
    };
    let image = "docker.io/library/wheels:latest".to_owned();
    let wanted = [
        ("git", checkout("https://example.org/a.git", "main", "dist")),
        ("image", NamedContext::Image(image)),
        ("ssh", checkout("git@example.org:a/b.git", "", "")),
    ];
    let wanted = wanted.map(|(name, context)| (name.to_owned(), context));
    assert_eq!(taken.expect("contexts"), BTreeMap::from(wanted));
    assert_eq!(running.methods(), [Method::Ping]);
}

#[tokio::test]
async fn all_that_are_missing_or_not_supported_are_told_with_their_place() {
    let given = [
        ("context:archive", "https://example.org/a.tar.gz"),
        ("context:input", "input:other"),
        ("context:layout", "oci-layout://x@sha256:1"),
        ("context:nothing", ""),
        ("context:password", "https://me:hunter2@example.org/a.git"),
        ("context:query", "https://example.org/a.git?ref=main"),
        ("context:unnamed", "docker-image://"),
    ];
    let names = given.map(|(key, _)| key.strip_prefix("context:").expect("a context"));
    let names = [&["trtllm_wheel"], names.as_slice()].concat();
    let (running, taken) = taken(Double::new(Daemon::head()), &given, &names).await;
    let error = taken.expect_err("all of them are wrong");
    assert!(error.has_source());
    insta::assert_snapshot!(error.message());
    assert!(!error.message().contains("hunter2"));
    assert_eq!(running.methods(), [Method::Ping], "nothing is loaded");
}
