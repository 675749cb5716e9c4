//! Named build contexts in the place of images, stages and sources.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use buildkit_llb::{Local, MarshalOptions, marshal};
use buildkit_proto::pb;
use dynamo_frontend::gateway::double::{Call, Daemon, Method};

use crate::case::{BASE, CONFIG, Case, DIGEST, MINIMAL, Named, Ran, UV, named, operations};

/// Another image.
const OTHER: &str = "docker.io/library/debian:12";
const OTHER_CONFIG: &str = r#"{"os":"linux","architecture":"amd64","config":{"Env":["PATH=/other","ONLY=here"],"WorkingDir":"/w","Labels":{"from":"other"}},"history":[{"created_by":"other"}]}"#;
/// A spec whose parts are compiled.
const NATIVE: &str = "\
# syntax=nvidia/dynamo-frontend:1
framework: dynamo
device: cpu
target: wheel_builder
components: {ucx: true}
";

fn sources(ran: &Ran) -> BTreeMap<String, pb::SourceOp> {
    let all = named(&ran.graph());
    let source = |one: &Named| {
        one.source()
            .map(|source| (source.identifier.clone(), source.clone()))
    };
    all.values().filter_map(source).collect()
}

fn names(ran: &Ran) -> Vec<String> {
    named(&ran.graph()).into_keys().collect()
}

fn input(name: &str) -> pb::Definition {
    let tree = Local::new(name).name("made elsewhere").output();
    let options = MarshalOptions::default().session("ELSEWHERE");
    let graph = marshal(&tree, &options).expect("a graph");
    graph.definition.into_pb()
}

/// The variables of the step that installs Dynamo.
fn env(ran: &Ran) -> Vec<String> {
    let all = named(&ran.graph());
    let (_, step) = all
        .iter()
        .find(|(name, _)| name.contains("install Dynamo"))
        .expect("a step");
    step.exec()
        .and_then(|exec| exec.meta.clone())
        .expect("a process")
        .env
}

#[test]
fn case_57_an_image_takes_the_place_of_the_one_it_is_named_after() {
    let spec = format!("{MINIMAL}images: {{base: \"ubuntu:24.04\"}}\n");
    for name in [
        "ubuntu:24.04",
        "docker.io/library/ubuntu:24.04",
        "ubuntu:24.04::linux/amd64",
    ] {
        let ran = Case::spec(&spec)
            .option(&format!("context:{name}"), "docker-image://debian:12")
            .script(|double| double.image(OTHER, DIGEST, OTHER_CONFIG))
            .run();
        let sources = sources(&ran);
        assert!(
            sources.contains_key(&format!("docker-image://{OTHER}@{DIGEST}")),
            "{name}"
        );
        assert!(
            !sources.keys().any(|source| source.contains("ubuntu")),
            "{name}"
        );
        let asked: Vec<String> = ran
            .calls
            .iter()
            .filter_map(|call| match call {
                Call::ResolveSourceMeta(request) => Some(request.log_name.clone()),
                _ => None,
            })
            .collect();
        let bare = name.split("::").next().unwrap_or(name);
        let log = format!("[context {bare}] load metadata for {OTHER}");
        assert!(asked.contains(&log), "{asked:?}");
        assert_eq!(asked.len(), 2, "the replaced image is not asked for");
        assert!(
            env(&ran).contains(&"ONLY=here".to_owned()),
            "{:?}",
            env(&ran)
        );
        let config = ran.metadata("containerimage.config");
        assert_eq!(config["config"]["Labels"]["from"], "other");
        assert_eq!(config["history"][0]["created_by"], "other");
        assert_eq!(
            ran.metadata("containerimage.base.config")["config"]["WorkingDir"],
            "/w"
        );
    }
}

#[test]
fn case_57_another_tag_is_another_image() {
    let plain = Case::spec(MINIMAL).run();
    let ran = Case::spec(MINIMAL)
        .option("source", "nvidia/dynamo-frontend:1")
        .option("cmdline", "nvidia/dynamo-frontend:1")
        .option(
            "context:nvidia/dynamo-frontend:1",
            "docker-image://local/frontend",
        )
        .option("context:other", "local:other")
        .option("context:ubuntu", "docker-image://ubuntu:22.04")
        .option(
            "context:ubuntu:24.04::linux/arm64",
            "docker-image://ubuntu:22.04",
        )
        .option("context:Not An Image", "local:x")
        .run();
    assert_eq!(ran.graph(), plain.graph());
}

#[test]
fn case_57_an_image_without_a_tag_is_the_latest() {
    let spec = format!("{MINIMAL}images: {{base: base}}\n");
    let ran = Case::spec(spec)
        .option("context:base", "docker-image://debian:12")
        .script(|double| double.image(OTHER, DIGEST, OTHER_CONFIG))
        .run();
    assert!(sources(&ran).contains_key(&format!("docker-image://{OTHER}@{DIGEST}")));
}

