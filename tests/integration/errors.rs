//! How failures reach the user: message, and lines of the spec.

use buildkit_proto::{pb, rpc};
use dynamo_frontend::gateway::double::Method;
use dynamo_frontend::gateway::errdefs::{Detail, Vertex};
use prost_types::Any;

use crate::case::{BASE, CONFIG, Case, DIGEST, MINIMAL, Ran};

fn status(message: &str) -> rpc::Status {
    rpc::Status {
        code: 2,
        message: message.to_owned(),
        details: Vec::new(),
    }
}

#[test]
fn case_80_a_syntax_error_has_one_place_its_own() {
    let ran =
        Case::spec("# syntax=x\nframework: dynamo\n\ndevice: cpu\n\n\nuser: {name: [x}\n").run();
    assert_eq!(ran.places(), ["dynamo.yaml:7-7"]);
    assert!(
        ran.error().message.starts_with("dynamo.yaml:7:"),
        "{}",
        ran.error().message
    );
}

#[test]
fn case_81_an_unknown_key_has_its_line_and_a_suggestion() {
    let ran = Case::spec(format!("{MINIMAL}packges: {{}}\n")).run();
    assert_eq!(ran.places(), ["dynamo.yaml:6-6"]);
    assert!(ran.error().message.contains("did you mean `packages`?"));
}

#[test]
fn case_82_two_errors_are_returned_together_in_the_order_of_their_lines() {
    let ran = Case::spec("device: cpuu\n\nframewrok: dynamo\n").run();
    assert_eq!(ran.places(), ["dynamo.yaml:1-1", "dynamo.yaml:3-3"]);
    insta::assert_snapshot!(ran.error().message);
}

#[test]
fn of_very_many_errors_the_first_are_shown_and_neighbours_share_their_file() {
    let unknown = (0..3000).fold(String::new(), |text, number| {
        format!("{text}a{number}: 1\n")
    });
    let ran = Case::spec(format!("{MINIMAL}{unknown}")).run();
    assert_eq!(ran.places().len(), 20);
    assert_eq!(ran.error().details.len(), 1, "one file, sent once");
    let message = &ran.error().message;
    assert!(
        message.starts_with("3000 errors in the spec\n"),
        "{message}"
    );
    assert!(message.ends_with("\nand 2980 more"), "{message}");
}

#[test]
fn errors_far_apart_are_shown_in_excerpts_of_their_own() {
    let spec = format!("frmework: dynamo\n{}devcie: cpu\n", "\n".repeat(200));
    let ran = Case::spec(spec).run();
    assert_eq!(ran.places(), ["dynamo.yaml:1-1", "dynamo.yaml:202-202"]);
    assert_eq!(ran.error().details.len(), 2);
}

#[test]
fn case_84_a_missing_image_is_named_with_its_line_and_the_registrys_words() {
    let spec = format!("{MINIMAL}images:\n  base: registry.local/none:1\n");
    let refusal = status("registry.local/none:1: not found");
    let ran = Case::spec(spec)
        .script(|double| double.fail_nth(Method::ResolveSourceMeta, 0, refusal))
        .run();
    assert_eq!(ran.places(), ["dynamo.yaml:7-7"]);
    let message = &ran.error().message;
    assert!(
        message.contains("failed to resolve image `registry.local/none:1`"),
        "{message}"
    );
    assert!(
        message.contains("registry.local/none:1: not found\nhelp: check its name and tag"),
        "{message}"
    );
}

#[test]
fn case_85_details_of_the_daemon_are_passed_on_unchanged_before_our_own() {
    let detail = |number: u8| Any {
        type_url: format!("example.com/{number}"),
        value: vec![number],
    };
    let sent: Vec<Any> = (1..=3).map(detail).collect();
    let failure = rpc::Status {
        code: 5,
        message: "no".to_owned(),
        details: sent.clone(),
    };
    let ran = Case::spec(MINIMAL)
        .script(|double| double.fail_nth(Method::Solve, 1, failure))
        .run();
    assert_eq!(ran.error().details[..3], sent);
    assert_eq!(ran.error().code, 5);
    assert_eq!(ran.places().len(), 1, "our own place is added");
}

#[test]
fn a_missing_spec_is_named() {
    let ran = Case::spec("").option("filename", "none.yaml").run();
    assert!(
        ran.error().message.contains("none.yaml"),
        "{}",
        ran.error().message
    );
}

#[test]
fn wrong_options_point_at_the_first_line_instead_of_the_syntax_line_of_the_loader() {
    let ran = Case::spec(MINIMAL)
        .option("image-resolve-mode", "never")
        .run();
    assert!(
        ran.error()
            .message
            .contains("invalid image-resolve-mode: never")
    );
    assert_eq!(ran.places(), ["dynamo.yaml:1-1"]);
    let ran = Case::spec(MINIMAL)
        .option("platform", "windows/amd64")
        .run();
    assert!(ran.error().message.contains("linux/amd64 and linux/arm64"));
}

