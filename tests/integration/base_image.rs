//! What an image has from the one it stands on.

use serde_json::{Value, json};

use crate::case::{BASE, Case, DIGEST, MINIMAL, Ran};

/// The config of a base image that says something of everything.
fn base() -> Value {
    json!({
        "os": "linux", "architecture": "amd64", "author": "somebody",
        "created": "2020-01-01T00:00:00Z", "vendor.key": {"kept": [1, null]},
        "config": {
            "Env": ["PATH=/base", "FROM_BASE=1"], "User": "base", "WorkingDir": "/base",
            "Labels": {"from": "base", "team": "base"}, "ExposedPorts": {"80/tcp": {}},
            "Healthcheck": {"Test": ["CMD", "old"], "Retries": 3}, "StopSignal": "SIGQUIT",
            "Volumes": {"/data": {}}, "Shell": ["/bin/bash", "-c"], "StopTimeout": 7,
            "Entrypoint": ["/base"], "Cmd": ["base"], "Odd": {"kept": true},
        },
        "rootfs": {"type": "layers", "diff_ids": ["sha256:b"]},
        "history": [{"created": "2020-01-01T00:00:00Z", "created_by": "base"}],
    })
}

/// A build on it.
fn on(base: &Value, more: &str) -> Ran {
    Case::spec(format!("{MINIMAL}{more}"))
        .script(|double| double.image(BASE, DIGEST, base.to_string()))
        .run()
}

#[test]
fn case_40_what_the_spec_does_not_set_is_inherited() {
    let ran = on(&base(), "");
    let image = ran.metadata("containerimage.config");
    let config = &image["config"];
    let of_base = &base()["config"];
    for member in [
        "ExposedPorts",
        "Healthcheck",
        "StopSignal",
        "Volumes",
        "Shell",
        "StopTimeout",
        "Odd",
    ] {
        assert_eq!(config[member], of_base[member], "{member}");
    }
    assert_eq!(config["Labels"]["from"], "base");
    let env = config["Env"].as_array().expect("a list");
    assert!(env.contains(&"FROM_BASE=1".into()), "{env:?}");
    let path = env.iter().filter_map(Value::as_str);
    let path = path
        .filter(|pair| pair.starts_with("PATH="))
        .collect::<Vec<_>>();
    assert!(
        matches!(path.as_slice(), [one] if one.ends_with(":/base")),
        "{path:?}"
    );
    assert_eq!(image["author"], "somebody");
    assert_eq!(image["vendor.key"], base()["vendor.key"]);
    assert_eq!(image["history"][0], base()["history"][0]);
    assert!(image["created"].is_null(), "a fact about the base alone");
    assert_eq!(ran.metadata("containerimage.base.config"), base());
}

#[test]
fn case_40_what_the_spec_and_the_target_set_takes_its_place() {
    let more = "labels: {team: spec}\nexpose: [9000]\nstop_signal: SIGINT\n\
                healthcheck: {test: [curl, localhost]}\nentrypoint: [/own]\n";
    let ran = on(&base(), more);
    let config = &ran.metadata("containerimage.config")["config"];
    assert_eq!(config["User"], "dynamo");
    assert_eq!(config["WorkingDir"], "/workspace");
    assert_eq!(config["Entrypoint"], json!(["/own"]));
    assert!(
        config["Cmd"].is_null(),
        "the base's was for its own program"
    );
    assert_eq!(config["Labels"]["team"], "spec");
    assert_eq!(config["Labels"]["from"], "base");
    assert_eq!(config["StopSignal"], "SIGINT");
    assert_eq!(
        config["ExposedPorts"],
        json!({"80/tcp": {}, "9000/tcp": {}})
    );
    assert_eq!(
        config["Healthcheck"],
        json!({"Test": ["CMD", "curl", "localhost"]}),
        "nothing is left of the base's"
    );
}

#[test]
fn instructions_for_builds_on_the_base_are_neither_run_nor_passed_on_and_that_is_said() {
    let mut base = base();
    base["config"]["OnBuild"] = json!(["RUN touch /x", "ENV A=b"]);
    let plain = on(&self::base(), "");
    let ran = on(&base, "");
    assert_eq!(ran.graph(), plain.graph());
    let config = &ran.metadata("containerimage.config")["config"];
    assert!(config["OnBuild"].is_null(), "{config}");
    let warnings = ran.warn_requests();
    let [warning] = warnings.as_slice() else {
        panic!("{warnings:?}")
    };
    assert_eq!(
        String::from_utf8_lossy(&warning.short),
        "IgnoredInstructions: the instructions that `ubuntu:24.04` has for builds on it are not run (line 2)"
    );
    let detail = warning
        .detail
        .iter()
        .map(|line| String::from_utf8_lossy(line));
    assert_eq!(
        detail.collect::<Vec<_>>(),
        [
            "ONBUILD RUN touch /x; ENV A=b",
            "build an image on it that has done what they do, and name that one under `images`"
        ]
    );
    assert_eq!(warning.ranges.len(), 1);
}

#[test]
fn case_38_history_says_what_was_done_and_no_value_of_a_build_argument() {
    let ran = Case::spec(MINIMAL)
        .option("build-arg:USER_UID", "4242")
        .option("build-arg:OTHER", "hunter2")
        .run();
    let config = ran.metadata("containerimage.config");
    let history = config["history"].as_array().expect("a history");
    let own = history
        .iter()
        .filter(|entry| entry["comment"] == "dynamo-frontend");
    let own: Vec<_> = own.collect();
    assert!(own.len() > 3);
    for entry in own {
        assert!(
            entry["created_by"]
                .as_str()
                .is_some_and(|text| text.len() > 3),
            "{entry}"
        );
        assert!(entry["empty_layer"].is_null(), "{entry}");
        assert!(!entry.to_string().contains("hunter2"), "{entry}");
    }
}
