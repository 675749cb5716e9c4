//! Checks of the built image: what becomes of the key `tests`, in plans, in graphs,
//! and in what is asked of a daemon.

mod failing;
mod targets;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use buildkit_llb::text;
use buildkit_proto::{gateway, pb};
use dynamo_frontend::gateway::double::{Call, Daemon, Method};
use dynamo_frontend::pipeline::{self, Outcome};
use dynamo_frontend::plan::{Tree, explain_step, step_named, step_to_text, steps_of, to_text};
use dynamo_frontend::spec::{Architecture, Input};

use crate::case::{CONFIG, Case, DIGEST, MINIMAL, Ran, named};

/// What `--target` says to have the checks alone.
const ALONE: (&str, &str) = ("target", "check-image");
/// A spec with a check of its own, and none besides.
const ONE: &str = "\
tests:
  builtin: false
  checks:
    greets:
      command: [echo, hi]
      stdout:
        contains: hi
        matches: ^h
";

fn spec(tests: &str) -> String {
    format!("{MINIMAL}{tests}")
}

fn alone(tests: &str) -> Case {
    Case::spec(spec(tests)).option(ALONE.0, ALONE.1)
}

/// The names of the steps of a graph that check.
fn checks(definition: &pb::Definition) -> Vec<String> {
    let names = named(definition).into_keys();
    names
        .filter(|name| name.starts_with("[check-image]"))
        .collect()
}

/// The graph behind the reference that was given out.
fn given_out(ran: &Ran) -> pb::Definition {
    let Some(gateway::result::Result::Ref(reference)) = &ran.result().result else {
        panic!("one reference: {:?}", ran.result().result)
    };
    let number = reference.id.strip_prefix("ref-").expect("a number");
    let number: usize = number.parse().expect("a number");
    ran.definitions()[number].clone()
}

#[test]
fn without_the_key_and_the_word_a_graph_is_the_same_as_ever() {
    let plain = Case::spec(MINIMAL).run();
    let with_checks = Case::spec(spec(ONE)).run();
    assert_eq!(plain.graph().def, with_checks.graph().def);
    assert_eq!(plain.methods(), with_checks.methods());
}

#[test]
fn a_gate_gives_out_the_image_that_there_would_be_without_it() {
    let plain = Case::spec(MINIMAL).run();
    let gated = Case::spec(spec("tests: {gate: true}\n")).run();
    assert_eq!(given_out(&plain).def, given_out(&gated).def);
    for key in ["containerimage.config", "refs.platforms"] {
        assert_eq!(plain.metadata(key), gated.metadata(key));
    }
    assert_eq!(checks(&given_out(&gated)), Vec::<String>::new());
    let told = &gated.result().metadata["frontend.result.inlinemessage"];
    assert_eq!(
        String::from_utf8_lossy(told),
        "5 checks of the image passed"
    );
}

#[test]
fn an_image_has_the_same_times_in_it_whether_it_is_checked_or_not() {
    let epoch = |tests: &str| {
        let case = Case::spec(spec(tests)).option("build-arg:SOURCE_DATE_EPOCH", "1700000000");
        given_out(&case.run()).def
    };
    assert_eq!(epoch(""), epoch("tests: {gate: true}\n"));
}

#[test]
fn every_check_is_built_after_the_image_and_before_the_end() {
    let ran = Case::spec(spec(
        &ONE.replace("builtin: false", "gate: true\n  builtin: false"),
    ))
    .run();
    let after_spec = ran
        .methods()
        .into_iter()
        .skip_while(|one| *one != Method::ResolveSourceMeta);
    let methods: Vec<Method> = after_spec
        .filter(|one| *one != Method::ResolveSourceMeta)
        .collect();
    assert_eq!(
        methods,
        [
            Method::Solve,
            Method::Evaluate,
            // For bash.
            Method::ReadDir,
            Method::ReadDir,
            Method::Solve,
            Method::Evaluate,
            Method::Return
        ]
    );
    assert_eq!(checks(&ran.graph()), ["[check-image] greets"]);
}

#[test]
fn checks_alone_give_reports_and_no_image() {
    let ran = alone(ONE).run();
    let graph = given_out(&ran);
    assert_eq!(
        checks(&graph),
        ["[check-image] greets", "[check-image] reports"]
    );
    let config = ran.metadata("containerimage.config");
    assert_eq!(config["config"], serde_json::Value::Null);
    assert_eq!(config["history"], serde_json::Value::Null);
    let told = &ran.result().metadata["frontend.result.inlinemessage"];
    assert_eq!(String::from_utf8_lossy(told), "1 check of the image passed");
}

