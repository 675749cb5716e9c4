//! What everybody may read: lines of progress, and the history of an image.

use std::collections::{BTreeMap, BTreeSet};

use buildkit_llb::{MarshalOptions, marshal};
use dynamo_frontend::emit::{self, Images, Settings};
use dynamo_frontend::image::ImageConfig;
use dynamo_frontend::pipeline;
use dynamo_frontend::spec::{Architecture, Decode, Input, Keys};

use crate::case::{Case, MINIMAL};

/// What is looked for.
const SECRET: &str = "hunter2";
/// Values of every type that a text can be in.
const VALUES: [&str; 5] = [
    "hunter2",
    "hunter2>=1",
    "https://example.org/hunter2",
    "example.org/hunter2:1",
    "hunter2.txt",
];

/// A spec in which most of the values mean something.
fn spec(framework: &str) -> String {
    let rest = "dynamo: {source: {git: {url: https://example.org/dynamo.git, ref: main}}}\n";
    format!(
        "framework: {framework}\ncuda: \"{}\"\n{rest}",
        cuda(framework)
    )
}

fn cuda(framework: &str) -> &'static str {
    if framework == "trtllm" {
        "13.1"
    } else {
        "12.9"
    }
}

/// The lines of progress and of the history of a build with this argument;
/// nothing if it cannot be built.
fn shown(spec: &str, name: &str, value: &str) -> Option<Vec<String>> {
    let build_args = BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let input = Input {
        name: "dynamo.yaml",
        bytes: spec.as_bytes(),
        build_args: &build_args,
        target: None,
    };
    let outcome = pipeline::plan(input, &[Architecture::Amd64]).expect("a catalog that reads");
    let plan = outcome.plans.first()?;
    let settings = Settings::default();
    let emitted = emit::emit(plan, &Images::default(), &outcome.sources, &settings);
    let emitted = emitted.expect("a graph");
    let config = emitted.config(plan, &ImageConfig::new("linux", "amd64"));
    let history = config.history.iter().map(|entry| entry.created_by.clone());
    let options = MarshalOptions::new(Architecture::Amd64.platform());
    let definition = marshal(&emitted.output, &options)
        .expect("bytes")
        .definition;
    let names = definition.digests().filter_map(|digest| {
        let metadata = definition.metadata(&digest)?;
        let groups = metadata.progress_group.iter().map(|group| &group.name);
        let texts = metadata.description.values().chain(groups).cloned();
        Some(texts.collect::<Vec<_>>())
    });
    Some(history.chain(names.flatten()).collect())
}

/// The path with a key in place of each that is free, and the framework that
/// reads it.
fn argument(path: &str) -> (String, &'static str) {
    let framework = match path.split('.').next() {
        Some("sglang") => "sglang",
        Some("trtllm") => "trtllm",
        _ => "vllm",
    };
    (path.replace('*', "KEY"), framework)
}

#[test]
fn case_38_of_build_arguments_only_names_and_versions_are_shown() {
    let (mut all, mut built) = (0, 0);
    let mut seen = BTreeSet::new();
    for path in Keys::shape().scalar_paths() {
        let (name, framework) = argument(&path);
        all += 1;
        let lines = VALUES
            .iter()
            .find_map(|value| shown(&spec(framework), &name, value));
        let Some(lines) = lines else { continue };
        built += 1;
        if lines.iter().any(|line| line.contains(SECRET)) {
            seen.insert(path);
        }
    }
    assert!(built > 60, "only {built} of {all} are texts");
    // A name, a version or a place, each of which the line is about.
    let seen: Vec<_> = seen.into_iter().collect();
    insta::assert_snapshot!(seen.join("\n"));
}

#[test]
fn case_38_what_is_no_key_is_nowhere() {
    let ran = Case::spec(MINIMAL)
        .option("build-arg:HF_TOKEN", SECRET)
        .option("build-arg:BUILDKIT_TOKEN", SECRET)
        .option("build-arg:TARGETSTAGE", SECRET)
        .option("build-arg:HTTPS_PROXY", "http://me:hunter2@proxy")
        .run();
    let metadata = ran.result().metadata.values();
    let metadata = metadata.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let source = format!("{:?}", ran.graph().source);
    let names: Vec<String> = crate::case::named(&ran.graph()).into_keys().collect();
    let warnings = ran.warnings();
    let texts = metadata.chain([source]).chain(names).chain(warnings);
    for text in texts {
        assert!(!text.contains(SECRET), "{text}");
    }
}
