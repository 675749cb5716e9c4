//! The engines of older Dockers, and the image store of containerd: what is built
//! there is the same, and what cannot be is said in a sentence.

use std::collections::{BTreeMap, BTreeSet};

use buildkit_llb::{CapSet, caps};
use dynamo_frontend::emit::Record;
use serde_json::Value;

use crate::arm64;
use crate::built::Built;
use crate::engine::{Door, Engine, architecture, docker, unique};
use crate::mirror::{Mirror, archive, checksum};
use crate::other_engine::{CONTAINERD, DOCKER_20, DOCKER_26, OtherEngine};
use crate::turn::Alone;

const NATS: &str = "v2.99.3";

fn inspect(engine: &OtherEngine, tag: &str, what: &str) -> String {
    engine.docker(&["image", "inspect", "--format", what, tag])
}

#[test]
#[ignore = "needs other engines: `cargo xtask e2e --all`"]
fn case_1_108_a_minimal_spec_gives_the_same_image_on_engines_since_docker_20_10() {
    let _alone = Alone::wait();
    let Some(engines) = OtherEngine::all([DOCKER_20, DOCKER_26, CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let spec = engine.spec("labels: {team: inference}\n");
    let mut images = BTreeSet::new();
    for other in &engines {
        let tag = "e2e-older";
        let build = other.own(engine.plain_build(&spec));
        build.arg(&format!("--tag={tag}")).run().succeeds();
        let config = "{{.Os}}/{{.Architecture}} {{.Config.User}} {{.Config.WorkingDir}} \
                      {{json .Config.Env}} {{json .Config.Cmd}} {{json .Config.Labels}}";
        images.insert(inspect(other, tag, config));
        let run = |command: &[&str]| other.docker(&[&["run", "--rm", tag], command].concat());
        let help = run(&["python", "-m", "dynamo.frontend", "--help"]);
        assert!(help.contains("--http-port"), "{help}");
        assert_eq!(run(&["id", "-un"]), "dynamo");
        // An old engine leaves the place of a mount behind.
        let cache = "/home/dynamo/.cache/uv";
        assert_eq!(run(&["stat", "-c", "%a %u:%g", cache]), "775 1000:0");
        assert_eq!(run(&["ls", "-A", cache]), "");
    }
    assert_eq!(images.len(), 1, "{images:?}");
    assert!(images.pop_first().is_some_and(|image| {
        image.starts_with(&format!("linux/{}", architecture())) && image.contains("inference")
    }));

    // A client that is newer than its engine finds nothing left to do.
    let again = engines[0].newest(engine.plain_build(&spec)).run();
    for (name, end) in again.succeeds().steps() {
        assert_eq!(end, "CACHED", "{name}");
    }
}

#[test]
#[ignore = "needs other engines: `cargo xtask e2e --all`"]
fn an_image_is_checked_and_a_gate_is_shut_on_engines_since_docker_20_10() {
    let Some(engines) = OtherEngine::all([DOCKER_20, DOCKER_26, CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let tests = |never: &str| format!("tests: {{gate: true, checks: {{never: {never}}}}}\n");
    for other in &engines {
        let tag = format!("e2e-checked-{:x}", unique());
        let build = |tests: &str| {
            let build = other.own(engine.plain_build(&engine.spec(tests)));
            build.arg(&format!("--tag={tag}"))
        };
        build(&tests("{size: 1MB}"))
            .run()
            .fails()
            .shows("1 of 6 checks of the image failed")
            .shows("never: all files together have ");
        let images = ["images", "--quiet", tag.as_str()];
        assert_eq!(other.docker(&images), "", "nothing is given out");
        build(&tests("{size: 9GB}")).run().succeeds();
        assert_ne!(other.docker(&images), "");
        other.docker(&["image", "rm", &tag]);
        let alone = build("tests: {checks: {odd: {command: [exit, \"0\"]}}}\n");
        alone
            .arg("--target=check-image")
            .run()
            .fails()
            .shows("odd: `exit 0` ended with status 127, not 0");
    }
}

#[test]
#[ignore = "needs other engines and emulates arm64: `cargo xtask e2e --all`"]
fn case_17_108_two_platforms_are_built_where_an_engine_can_keep_them_as_an_index() {
    let (Some([old, middle, containerd]), Some(engine)) = (
        OtherEngine::all([DOCKER_20, DOCKER_26, CONTAINERD]),
        arm64::engine(),
    ) else {
        return;
    };
    let spec = engine.spec("labels: {team: inference}\n");
    let reference = Engine::pushed("two-platforms");
    let both = "--platform=linux/amd64,linux/arm64";
    let tag = format!("--tag={reference}");
    let push = containerd.own(engine.build(&spec, Door::SyntaxLine));
    push.arg(both).arg(&tag).arg("--push").run().succeeds();
    let inspect = ["buildx", "imagetools", "inspect", &reference, "--format"];
    let index = docker(&[&inspect[..], &["{{json .Manifest}}"]].concat());
    let index: Value = serde_json::from_str(&index).expect("JSON");
    let manifests = index["manifests"].as_array().expect("manifests").iter();
    let platforms: Vec<_> = manifests
        .filter_map(|one| one["platform"]["architecture"].as_str())
        .filter(|architecture| *architecture != "unknown")
        .collect();
    assert_eq!(platforms, ["amd64", "arm64"]);
    let images = docker(&[&inspect[..], &["{{json .Image}}"]].concat());
    let images: Value = serde_json::from_str(&images).expect("JSON");
    for architecture in platforms {
        let image = &images[format!("linux/{architecture}")];
        assert_eq!(image["architecture"], architecture);
        assert_eq!(image["config"]["Labels"]["team"], "inference");
    }

    // The older ones build both, and have nowhere to put them.
    for other in [old, middle] {
        let (build, _socket) = arm64::by_buildkit(engine.plain_build(&spec), &other.host);
        build
            .arg(both)
            .run()
            .succeeds()
            .shows("[linux/amd64 runtime")
            .shows("[linux/arm64 runtime");
    }
}

#[test]
#[ignore = "needs other engines: `cargo xtask e2e --all`"]
fn case_43_108_a_given_time_is_that_of_the_image_on_older_engines_too() {
    let Some(engines) = OtherEngine::all([DOCKER_20, DOCKER_26]) else {
        return;
    };
    let engine = Engine::of_environment();
    let spec = engine.spec("");
    let time = "2023-11-14T22:13:20Z";
    for other in engines {
        let tag = "e2e-given-time";
        let build = other.own(engine.plain_build(&spec));
        let build = build.arg("--build-arg=SOURCE_DATE_EPOCH=1700000000");
        build.arg(&format!("--tag={tag}")).run().succeeds();
        assert_eq!(inspect(&other, tag, "{{.Created}}"), time);
        let format = ["--human=false", "--format={{.CreatedAt}} {{.Comment}}"];
        let history = other.docker(&[&["history", tag], &format[..]].concat());
        let own = history
            .lines()
            .filter(|line| line.ends_with("dynamo-frontend"));
        let own: Vec<&str> = own.collect();
        assert!(own.len() > 4, "{history}");
        let given = |line: &&str| line.starts_with("2023-11-14T22:13:20");
        assert!(own.iter().all(given), "{history}");
    }
}

#[test]
#[ignore = "needs other engines: `cargo xtask e2e --all`"]
fn case_83_108_a_failing_step_is_shown_by_its_name_and_since_docker_26_by_its_lines() {
    let Some(engines) = OtherEngine::all([DOCKER_20, DOCKER_26, CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let spec = engine.spec("packages:\n  apt:\n    - no-such-package-exists\n");
    for other in engines {
        let failed = other.own(engine.plain_build(&spec)).run().fails();
        let failed = failed
            .shows("Unable to locate package no-such-package-exists")
            .shows("install packages: no-such-package-exists");
        // Docker 20.10 shows no lines of a Dockerfile either.
        if other.name != DOCKER_20 {
            failed
                .shows("dynamo.yaml:10")
                .shows("10 | >>>     - no-such-package-exists");
        }
    }
}

#[test]
#[ignore = "needs other engines: `cargo xtask e2e --all`"]
fn case_93_108_a_check_finds_the_same_on_every_engine() {
    let Some(engines) = OtherEngine::all([DOCKER_20, DOCKER_26, CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let clean = engine.spec("");
    let warned = engine.spec("mirrors: {https://nothing.example/: https://mirror.example/}\n");
    let broken = engine.spec("pakages: {apt: [curl]}\n");
    // Clients of their releases have no `--check` yet.
    for other in engines {
        let check = |spec: &str| other.newest(engine.plain_build(spec)).arg("--check").run();
        check(&clean)
            .succeeds()
            .shows("Check complete, no warnings found.");
        check(&warned)
            .fails()
            .shows("1 warning has been found!")
            .shows("WARNING: UnusedMirror")
            .shows("8 | >>> mirrors: ");
        check(&broken)
            .fails()
            .shows("did you mean `packages`?")
            .shows("8 | >>> pakages: ");
    }
}

#[test]
#[ignore = "needs other engines: `cargo xtask e2e --all`"]
fn case_102_108_what_docker_20_10_cannot_build_is_said_in_a_sentence() {
    let Some([old]) = OtherEngine::all([DOCKER_20]) else {
        return;
    };
    let engine = Engine::of_environment();
    let lacks = |built: Built, feature: &str| {
        let sentence = format!("requested experimental feature {feature} is not supported");
        let built = built.fails().shows(&sentence).shows("please update docker");
        built.shows("help: update the daemon")
    };
    let secret = engine.spec("build: {python: {index_secret: index}}\n");
    let built = old.own(engine.plain_build(&secret)).run();
    lacks(built, "exec.secretenv").shows("install Dynamo 1.0.0 from the index in the secret");
    let context = old.own(engine.plain_build(&engine.spec_of_context("")));
    let built = context.workspace().run();
    lacks(built, "file.copy.includeexcludepatterns");
    let limited = old.newest(engine.plain_build(&engine.spec("")));
    let built = limited.arg("--ulimit=nofile=1024:2048").run();
    lacks(built, "exec.meta.ulimit").shows("builds without resource limits of the process");
}

#[test]
#[ignore = "needs other engines: `cargo xtask e2e --all`"]
fn trees_are_in_the_image_whether_an_engine_merges_them_or_copies() {
    let Some(engines) = OtherEngine::all([DOCKER_20, DOCKER_26, CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let own = unique().to_string();
    let name = format!("nats-server-{NATS}-linux-{}", architecture());
    let file = archive(&name, &[("nats-server", "one server"), ("LICENSE", &own)]);
    let path = format!("/nats-io/nats-server/releases/download/{NATS}/{name}.tar.gz");
    let sum = checksum(&file);
    let mirror = Mirror::of(BTreeMap::from([(path, file)]));
    let spec = engine.spec_with_services(&format!(
        "mirrors: {{https://github.com/: {}/}}\n\
         components:\n\
         \x20 etcd: false\n\
         \x20 nats: {{version: {NATS}, checksum: {{{}: \"{sum}\"}}}}\n",
        mirror.url(),
        architecture()
    ));
    let (uv, nats) = ("add uv 0.12.0", format!("add nats {NATS}"));
    for other in engines {
        let tag = "e2e-older-trees";
        let build = other.own(engine.plain_build(&spec));
        build.arg(&format!("--tag={tag}")).run().succeeds();
        assert_eq!(
            other.docker(&["run", "--rm", tag, "nats-server"]),
            "one server"
        );
        let uv_is_there = ["run", "--rm", tag, "uv", "--version"];
        assert!(other.docker(&uv_is_there).starts_with("uv "));
        let format = ["--no-trunc", "--format", "{{.CreatedBy}}"];
        let history = other.docker(&[&["history", tag], &format[..]].concat());
        let layers: Vec<&str> = history.lines().take(2).collect();
        // Docker's own image store cannot merge.
        if other.name == CONTAINERD {
            assert_eq!(layers, [nats.as_str(), uv]);
        } else {
            assert_eq!(layers[0], format!("{uv}; {nats}"));
        }
    }
}

#[test]
#[ignore = "needs other engines: `cargo xtask e2e --all`"]
fn the_tables_of_capabilities_are_those_of_real_engines() {
    let Some(engines) = OtherEngine::all([DOCKER_20, DOCKER_26, CONTAINERD]) else {
        return;
    };
    let engine = Engine::of_environment();
    let spec = engine.spec("");
    for (other, release) in engines.iter().zip([8, 13, 25]) {
        let asked = other.newest(engine.plain_build(&spec));
        let (built, metadata) = asked.run_with_metadata();
        built.succeeds();
        let key = format!("frontend.{}", Record::KEY);
        let record = metadata[&key].as_str().expect("a record");
        let record: Record = serde_json::from_str(record).expect("a record");
        let mut table = CapSet::of_release(release);
        // Docker's own image store cannot, whatever the release.
        if other.name == DOCKER_26 {
            table = table.without(caps::MERGE_OP).without(caps::DIFF_OP);
        }
        assert_eq!(record.lacking, Record::lacking(&table), "{}", other.name);
    }
}