#[test]
fn a_check_runs_as_a_container_of_the_image_would() {
    let more = "env: {HF_HOME: /models, PATH: \"/opt/x:${PATH}\"}\nentrypoint: [/bin/false]\n";
    let ran = alone(&format!("{more}{ONE}")).run();
    let graph = given_out(&ran);
    let steps = named(&graph);
    let exec = steps["[check-image] greets"].exec().expect("a process");
    let meta = exec.meta.as_ref().expect("a process");
    assert_eq!(meta.user, "dynamo");
    assert_eq!(meta.cwd, "/workspace");
    assert_eq!(
        meta.args,
        ["/bin/bash", "/run/dynamo/check-image", "greets"]
    );
    for variable in [
        "PATH=/opt/x:/opt/dynamo/venv/bin:/bin",
        "CA=/ca",
        "HF_HOME=/models",
        "HOME=/home/dynamo",
    ] {
        assert!(
            meta.env.iter().any(|one| one == variable),
            "{variable} is not in {:?}",
            meta.env
        );
    }
    assert_eq!(exec.network, i32::from(pb::NetMode::None));
}

#[test]
fn who_runs_a_check_and_where_is_the_check_s_to_say() {
    let ran = alone(
        "tests:\n  builtin: false\n  checks:\n    root: {command: [id], run_as: root, workdir: /opt, network: default}\n    both: {imports: [os], size: 1GB}\n",
    )
    .run();
    let graph = given_out(&ran);
    let steps = named(&graph);
    let process = |name: &str| {
        let exec = steps[name].exec().expect("a process");
        let meta = exec.meta.as_ref().expect("a process");
        (meta.user.clone(), meta.cwd.clone(), exec.network)
    };
    let (sandbox, none) = (i32::from(pb::NetMode::Unset), i32::from(pb::NetMode::None));
    let of = |user: &str, cwd: &str, network| (user.to_owned(), cwd.to_owned(), network);
    assert_eq!(process("[check-image] root"), of("", "/opt", sandbox));
    assert_eq!(
        process("[check-image] both"),
        of("dynamo", "/workspace", none)
    );
    // Nobody else sees all files.
    assert_eq!(process("[check-image] both+size"), of("", "/", none));
}

#[test]
fn a_check_gets_as_long_as_it_says_and_five_minutes_otherwise() {
    let ran = alone(
        "tests:
  builtin: false
  checks:
    patient: {command: [sleep, 1h], timeout: 1h30m}
    usual: {imports: [os]}
    no-process: {files: {/etc: {}}}
",
    )
    .run();
    let graph = given_out(&ran);
    let graph = text::dump(&graph.into()).expect("a graph that reads");
    let graph = graph.replace("\n      ", "|");
    // By its own line, or by that of what is killed.
    for told in [
        "3 timeout 2|5400000|1h30m|1 command 2|",
        "0 timeout 2|300000|5m|1 import 1|",
    ] {
        assert!(graph.contains(told), "no {told}: {graph}");
    }
    assert_eq!(graph.matches(" timeout 2|").count(), 2, "{graph}");
}

#[test]
fn a_gpu_is_asked_for_where_a_daemon_can_give_one() {
    let gpu = "tests: {builtin: false, checks: {sees: {gpu: true, command: [nvidia-smi]}}}\n";
    let case = |daemon| {
        Case::on(daemon, spec(gpu))
            .option(ALONE.0, ALONE.1)
            .script(|double| {
                let skipped = "skipped: this builder gives its steps no GPU\n";
                double.file("check/sees.txt", skipped)
            })
            .run()
    };
    let ran = case(Daemon::head());
    let graph = given_out(&ran);
    let step = &named(&graph)["[check-image] sees"];
    let devices = &step.exec().expect("a process").cdi_devices;
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].name, "nvidia.com/gpu=all");
    assert!(devices[0].optional);
    assert!(step.metadata.ignore_cache, "a GPU is no part of the image");
    let told = &ran.result().metadata["frontend.result.inlinemessage"];
    assert_eq!(
        String::from_utf8_lossy(told),
        "0 checks of the image passed, skipped: sees (this builder gives its steps no GPU)"
    );

    // The check itself tells that it got none.
    for older in [Daemon::v0_8(), Daemon::v0_13()].map(case) {
        let graph = given_out(&older);
        let step = &named(&graph)["[check-image] sees"];
        assert!(step.exec().expect("a process").cdi_devices.is_empty());
        assert_eq!(older.warnings(), Vec::<String>::new());
    }
}

#[test]
fn a_daemon_that_cannot_be_told_to_build_is_asked_for_a_file() {
    let ran = Case::on(Daemon::v0_8(), spec(ONE))
        .option(ALONE.0, ALONE.1)
        .run();
    assert!(ran.methods().contains(&Method::StatFile));
    let evaluated = |call: &Call| matches!(call, Call::Evaluate(_));
    assert!(!ran.calls.iter().any(evaluated));
}

#[test]
fn layers_of_the_base_count_before_anything_is_built() {
    // One layer of the base, and six.
    let limit = |most: u32| {
        let tests = format!("tests:\n  gate: true\n  checks:\n    flat: {{layers: {most}}}\n");
        Case::spec(spec(&tests)).run()
    };
    let ran = limit(6);
    assert_eq!(
        ran.error().message,
        "dynamo.yaml:9:20: the image gets 7 layers, 1 of them from its base, and `flat` allows 6 \
         [LayerBudget]\n  help: do in one step what belongs together: each makes a layer"
    );
    assert_eq!(ran.places(), ["dynamo.yaml:9-9"]);
    let solved = ran
        .methods()
        .into_iter()
        .filter(|one| *one == Method::Solve);
    assert_eq!(solved.count(), 1, "the spec is loaded, and nothing built");
    assert!(limit(7).failure().is_none());
}