#[test]
fn case_58_a_directory_is_sent_by_the_paths_used_without_what_it_ignores() {
    let spec = "framework: dynamo\ndevice: cpu\ntarget: wheels\n";
    let ran = Case::spec(spec)
        .option("context:dynamo.source", "local:src")
        .option("sharedkey:localdir:src", "KEY")
        .option("local-sessionid:src", "OTHER")
        .script(|double| every_image(double.file(".dockerignore", "target\n"), spec))
        .run();
    let sources = sources(&ran);
    let source = &sources["local://src"];
    assert_eq!(source.attrs["local.session"], "OTHER");
    assert_eq!(source.attrs["local.excludepatterns"], r#"["target"]"#);
    assert_eq!(
        source.attrs["local.sharedkeyhint"],
        "context:dynamo.source-KEY"
    );
    assert!(source.attrs["local.followpaths"].contains("Cargo.lock"));
    assert!(!sources.contains_key("local://context"));
}

#[test]
fn a_context_named_after_a_key_is_the_source_of_that_key() {
    let plain = Case::spec(NATIVE)
        .script(|double| every_image(double, NATIVE))
        .run();
    let ucx = |source: &str| source.contains("openucx");
    assert!(
        sources(&plain).keys().any(|source| ucx(source)),
        "{:?}",
        sources(&plain).keys()
    );
    let ran = Case::spec(NATIVE)
        .option("context:components.ucx", "https://example.org/mine.git#fix")
        .script(|double| every_image(double, NATIVE))
        .run();
    let sources = sources(&ran);
    assert!(sources.contains_key("git://example.org/mine.git#fix"));
    assert!(!sources.keys().any(|source| ucx(source)));
    assert!(
        names(&ran)
            .contains(&"[context components.ucx] git https://example.org/mine.git#fix".to_owned())
    );
}

#[test]
fn a_context_named_after_a_stage_is_what_that_stage_leaves() {
    let ran = Case::spec(NATIVE)
        .option("context:UCX", "local:tree")
        .script(|double| every_image(double, NATIVE))
        .run();
    let all = names(&ran);
    assert!(
        all.contains(&"[context UCX] load from client".to_owned()),
        "{all:?}"
    );
    assert!(!all.iter().any(|name| name.contains("[ucx ")), "{all:?}");
}

#[test]
fn a_target_that_is_given_is_the_result_with_its_config() {
    let config = STANDARD.encode(OTHER_CONFIG);
    let ran = Case::spec(MINIMAL)
        .option("context:runtime", "input:made")
        .option(
            "input-metadata:made",
            &format!(r#"{{"containerimage.config":"{config}"}}"#),
        )
        .option("label:mine", "yes")
        .script(|double| double.input("made", input("files")))
        .run();
    assert_eq!(operations(&ran.graph()).len(), 2, "{:?}", names(&ran));
    let config = ran.metadata("containerimage.config");
    assert_eq!(config["config"]["WorkingDir"], "/w");
    assert_eq!(config["config"]["Labels"]["mine"], "yes");
    assert!(!ran.methods().contains(&Method::ResolveSourceMeta));
}

#[test]
fn case_60_an_input_brings_its_environment_and_config() {
    let config = STANDARD.encode(OTHER_CONFIG);
    let ran = Case::spec(MINIMAL)
        .option("context:ubuntu:24.04", "input:u")
        .option(
            "input-metadata:u",
            &format!(r#"{{"containerimage.config":"{config}"}}"#),
        )
        .script(|double| double.input("u", input("files")))
        .run();
    assert!(env(&ran).contains(&"ONLY=here".to_owned()));
    assert!(sources(&ran).contains_key("local://files"));
    assert_eq!(
        ran.metadata("containerimage.config")["config"]["Labels"]["from"],
        "other"
    );
    assert!(
        names(&ran).contains(&"made elsewhere".to_owned()),
        "names come along"
    );
}

#[test]
fn case_60_an_input_that_is_not_there_or_not_right_is_told_at_its_line() {
    let missing = Case::spec(MINIMAL)
        .option("context:runtime", "input:nothing")
        .run();
    assert_eq!(
        missing.error().message,
        "the build context `runtime` is the input `nothing`, which the client did not pass in"
    );
    assert_eq!(missing.places(), ["dynamo.yaml:2-2"]);
    let wrong = Case::spec(MINIMAL)
        .option("context:runtime", "input:u")
        .option("input-metadata:u", r#"{"containerimage.config":"%"}"#)
        .script(|double| double.input("u", input("files")))
        .run();
    assert!(
        wrong
            .error()
            .message
            .starts_with("invalid input-metadata:u: ")
    );
}

#[test]
fn an_image_in_a_folder_of_the_client_is_built_on() {
    let reference = format!("store@{DIGEST}");
    let ran = Case::spec(MINIMAL)
        .option("context:ubuntu:24.04", &format!("oci-layout://{reference}"))
        .script(|double| double.image(&reference, DIGEST, OTHER_CONFIG))
        .run();
    let source = &sources(&ran)[&format!("oci-layout://{reference}")];
    assert_eq!(source.attrs["oci.store"], "store");
    assert_eq!(source.attrs["oci.session"], "SESSION");
    assert!(env(&ran).contains(&"ONLY=here".to_owned()));
}

#[test]
fn a_file_of_a_web_server_stands_for_a_download_in_its_form() {
    let spec = "framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n";
    let ran = Case::spec(spec)
        .option("context:components.etcd", "https://example.org/etcd.tgz")
        .option("context:components.nats", "local:nats")
        .run();
    let all = names(&ran);
    assert!(
        all.contains(&"[context components.etcd] unpack https://example.org/etcd.tgz".to_owned()),
        "{all:?}"
    );
    assert!(all.contains(&"[context components.nats] load from client".to_owned()));
}

#[test]
fn nothing_may_be_given_for_an_image() {
    let ran = Case::spec(MINIMAL)
        .option(
            "context:ghcr.io/astral-sh/uv:0.12.0",
            "docker-image://scratch",
        )
        .run();
    assert!(ran.failure().is_none(), "{:?}", ran.failure());
    assert!(!sources(&ran).keys().any(|source| source.contains("astral")));
}

#[test]
fn an_image_for_another_platform_is_refused_with_the_one_to_give() {
    let config = OTHER_CONFIG.replace("amd64", "arm64");
    let ran = Case::spec(MINIMAL)
        .option("context:ubuntu:24.04", "docker-image://debian:12")
        .script(|double| double.image(OTHER, DIGEST, config))
        .run();
    insta::assert_snapshot!(ran.error().message);
    assert_eq!(ran.places(), ["dynamo.yaml:2-2"]);
}

#[test]
fn every_context_that_is_wrong_is_told_at_once_without_passwords() {
    let ran = Case::spec(MINIMAL)
        .option(
            "context:ubuntu:24.04",
            "https://me:hunter2@example.org/a.git",
        )
        .option("context:ghcr.io/astral-sh/uv:0.12.0", "oci-layout://x")
        .run();
    insta::assert_snapshot!(ran.error().message);
    assert_eq!(
        ran.places(),
        ["dynamo.yaml:2-2"],
        "a line of both is shown once"
    );
    assert_eq!(
        ran.methods()
            .iter()
            .filter(|one| **one == Method::Solve)
            .count(),
        1
    );
}

#[test]
fn every_platform_has_its_own_context_and_config() {
    let arm = OTHER_CONFIG
        .replace("amd64", "arm64")
        .replace("here", "arm");
    let ran = Case::on(Daemon::head(), MINIMAL)
        .option("platform", "linux/amd64,linux/arm64")
        .option("context:ubuntu:24.04", "docker-image://debian:12")
        .script(|double| {
            double
                .image_for("linux/amd64", OTHER, DIGEST, OTHER_CONFIG)
                .image_for("linux/arm64", OTHER, DIGEST, arm.clone())
                .image_for("linux/arm64", UV, DIGEST, CONFIG.replace("amd64", "arm64"))
        })
        .run();
    for (platform, value) in [("linux/amd64", "ONLY=here"), ("linux/arm64", "ONLY=arm")] {
        let config = ran.metadata(&format!("containerimage.config/{platform}"));
        let env = config["config"]["Env"].as_array().expect("variables");
        assert!(env.iter().any(|one| one == value), "{platform}: {env:?}");
    }
}

#[test]
fn case_109_what_a_policy_puts_in_the_place_of_an_image_is_followed() {
    let ran = Case::spec(MINIMAL)
        .script(|double| {
            double.rewritten_image(BASE, "git://example.org/tree.git#main", DIGEST, CONFIG)
        })
        .run();
    assert!(ran.failure().is_none(), "{:?}", ran.failure());
    assert!(sources(&ran).contains_key("git://example.org/tree.git#main"));
    let mirrored = Case::spec(MINIMAL)
        .script(|double| {
            double.rewritten_image(
                BASE,
                &format!("docker-image://{OTHER}"),
                DIGEST,
                OTHER_CONFIG,
            )
        })
        .run();
    assert!(sources(&mirrored).contains_key(&format!("docker-image://{OTHER}@{DIGEST}")));
}

/// A registry that has every image of a spec.
fn every_image(
    double: dynamo_frontend::gateway::double::Double,
    spec: &str,
) -> dynamo_frontend::gateway::double::Double {
    use dynamo_frontend::pipeline;
    use dynamo_frontend::spec::{Architecture, Input};
    let build_args = BTreeMap::new();
    let input = Input {
        name: "dynamo.yaml",
        bytes: spec.as_bytes(),
        build_args: &build_args,
        target: None,
    };
    let outcome = pipeline::plan(input, &[Architecture::Amd64]).expect("a catalog");
    let images = outcome.plans[0].images();
    images.into_iter().fold(double, |double, image| {
        double.image(&image.reference.to_string(), DIGEST, CONFIG)
    })
}

#[test]
fn a_context_that_is_not_given_is_told_before_any_registry_is_asked() {
    let spec = "framework: trtllm\ntrtllm: {install: {wheel_dir: trtllm_wheel}}\n";
    let ran = Case::spec(spec).run();
    let message = &ran.error().message;
    assert!(
        message.ends_with("help: add `--build-context trtllm_wheel=DIR`"),
        "{message}"
    );
    assert!(!ran.methods().contains(&Method::ResolveSourceMeta));
}
