//! SGLang and TensorRT-LLM: what their stages are, and how long it takes at least.

use std::collections::BTreeMap;

use crate::diagnostic::Sources;
use crate::pipeline;
use crate::plan::{Action, Base, EnvChange, Plan, Run, Stage, Tree, to_text};
use crate::spec::{Architecture, Input};

const GIT: &str = "\
framework: trtllm
trtllm: {install: {git: {url: \"https://github.com/NVIDIA/TensorRT-LLM\", ref: v1.3.0rc2}}}
";
const IMAGE: &str = "framework: trtllm\n";
const INDEX: &str = "\
framework: trtllm
trtllm: {install: {index: {version: 1.3.0rc2, url: \"https://index.example/simple\"}}}
";
const WHEEL_DIR: &str = "\
framework: trtllm
trtllm: {install: {wheel_dir: trtllm_wheel}}
";
const SGLANG_12: &str = "framework: sglang\ncuda: \"12.9\"\n";
const SGLANG_13: &str = "framework: sglang\ncuda: \"13.0\"\n";

fn planned(text: &str, architecture: Architecture) -> (Plan, Sources) {
    let input = Input {
        name: "dynamo.yaml",
        bytes: text.as_bytes(),
        build_args: &BTreeMap::new(),
        target: None,
    };
    let mut outcome = pipeline::plan(input, &[architecture]).expect("a catalog that reads");
    let plan = outcome.plans.pop().expect("a spec that can be built");
    (plan, outcome.sources)
}

/// The plan without the stages that every engine has.
fn own_stages(text: &str, architecture: Architecture) -> String {
    let (mut plan, sources) = planned(text, architecture);
    let own = ["trtllm_wheel", "framework", "runtime"];
    plan.stages
        .retain(|stage| own.contains(&stage.name.as_str()));
    to_text(&plan, &sources)
}

fn stage<'p>(plan: &'p Plan, name: &str) -> &'p Stage {
    let found = plan.stages.iter().find(|stage| stage.name == name);
    found.expect("a stage of this name")
}

fn runs(stage: &Stage) -> Vec<&Run> {
    let actions = stage.steps.iter().map(|step| &step.action);
    let run = actions.filter_map(|action| match action {
        Action::Run(run) => Some(run),
        Action::Files(_) | Action::Link(_) => None,
    });
    run.collect()
}

/// How many commands must run one after another before the last stage is there.
fn longest_chain(plan: &Plan) -> usize {
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    for stage in &plan.stages {
        let mut length = match &stage.base {
            Base::Stage(name) => done[name.as_str()],
            Base::Image(_) | Base::Scratch => 0,
        };
        let mut linked = 0;
        for step in &stage.steps {
            let read = step.action.trees().map(|tree| match tree {
                Tree::Stage(name) => done[name.as_str()],
                _ => 0,
            });
            let read = read.max().unwrap_or(0);
            match step.action {
                Action::Link(_) => linked = linked.max(read),
                Action::Files(_) => length = length.max(linked),
                Action::Run(_) => length = length.max(linked).max(read) + 1,
            }
        }
        done.insert(&stage.name, length.max(linked));
    }
    done[plan.stages.last().expect("a stage").name.as_str()]
}

#[test]
fn sglang_is_installed_into_the_upstream_image() {
    insta::assert_snapshot!(
        "sglang-12.9-amd64",
        own_stages(SGLANG_12, Architecture::Amd64)
    );
    insta::assert_snapshot!(
        "sglang-13.0-arm64",
        own_stages(SGLANG_13, Architecture::Arm64)
    );
}

#[test]
fn trtllm_comes_from_where_the_spec_says() {
    for (name, spec) in [
        ("image", IMAGE),
        ("wheel_dir", WHEEL_DIR),
        ("index", INDEX),
        ("git", GIT),
    ] {
        let text = own_stages(spec, Architecture::Amd64);
        insta::assert_snapshot!(format!("trtllm-{name}-amd64"), text);
    }
}

#[test]
fn trtllm_comes_from_one_place_alone() {
    let sources = |spec: &str| {
        let (plan, _) = planned(spec, Architecture::Amd64);
        let trees = plan.stages.iter().flat_map(|stage| &stage.steps);
        let trees = trees.flat_map(|step| step.action.trees());
        let mut found: Vec<&str> = trees
            .filter_map(|tree| match tree {
                Tree::NamedContext { .. } => Some("named context"),
                Tree::Git(git) if git.url.ends_with("/TensorRT-LLM") => Some("git"),
                Tree::Image(image) if image.reference.name().contains("tensorrt-llm") => {
                    Some("image")
                }
                _ => None,
            })
            .collect();
        let framework = runs(stage(&plan, "framework"));
        let index = |run: &&&Run| run.args.iter().any(|arg| arg.starts_with("tensorrt-llm=="));
        found.extend(framework.iter().filter(index).map(|_| "index"));
        found
    };
    assert_eq!(sources(IMAGE), ["image"]);
    assert_eq!(sources(WHEEL_DIR), ["named context"]);
    assert_eq!(sources(INDEX), ["index"]);
    assert_eq!(sources(GIT), ["git"]);
}

#[test]
fn constraints_of_the_base_image_do_not_bind() {
    for spec in [IMAGE, WHEEL_DIR, INDEX, GIT] {
        let (plan, _) = planned(spec, Architecture::Amd64);
        let framework = runs(stage(&plan, "framework"));
        let installs = |run: &&&Run| run.env.iter().any(|(name, _)| name == "UV_CACHE_DIR");
        let installs: Vec<_> = framework.iter().filter(installs).collect();
        assert_eq!(installs.len(), 3, "the environment, the engine, TensorRT");
        for run in installs {
            for name in ["PIP_CONSTRAINT", "UV_CONSTRAINT"] {
                let cleared = EnvChange::set(name, "");
                assert!(run.env.contains(&cleared), "{name} binds {:?}", run.args);
            }
        }
    }
}

#[test]
fn few_commands_run_one_after_another() {
    for (spec, most) in [
        (SGLANG_12, 11),
        (SGLANG_13, 11),
        (IMAGE, 10),
        (WHEEL_DIR, 10),
        (INDEX, 10),
        (GIT, 10),
    ] {
        let (plan, _) = planned(spec, Architecture::Amd64);
        assert!(
            longest_chain(&plan) <= most,
            "{spec}: {}",
            longest_chain(&plan)
        );
    }
    let (plan, _) = planned(GIT, Architecture::Amd64);
    assert!(runs(stage(&plan, "framework")).len() <= 5);
}

#[test]
fn nothing_moves_what_the_sglang_image_brought() {
    let (plan, _) = planned(SGLANG_12, Architecture::Amd64);
    let runtime = runs(stage(&plan, "runtime"));
    let overridden = |run: &&&Run| run.env.iter().any(|(name, _)| name == "UV_OVERRIDE");
    let installs: Vec<_> = runtime.iter().filter(overridden).collect();
    assert_eq!(installs.len(), 3, "forced, required, Dynamo");
    let named = |run: &Run| run.args.contains(&"sglang==0.5.7".to_owned());
    assert!(!named(installs[0]), "it would be installed again");
    assert!(named(installs[1]) && named(installs[2]));
}