#[test]
fn files_alone_are_no_image_to_check() {
    let spec = "framework: dynamo\ndevice: cpu\ntarget: wheels\n";
    let ran = Case::spec(spec).option(ALONE.0, ALONE.1).run();
    assert_eq!(
        ran.error().message,
        "command line:1:10: `wheels` is files alone: there is no image to check \
         [UnsupportedCombination]\n  dynamo.yaml:3:9: the spec's target\n  \
         help: check a target that is an image, such as `runtime`"
    );
}

#[test]
fn the_word_is_for_the_client_and_no_target_of_a_spec() {
    let ran = Case::spec(MINIMAL.replace("device: cpu", "device: cpu\ntarget: check-image")).run();
    let message = &ran.error().message;
    assert!(
        message.contains("`check-image` is not one of") && message.contains("--target check-image"),
        "{message}"
    );
    // In any case, as with targets.
    let ran = Case::spec(spec(ONE)).option("target", "Check-Image").run();
    assert!(ran.failure().is_none());
}

#[test]
fn a_context_in_the_place_of_the_image_is_what_is_checked() {
    let ran = alone(ONE)
        .option("context:runtime", "docker-image://example.org/done:1")
        .script(|double| double.image("example.org/done:1", DIGEST, CONFIG))
        .run();
    let graph = given_out(&ran);
    let steps = named(&graph);
    assert!(steps.contains_key("[check-image] greets"));
    assert!(
        !steps.keys().any(|name| name.starts_with("[runtime")),
        "nothing of it is built"
    );
}

/// The example with a check of each kind, on amd64.
fn example() -> (Outcome, Ran) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/tests/dynamo.yaml");
    let text = fs::read(file).expect("the example");
    let input = Input {
        name: "dynamo.yaml",
        bytes: &text,
        build_args: &BTreeMap::new(),
        target: Some(ALONE.1),
    };
    let outcome = pipeline::plan(input, &[Architecture::Amd64]).expect("a catalog");
    let ran = Case::spec(&text)
        .option(ALONE.0, ALONE.1)
        .script(|double| double.file("check/sees-a-gpu.txt", "ok: it is there\n"))
        .run();
    (outcome, ran)
}

#[test]
fn the_plan_of_the_example_with_a_check_of_each_kind_is_this() {
    let (outcome, _) = example();
    let text = to_text(&outcome.plans[0], &outcome.sources);
    let (_, checks) = text.split_once("\ncheck-image from").expect("the checks");
    insta::assert_snapshot!(format!("check-image from{checks}"));
    // What each expects, in the words of the script.
    let stage = outcome.plans[0].checks().expect("the checks");
    let steps = stage.steps.iter().map(|step| {
        let mut expected = step.action.trees().filter_map(|tree| match tree {
            Tree::Literal { path, content } if path == "/expected" => Some(content.as_str()),
            _ => None,
        });
        format!("# {}\n{}", step.title, expected.next().expect("a file"))
    });
    insta::assert_snapshot!(steps.collect::<String>());
}

#[test]
fn the_graph_of_the_example_with_a_check_of_each_kind_is_this() {
    let (_, ran) = example();
    let graph = text::dump(&given_out(&ran).into()).expect("a graph that reads");
    let is_check = |part: &&str| part.contains("\"[check-image]");
    let parts: Vec<&str> = graph.split("\n#").filter(is_check).collect();
    insta::assert_snapshot!(parts.join("\n"));
}

#[test]
fn a_check_is_told_to_stand_on_the_image_and_on_no_other_check() {
    let (outcome, _) = example();
    let names = steps_of(&outcome.plans[0]);
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    assert!(names.contains(&"check-image/2".to_owned()), "{names:?}");
    let name = step_named(&outcome.plans[0], "check-image/2").expect("the step");
    let story = explain_step(&outcome.plans[0], &name, &outcome.sources).expect("a story");
    let text = step_to_text(&story);
    assert!(text.contains("runtime/"), "it stands on the image:\n{text}");
    assert!(
        !text.contains("check-image/1"),
        "and on no other check:\n{text}"
    );
}

#[test]
fn requests_know_of_the_checks() {
    let call = |id: &str| {
        let ran = alone(ONE).option("requestid", id).run();
        let text = &ran.result().metadata["result.txt"];
        String::from_utf8_lossy(text).into_owned()
    };
    let plan = call("frontend.plan");
    assert!(
        plan.contains("check-image from runtime, side by side\n  1. greets\n"),
        "{plan}"
    );
    assert!(call("frontend.graph").contains("subgraph stage2[\"check-image\"]"));
    let targets = call("frontend.targets");
    assert!(targets.contains("check-image"), "{targets}");
    assert!(!call("frontend.lint").contains("error"));
}
