//! Images as a build asks for them: all at the same time, each once for each
//! platform, whatever the registry answers.

use std::collections::BTreeMap;

use buildkit_proto::rpc;
use dynamo_frontend::gateway::double::{Double, Method};
use dynamo_frontend::pipeline;
use dynamo_frontend::plan::{ImageSource, Plan};
use dynamo_frontend::spec::{Architecture, Input};

use crate::case::{CONFIG, Case, DIGEST, Ran};

/// A build on many images, for both architectures.
const MANY: &str = include_str!("../../examples/vllm/dynamo.yaml");

const PLATFORMS: [&str; 2] = ["linux/amd64", "linux/arm64"];

/// The images of a spec, each with its platform.
fn images(spec: &str) -> Vec<(&'static str, String)> {
    let input = Input {
        name: "dynamo.yaml",
        bytes: spec.as_bytes(),
        build_args: &BTreeMap::new(),
        target: None,
    };
    let outcome = pipeline::plan(input, Architecture::ALL).expect("a catalog that reads");
    let of_plan = |(platform, plan): (&'static str, &Plan)| {
        let images = plan.images().into_iter();
        let image = |one: &ImageSource| (platform, one.reference.to_string());
        images.map(image).collect::<Vec<_>>()
    };
    let plans = PLATFORMS.into_iter().zip(&outcome.plans);
    plans.flat_map(of_plan).collect()
}

fn both(change: impl FnOnce(Double) -> Double) -> Case {
    let case = Case::spec(MANY).option("platform", &PLATFORMS.join(","));
    let with_images = |double: Double| {
        let add = |double: Double, (platform, reference): (&str, String)| {
            let architecture = platform.trim_start_matches("linux/");
            let config = CONFIG.replace("amd64", architecture);
            double.image_for(platform, &reference, DIGEST, config)
        };
        images(MANY).into_iter().fold(double, add)
    };
    case.script(with_images).script(change)
}

fn questions(ran: &Ran) -> usize {
    let methods = ran.methods().into_iter();
    let questions = methods.filter(|one| *one == Method::ResolveSourceMeta);
    questions.count()
}

#[test]
fn case_129_141_all_images_of_all_platforms_are_asked_for_at_the_same_time() {
    let all = images(MANY).len();
    assert!(all > 5, "{all}");
    let ran = both(|double| double.together(Method::ResolveSourceMeta, all)).run();
    ran.result();
    assert_eq!(questions(&ran), all);
}

#[test]
fn case_129_registries_that_are_down_are_waited_for_together_and_once() {
    let all = images(MANY).len();
    let cause = "dial tcp 127.0.0.1:1: connect: connection refused";
    let down = rpc::Status {
        code: 14,
        message: cause.to_owned(),
        details: Vec::new(),
    };
    let ran = both(|double| {
        double
            .together(Method::ResolveSourceMeta, all)
            .fail(Method::ResolveSourceMeta, down)
    })
    .run();
    let message = &ran.error().message;
    for (_, reference) in images(MANY) {
        let name = reference.trim_start_matches("docker.io/");
        let name = name.trim_start_matches("library/");
        assert!(
            message.contains(&format!("failed to resolve image `{name}`: {cause}")),
            "{name}: {message}"
        );
    }
    assert_eq!(questions(&ran), all);
}
