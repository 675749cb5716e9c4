//! What can be set and what can be built, as clients are told.

use buildkit_proto::gateway;
use dynamo_frontend::gateway::double::Method;
use dynamo_frontend::spec::{Decode, Keys};
use serde_json::{Value, json};

use crate::case::{Case, MINIMAL, Ran};

fn asked(case: Case, name: &str) -> Ran {
    case.option("requestid", &format!("frontend.{name}")).run()
}

fn text(result: &gateway::Result) -> String {
    String::from_utf8(result.metadata["result.txt"].clone()).expect("text")
}

fn argument<'a>(outline: &'a Value, name: &str) -> &'a Value {
    let args = outline["args"].as_array().expect("a list");
    let found = args.iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("no `{name}`"))
}

/// Built from the build context, as most targets are.
fn from_context(more: &str) -> String {
    format!("{}{more}", MINIMAL.replace("{index: 1.0.0}", "context"))
}

/// The lines of a place in the spec.
fn at(line: u32) -> Value {
    json!({"ranges": [{"start": {"line": line}, "end": {"line": line}}]})
}

#[test]
fn case_91_targets_are_those_of_the_framework_with_the_specs_as_the_default() {
    let ran = asked(Case::spec(from_context("target: dev\n")), "targets");
    let answer = ran.metadata("result.json");
    let targets = answer["targets"].as_array().expect("a list");
    let named = |name: &str| targets.iter().find(|one| one["name"] == name);
    assert!(named("runtime").expect("a target").get("default").is_none());
    let dev = named("dev").expect("a target");
    assert_eq!(dev["default"], true);
    assert_eq!(dev["location"], at(6));
    let defaults = targets.iter().filter(|one| one["default"] == true);
    assert_eq!(defaults.count(), 1);
    insta::assert_snapshot!(text(ran.result()));
    assert_eq!(ran.result().metadata["version"], b"1.0.0");
    assert_eq!(answer["sources"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_default_target_is_the_one_that_is_asked_for() {
    let case = Case::spec(from_context("target: dev\n")).option("target", "wheels");
    let targets = asked(case, "targets").metadata("result.json")["targets"].clone();
    let all = targets.as_array().expect("a list");
    let default = all.iter().find(|one| one["default"] == true);
    let default = default.expect("a default");
    assert_eq!(default["name"], "wheels");
    assert!(
        default.get("location").is_none(),
        "it is no line of the spec"
    );
}

#[test]
fn case_91_a_target_that_needs_another_source_of_dynamo_says_so() {
    let ran = asked(Case::spec(MINIMAL), "targets");
    insta::assert_snapshot!(text(ran.result()));
}

#[test]
fn case_92_the_outline_has_every_key_that_a_build_argument_sets() {
    let ran = asked(Case::spec(MINIMAL), "outline");
    let outline = ran.metadata("result.json");
    let args = outline["args"].as_array().expect("a list").iter();
    let mut names: Vec<&str> = args
        .clone()
        .map(|one| one["name"].as_str().expect("text"))
        .collect();
    let mut expected = Keys::shape().scalar_paths();
    names.sort_unstable();
    expected.sort_unstable();
    assert_eq!(names, expected);
    let described = |one: &Value| {
        one["description"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    };
    assert!(args.clone().all(described));
    assert_eq!(outline["name"], "runtime");
    assert!(!ran.methods().contains(&Method::ResolveSourceMeta));
    assert!(text(ran.result()).starts_with("TARGET:      runtime\n"));
}

#[test]
fn case_92_what_can_be_left_out_says_whether_it_is_there() {
    let spec = "framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n\
                components:\n  nats: {version: v2.11.0}\n  etcd: false\n";
    let outline = asked(Case::spec(spec), "outline").metadata("result.json");
    let nats = argument(&outline, "components.nats");
    assert_eq!(
        (&nats["value"], &nats["location"]),
        (&json!("true"), &at(5))
    );
    let version = argument(&outline, "components.nats.version");
    assert_eq!(version["value"], "v2.11.0");
    for without in [
        "components.etcd",
        "components.nixl",
        "build.sccache",
        "features.modelexpress",
    ] {
        assert_eq!(argument(&outline, without)["value"], "false", "{without}");
    }
    assert!(
        argument(&outline, "components.etcd.version")
            .get("value")
            .is_none()
    );
    // Another engine's.
    assert!(argument(&outline, "vllm.lmcache").get("value").is_none());
}

#[test]
fn case_92_values_are_those_of_the_build_and_places_those_in_the_spec() {
    let case = Case::spec(format!("{MINIMAL}user: {{uid: 1234}}\n"));
    let case = case.option("build-arg:toolchain.python", "3.11");
    let outline = asked(case, "outline").metadata("result.json");
    let uid = argument(&outline, "user.uid");
    assert_eq!((&uid["value"], &uid["location"]), (&json!("1234"), &at(6)));
    let framework = argument(&outline, "framework");
    assert_eq!(framework["value"], "dynamo");
    assert_eq!(framework["location"], at(2));
    let python = argument(&outline, "toolchain.python");
    assert_eq!(python["value"], "3.11");
    assert!(
        python.get("location").is_none(),
        "it is no line of the spec"
    );
    let gid = argument(&outline, "user.gid");
    assert_eq!(gid["value"], "0", "the catalog's");
    assert!(gid.get("location").is_none());
    assert_eq!(argument(&outline, "dynamo.source.index")["value"], "1.0.0");
    let caches = outline["cache"].as_array().expect("a list");
    let ids: Vec<&str> = caches.iter().filter_map(|one| one["ID"].as_str()).collect();
    assert!(
        ids.iter().any(|id| id.starts_with("dynamo-apt-")),
        "{ids:?}"
    );
    let mut once = ids.clone();
    once.dedup();
    assert_eq!(once, ids);
}

#[test]
fn a_spec_that_cannot_be_built_fails_with_what_is_wrong() {
    for name in ["targets", "outline"] {
        let ran = asked(Case::spec("framework: dynmo\n"), name);
        assert!(ran.error().message.contains("`dynmo`"));
        assert_eq!(ran.places(), ["dynamo.yaml:1-1"]);
    }
}

#[test]
fn the_outline_says_which_secrets_the_client_needs() {
    let build = "build: {python: {index_secret: index, netrc_secret: netrc}}\n";
    let ran = asked(Case::spec(format!("{MINIMAL}{build}")), "outline");
    let secrets = &ran.metadata("result.json")["secrets"];
    let names: Vec<&Value> = secrets
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["netrc", "index"]);
    assert_eq!(secrets[0]["required"], true);
    assert!(text(ran.result()).contains("SECRET"));
    let none = asked(Case::spec(MINIMAL), "outline").metadata("result.json");
    assert!(none.get("secrets").is_none());
}
