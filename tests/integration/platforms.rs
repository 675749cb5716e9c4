//! Builds for another platform, and for several in one request.

use buildkit_proto::gateway::result::Result as Value;
use dynamo_frontend::gateway::double::{Call, Method};

use crate::case::{BASE, CONFIG, Case, DIGEST, MINIMAL, Ran, UV, named};

const BOTH: [&str; 2] = ["linux/amd64", "linux/arm64"];

/// A build whose registry has the images for both architectures.
fn case(spec: &str) -> Case {
    let arm = CONFIG.replace("amd64", "arm64");
    Case::spec(spec).script(|double| {
        double
            .image_for("linux/arm64", BASE, DIGEST, arm.clone())
            .image_for("linux/arm64", UV, DIGEST, arm)
    })
}

/// The ids of the platforms of a result, as the exporter reads them.
fn ids(ran: &Ran) -> Vec<String> {
    let platforms = ran.metadata("refs.platforms");
    let platforms = platforms["Platforms"].as_array().expect("a list").clone();
    let id = |platform: &serde_json::Value| platform["ID"].as_str().expect("an id").to_owned();
    platforms.iter().map(id).collect()
}

#[test]
fn case_17_both_architectures_are_built_in_one_request() {
    let ran = case(MINIMAL).option("platform", &BOTH.join(",")).run();
    let Some(Value::Refs(references)) = &ran.result().result else {
        panic!("{:?}", ran.result().result)
    };
    let mut keys: Vec<_> = references.refs.keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, BOTH);
    assert_eq!(ids(&ran), BOTH);
    for platform in BOTH {
        let config = ran.metadata(&format!("containerimage.config/{platform}"));
        assert_eq!(
            format!(
                "linux/{}",
                config["architecture"].as_str().unwrap_or_default()
            ),
            platform
        );
    }
    let images = &ran.metadata("frontend.dynamo.resolved")["images"];
    assert!(
        BOTH.iter()
            .all(|platform| images[platform][BASE].is_object())
    );
}

#[test]
fn case_77_every_graph_is_of_its_platform_and_says_so_in_names_and_caches() {
    let ran = case(MINIMAL).option("platform", &BOTH.join(",")).run();
    let definitions = ran.definitions();
    let [_, graphs @ ..] = definitions.as_slice() else {
        panic!("the spec, and two graphs")
    };
    assert_eq!(graphs.len(), 2);
    let mut seen = Vec::new();
    for graph in graphs {
        let all = named(graph);
        let steps = all.iter().filter(|(_, one)| one.exec().is_some());
        let mut platforms: Vec<String> = Vec::new();
        for (name, step) in steps {
            let platform = step.op.platform.as_ref().expect("a platform");
            let platform = format!("{}/{}", platform.os, platform.architecture);
            assert!(name.starts_with(&format!("[{platform} ")), "{name}");
            let caches = step.exec().expect("a process").mounts.iter();
            let architecture = platform.rsplit_once('/').expect("two parts").1;
            for id in caches
                .filter_map(|mount| mount.cache_opt.as_ref())
                .map(|cache| &cache.id)
            {
                assert!(id.contains(&format!("-linux-{architecture}")), "{id}");
            }
            platforms.push(platform);
        }
        platforms.dedup();
        assert_eq!(platforms.len(), 1, "{platforms:?}");
        seen.extend(platforms);
    }
    seen.sort();
    assert_eq!(seen, BOTH);
}

#[test]
fn the_spec_is_loaded_once_and_every_image_asked_for_once_for_each_platform() {
    let ran = case(MINIMAL).option("platform", &BOTH.join(",")).run();
    let count = |method| ran.methods().iter().filter(|one| **one == method).count();
    assert_eq!(count(Method::ReadFile), 1);
    assert_eq!(count(Method::Solve), 1 + BOTH.len());
    assert_eq!(count(Method::ResolveSourceMeta), 2 * BOTH.len());
    let names: Vec<String> = ran
        .calls
        .iter()
        .filter_map(|call| match call {
            Call::ResolveSourceMeta(request) => Some(request.log_name.clone()),
            _ => None,
        })
        .collect();
    for platform in BOTH {
        let line = format!(
            "[{platform} internal] load metadata for {BASE} \
             to build dynamo runtime, cpu, Dynamo 1.0.0, catalog 2026-02"
        );
        assert!(names.contains(&line), "no `{line}` in {names:?}");
        let line = format!("[{platform} internal] load metadata for {UV}");
        assert!(names.contains(&line), "no `{line}` in {names:?}");
    }
}

#[test]
fn case_18_a_platform_under_two_names_is_built_once() {
    let ran = case(MINIMAL)
        .option("platform", "linux/arm64,linux/arm64/v8,linux/amd64")
        .run();
    assert_eq!(ids(&ran), ["linux/arm64", "linux/amd64"]);
    for platform in BOTH {
        let config = ran.metadata(&format!("containerimage.config/{platform}"));
        assert!(platform.ends_with(config["architecture"].as_str().expect("text")));
    }
}

#[test]
fn case_20_one_platform_is_a_list_of_one_where_a_list_is_asked_for() {
    let ran = case(MINIMAL)
        .option("platform", "linux/arm64")
        .option("multi-platform", "true")
        .run();
    assert!(matches!(&ran.result().result, Some(Value::Refs(refs)) if refs.refs.len() == 1));
    assert_eq!(ids(&ran), ["linux/arm64"]);
}

#[test]
fn case_21_several_platforms_where_one_is_insisted_on_are_refused() {
    let ran = case(MINIMAL)
        .option("platform", &BOTH.join(","))
        .option("multi-platform", "false")
        .run();
    let message = &ran.error().message;
    assert!(message.contains("conflicting config"), "{message}");
    assert_eq!(ran.places(), ["dynamo.yaml:1-1"]);
}

#[test]
fn case_97_a_warning_is_shown_once_whatever_the_number_of_platforms() {
    let ran = case(MINIMAL)
        .option("platform", &BOTH.join(","))
        .option("build-arg:UNDECLARED", "1")
        .run();
    let warnings = ran
        .methods()
        .iter()
        .filter(|one| **one == Method::Warn)
        .count();
    assert_eq!(warnings, 1);
}

#[test]
fn case_47_an_image_that_one_platform_lacks_fails_the_build_at_its_line() {
    let spec = format!("{MINIMAL}images: {{base: only/amd64:1}}\n");
    let ran = case(&spec)
        .script(|double| double.image("docker.io/only/amd64:1", DIGEST, CONFIG))
        .option("platform", &BOTH.join(","))
        .run();
    let message = &ran.error().message;
    assert!(
        message.contains("`only/amd64:1` is for `linux/amd64`, and the build for `linux/arm64`"),
        "{message}"
    );
    assert_eq!(ran.places(), ["dynamo.yaml:6-6"]);
}