#[test]
fn a_base_for_another_platform_is_refused() {
    let ran = Case::spec(MINIMAL).option("platform", "linux/arm64").run();
    let message = &ran.error().message;
    assert!(
        message.contains("`ubuntu:24.04` is for `linux/amd64`") && message.contains("linux/arm64"),
        "{message}"
    );
    assert!(!ran.places().is_empty(), "{BASE} has a place");
}

#[test]
fn case_84_every_image_that_cannot_be_had_is_reported_at_its_own_line() {
    let images = "images:\n  base: registry.local/none:1\n  uv: registry.local/uv:2\n";
    let ran = Case::spec(format!("{MINIMAL}{images}"))
        .option("platform", "linux/amd64,linux/arm64")
        .run();
    insta::assert_snapshot!(ran.error().message);
    assert_eq!(ran.places(), ["dynamo.yaml:7-7", "dynamo.yaml:8-8"]);
}

#[test]
fn an_image_of_the_catalog_is_shown_at_the_line_that_chose_it() {
    let ran = Case::spec(MINIMAL)
        .script(|double| double.fail(Method::ResolveSourceMeta, status("no way out")))
        .run();
    insta::assert_snapshot!(ran.error().message);
    assert_eq!(ran.places(), ["dynamo.yaml:2-2"]);
}

/// A build of a spec, of whose graph the operation of this name fails as one does
/// that the daemon cannot connect for.
fn unreachable(spec: &str, operation: &str) -> Ran {
    let case = || {
        let rust = "docker.io/library/rust:1.90.0-slim-bookworm";
        Case::spec(spec).script(|double| double.image(rust, DIGEST, CONFIG))
    };
    let graph = case().run().graph();
    let name = |metadata: &pb::OpMetadata| metadata.description.get("llb.customname").cloned();
    let mut all = graph.metadata.into_iter();
    let failed = all.find(|(_, metadata)| name(metadata).as_deref() == Some(operation));
    let (digest, _) = failed.unwrap_or_else(|| panic!("no {operation:?} in the graph"));
    let mut refusal = status("failed to load cache key: dial tcp: no such host");
    refusal.details.push(Vertex { digest }.to_any());
    let solves = case().run().methods().into_iter();
    let last = solves.filter(|method| *method == Method::Solve).count() - 1;
    case()
        .script(|double| double.fail_nth(Method::Solve, last, refusal))
        .run()
}

const SOURCE_OF_INDEX: &str = "framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n";

#[test]
fn case_83_an_archive_that_cannot_be_fetched_is_named_with_what_to_do_about_it() {
    let ran = unreachable(
        SOURCE_OF_INDEX,
        "[internal] download https://github.com/etcd-io/etcd/releases/download/v3.5.21/etcd-v3.5.21-linux-amd64.tar.gz",
    );
    insta::assert_snapshot!(ran.error().message);
    assert_eq!(ran.places(), ["dynamo.yaml:1-1"]);
}

#[test]
fn case_83_an_archive_of_the_specs_own_version_is_shown_at_its_line() {
    let spec =
        format!("{SOURCE_OF_INDEX}components:\n  etcd: false\n  nats: {{version: v9.9.9}}\n");
    let ran = unreachable(
        &spec,
        "[internal] download https://github.com/nats-io/nats-server/releases/download/v9.9.9/nats-server-v9.9.9-linux-amd64.tar.gz",
    );
    insta::assert_snapshot!(ran.error().message);
    assert_eq!(ran.places(), ["dynamo.yaml:6-6"]);
}

#[test]
fn case_83_a_repository_that_cannot_be_fetched_is_named_with_its_ref() {
    let spec = "framework: dynamo\ndevice: cpu\ndynamo:\n  source:\n    git: {url: https://github.com/me/dynamo.git, ref: v1.0.0}\n";
    let ran = unreachable(
        spec,
        "[internal] git https://github.com/me/dynamo.git#v1.0.0",
    );
    insta::assert_snapshot!(ran.error().message);
    assert_eq!(ran.places(), ["dynamo.yaml:5-5"]);
}

#[test]
fn a_step_that_cannot_install_python_packages_says_where_they_come_from() {
    let step = "[runtime 5/6] install Dynamo 1.0.0 from pypi.org";
    let spec = format!("{SOURCE_OF_INDEX}components: {{nats: false, etcd: false}}\n");
    let public = unreachable(&spec, step);
    let private = unreachable(
        &format!(
            "{spec}build: {{python: {{index: https://packages.example.com/simple, netrc_secret: netrc, extra_indexes: [https://pypi.org/simple]}}}}\n"
        ),
        "[runtime 5/6] install Dynamo 1.0.0 from packages.example.com",
    );
    let secret = unreachable(
        &format!("{spec}build: {{python: {{index_secret: address}}}}\n"),
        "[runtime 5/6] install Dynamo 1.0.0 from the index in the secret address",
    );
    let said = [public, private, secret].map(|ran| ran.error().message.clone());
    insta::assert_snapshot!(said.join("\n\n"));
}
