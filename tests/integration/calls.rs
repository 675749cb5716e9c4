//! Which calls a build makes, and in which form its result comes.

use buildkit_proto::gateway::result::Result as Value;
use dynamo_frontend::gateway::double::{Daemon, Method};

use crate::case::{BASE, Case, DIGEST, MINIMAL};

#[test]
fn case_140_a_build_makes_no_call_twice_and_returns_once() {
    let ran = Case::spec(MINIMAL).run();
    assert_eq!(
        ran.methods(),
        [
            Method::Ping,
            Method::Inputs,
            Method::Solve,
            Method::ReadFile,
            Method::ResolveSourceMeta,
            Method::ResolveSourceMeta,
            Method::Solve,
            Method::Return
        ]
    );
    for (index, call) in ran.calls.iter().enumerate() {
        assert!(!ran.calls[..index].contains(call), "made twice: {call:?}");
    }
}

#[test]
fn an_old_daemon_is_asked_for_image_configs_in_the_old_way() {
    let ran = Case::on(Daemon::v0_8(), MINIMAL).run();
    assert!(ran.methods().contains(&Method::ResolveImageConfig));
    assert!(!ran.methods().contains(&Method::ResolveSourceMeta));
}

#[test]
fn the_result_has_the_image_config_and_the_platform() {
    let ran = Case::spec(format!("{MINIMAL}labels: {{own: label}}\nenv: {{A: b}}\n"))
        .option("label:asked", "for")
        .run();
    assert!(matches!(ran.result().result, Some(Value::Ref(_))));
    let config = ran.metadata("containerimage.config");
    assert_eq!(config["architecture"], "amd64");
    assert_eq!(config["os"], "linux");
    assert_eq!(config["vendor.key"], 1, "what nobody knows survives");
    assert_eq!(config["config"]["Healthcheck"]["Test"][0], "NONE");
    assert_eq!(
        config["config"]["Labels"],
        serde_json::json!({
            "asked": "for",
            "from": "base",
            "org.opencontainers.image.licenses": "Apache-2.0",
            "org.opencontainers.image.source": "https://github.com/ai-dynamo/dynamo",
            "org.opencontainers.image.title": "Dynamo dynamo runtime",
            "org.opencontainers.image.vendor": "NVIDIA",
            "org.opencontainers.image.version": "1.0.0",
            "own": "label",
        })
    );
    let env = config["config"]["Env"].as_array().expect("an environment");
    assert_eq!(env[0], "PATH=/opt/dynamo/venv/bin:/bin");
    assert!(env.contains(&"CA=/ca".into()) && env.contains(&"A=b".into()));
    assert_eq!(config["config"]["User"], "dynamo");
    assert_eq!(config["config"]["WorkingDir"], "/workspace");
    assert_eq!(config["config"]["Cmd"], serde_json::json!(["/bin/bash"]));
    assert!(config["created"].is_null());
    let platforms = ran.metadata("refs.platforms");
    assert_eq!(platforms["Platforms"][0]["ID"], "linux/amd64");
    assert_eq!(
        ran.metadata("containerimage.base.config")["history"][0]["created_by"],
        "base"
    );
}

#[test]
fn what_images_were_resolved_to_goes_into_the_metadata_file() {
    let images = Case::spec(MINIMAL)
        .run()
        .metadata("frontend.dynamo.resolved");
    let base = &images["images"]["linux/amd64"][BASE];
    assert_eq!(base["pinned"], format!("{BASE}@{DIGEST}"));
    assert_eq!(base["env"][0], "PATH=/bin");
}

#[test]
fn case_24_an_unknown_build_argument_is_warned_about_and_changes_nothing() {
    let plain = Case::spec(MINIMAL).run();
    let ran = Case::spec(MINIMAL)
        .option("build-arg:UNDECLARED", "1")
        .run();
    assert_eq!(plain.graph().def, ran.graph().def);
    let warnings = ran.warn_requests();
    let [warning] = warnings.as_slice() else {
        panic!("one warning: {warnings:?}")
    };
    let short = String::from_utf8_lossy(&warning.short);
    assert!(
        short.starts_with("UnknownBuildArg: ") && short.contains("`UNDECLARED`"),
        "{short}"
    );
}

