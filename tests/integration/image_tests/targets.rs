//! Checks that are for some targets of a spec.

use buildkit_proto::pb;
use dynamo_frontend::gateway::double::Method;

use super::{ALONE, checks, given_out, spec};
use crate::case::{CONFIG, Case, DIGEST, Ran};

/// What targets with a compiler take it from.
const RUST: &str = "docker.io/library/rust:1.90.0-slim-bookworm";

/// A check of every image, one of images that serve, and one of the base.
const SOME: &str = "\
tests:
  gate: true
  builtin: false
  checks:
    anywhere: {files: {/etc/passwd: {}}}
    serves: {targets: [frontend, runtime], imports: [dynamo.runtime], layers: 99}
    compiles: {targets: [base], command: [cargo, --version]}
";
/// A check of images that serve, and none of others.
const ONE_OF_RUNTIME: &str = "\
tests:
  gate: true
  builtin: false
  checks:
    serves: {targets: [runtime], imports: [dynamo.runtime], layers: 1}
";

/// A build of a spec for what an option of the client names.
fn case(text: &str, option: &str, target: &str) -> Case {
    let case = Case::spec(spec(text)).option(option, target);
    case.script(|double| double.image(RUST, DIGEST, CONFIG))
}

/// The checks that are in a build, without the step that gathers their reports.
fn checked(ran: &Ran, graph: &pb::Definition) -> Vec<String> {
    assert_eq!(ran.failure(), None);
    let names = checks(graph).into_iter();
    let names = names.filter_map(|name| Some(name.strip_prefix("[check-image] ")?.to_owned()));
    names.filter(|name| name != "reports").collect()
}

#[test]
fn a_check_is_part_of_the_builds_of_its_targets_and_of_no_other() {
    let target = |word: &str| case(SOME, "target", word).run();
    let gated = |word: &str| {
        let ran = target(word);
        let graphs = ran.definitions();
        let all = graphs.iter().flat_map(|graph| checked(&ran, graph));
        all.collect::<Vec<String>>()
    };
    assert_eq!(gated("runtime"), ["anywhere", "serves"]);
    assert_eq!(gated("dynamo_base"), ["anywhere", "compiles"]);
    let base = target("dynamo_base");
    let told = &base.result().metadata["frontend.result.inlinemessage"];
    assert_eq!(
        String::from_utf8_lossy(told),
        "2 checks of the image passed"
    );
}

#[test]
fn checks_alone_are_those_of_the_target_of_the_spec() {
    let of = |written: &str, option: &str, target: &str| {
        let case = case(&format!("{written}{SOME}"), option, target);
        let ran = case.option(ALONE.0, ALONE.1).run();
        checked(&ran, &given_out(&ran))
    };
    let base = "target: dynamo_base\n";
    assert_eq!(of("", ALONE.0, ALONE.1), ["anywhere", "serves"]);
    assert_eq!(of(base, ALONE.0, ALONE.1), ["anywhere", "compiles"]);
    // As a bake file has it.
    let argument = "build-arg:target";
    assert_eq!(of("", argument, "dynamo_base"), ["anywhere", "compiles"]);
    assert_eq!(of(base, argument, "runtime"), ["anywhere", "serves"]);
}

#[test]
fn a_plan_has_the_checks_of_what_is_built_and_a_target_is_itself_alone() {
    let tests = SOME.replace("[frontend, runtime]", "[dev]");
    let text = format!("framework: dynamo\ndevice: cpu\n{tests}");
    let plan = |word: &str| {
        let case = Case::spec(&text).option("target", word);
        let ran = case.option("requestid", "frontend.plan").run();
        let plan = &ran.result().metadata["result.txt"];
        let plan = String::from_utf8_lossy(plan).into_owned();
        ["anywhere", "serves", "compiles", "serves: 99 layers"].map(|one| plan.contains(one))
    };
    assert_eq!(plan("dynamo_base"), [true, false, true, false]);
    assert_eq!(plan("runtime"), [true, false, false, false]);
    assert_eq!(plan("dev"), [true, true, false, true]);
    assert_eq!(plan("test"), [true, false, false, false]);
}

#[test]
fn a_built_in_check_gives_way_to_one_of_the_same_build_alone() {
    let uv = "tests:\n  checks:\n    uv: {targets: [base], command: [uv, --help]}\n";
    let command = |target: &str| {
        let case = case(uv, "build-arg:target", target);
        let ran = case.option(ALONE.0, ALONE.1).run();
        let graph = buildkit_llb::text::dump(&given_out(&ran).into());
        let graph = graph.expect("a graph that reads").replace("\n      ", "|");
        ["--version", "--help"].map(|word| graph.contains(&format!("command 2|uv|{word}|")))
    };
    assert_eq!(command("runtime"), [true, false]);
    assert_eq!(command("dynamo_base"), [false, true]);
}

#[test]
fn an_image_that_no_check_is_for_is_given_out_with_a_warning() {
    let build = |tests: &str| case(tests, "target", "dynamo_base").run();
    let (gated, plain) = (build(ONE_OF_RUNTIME), build(""));
    assert_eq!(given_out(&gated).def, given_out(&plain).def);
    assert!(!gated.methods().contains(&Method::Evaluate));
    let warned = |text: &&String| text.contains("no check is for `dynamo_base`");
    assert_eq!(gated.warnings().iter().filter(warned).count(), 1);
    let metadata = &gated.result().metadata;
    assert!(!metadata.contains_key("frontend.result.inlinemessage"));
}

#[test]
fn to_check_an_image_that_no_check_is_for_is_a_mistake() {
    let case = Case::spec(spec(ONE_OF_RUNTIME)).option(ALONE.0, ALONE.1);
    let ran = case.option("build-arg:target", "dynamo_base").run();
    let message = &ran.error().message;
    assert!(
        message.contains(
            "there is nothing to check: no check is for `dynamo_base` [MissingValue]\n  \
             help: add `dynamo_base` to `targets` of a check, or remove `builtin: false`"
        ),
        "{message}"
    );
}

#[test]
fn what_is_wrong_with_a_check_of_another_target_is_told_all_the_same() {
    let wrong = SOME.replace("[cargo, --version]", "[cargo], stdout: {matches: \"(\"}");
    let ran = Case::spec(spec(&wrong)).run();
    assert!(
        ran.error().message.contains("[InvalidValue]"),
        "{}",
        ran.error().message
    );
}