#[test]
fn case_16_18_another_architecture_is_built_under_its_plain_name() {
    let arm = crate::case::CONFIG.replace("amd64", "arm64");
    let ran = Case::spec(MINIMAL)
        .script(|double| {
            double
                .image("docker.io/library/arm:1", DIGEST, arm.clone())
                .image(crate::case::UV, DIGEST, arm.clone())
        })
        .option("platform", "linux/arm64/v8")
        .option("build-arg:images.base", "arm:1")
        .run();
    assert_eq!(
        ran.metadata("refs.platforms")["Platforms"][0]["ID"],
        "linux/arm64"
    );
    assert_eq!(
        ran.metadata("containerimage.config")["architecture"],
        "arm64"
    );
}

#[test]
fn case_90_subrequests_are_answered_without_resolving_anything() {
    for name in [
        "frontend.subrequests.describe",
        "frontend.plan",
        "frontend.lint",
        "frontend.outline",
        "frontend.targets",
        "frontend.graph",
        "frontend.schema",
    ] {
        let ran = Case::spec(MINIMAL).option("requestid", name).run();
        assert!(
            !ran.methods().contains(&Method::ResolveSourceMeta),
            "{name}"
        );
        ran.metadata("result.json");
        assert!(ran.result().metadata.contains_key("result.txt"), "{name}");
    }
    let error = Case::spec(MINIMAL).option("requestid", "frontend.x").run();
    assert_eq!(
        error.error().message,
        "unsupported request frontend.x\n\
         help: this version answers `--call=subrequests.describe`, `--call=lint`, \
         `--call=outline`, `--call=targets`, `--call=plan`, `--call=graph`, \
         `--call=schema`, `--call=convertllb`"
    );
}

#[test]
fn lint_answers_with_findings_instead_of_failing() {
    let ran = Case::spec("framewrok: dynamo\n")
        .option("requestid", "frontend.lint")
        .run();
    let answer = ran.metadata("result.json");
    assert!(
        answer["buildError"]["message"]
            .as_str()
            .expect("text")
            .contains("framewrok")
    );
    assert_eq!(
        answer["buildError"]["location"]["ranges"][0]["start"]["line"],
        1
    );
    assert_eq!(ran.result().metadata["result.statuscode"], b"1");
    let clean = Case::spec(MINIMAL)
        .option("requestid", "frontend.lint")
        .run();
    assert_eq!(clean.result().metadata["result.statuscode"], b"0");
}

#[test]
fn lint_warns_of_a_download_that_the_spec_has_and_nothing_verifies() {
    let unverified = MINIMAL.replace("nats: false", "nats: {version: v2.11.0}");
    let lint = |spec: &str| {
        let ran = Case::spec(spec).option("requestid", "frontend.lint").run();
        ran.metadata("result.json")["warnings"].clone()
    };
    let warnings = lint(&unverified);
    assert_eq!(warnings[0]["ruleName"], "UnverifiedSource");
    assert_eq!(warnings.as_array().expect("a list").len(), 1);
    // What the catalog does not know is nothing that the spec could mend.
    let of_catalog = MINIMAL.replace("nats: false, etcd: false", "etcd: false");
    assert_eq!(lint(&of_catalog).as_array().expect("a list").len(), 0);
    // And a build is not told at all.
    let built = Case::spec(unverified).run();
    assert!(!built.methods().contains(&Method::Warn));
}

#[test]
fn lint_names_the_command_line_where_clients_would_show_a_line_of_the_spec() {
    let ran = Case::spec(MINIMAL)
        .option("requestid", "frontend.lint")
        .option("build-arg:UNDECLARED", "1")
        .run();
    let warning = &ran.metadata("result.json")["warnings"][0];
    let detail = warning["detail"].as_str().expect("text");
    assert!(detail.starts_with("command line: "), "{detail}");
    let nowhere = serde_json::json!({"sourceIndex": -1, "ranges": []});
    assert_eq!(warning["location"], nowhere);
}
