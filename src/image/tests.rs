//! Round trips and byte stability of image configs.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ContainerConfig, Env, Healthcheck, History, ImageConfig, RootFs};

fn text() -> impl Strategy<Value = String> {
    "[ -~é\\n\"]{0,8}"
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..3)
}

/// Members that no typed field has: the prefix keeps them apart.
fn extra() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
        texts().prop_map(Value::from),
    ];
    btree_map("x-[a-zA-Z]{1,5}", value, 0..3)
}

fn healthcheck() -> impl Strategy<Value = Healthcheck> {
    (texts(), any::<[i64; 5]>(), extra()).prop_map(|(test, numbers, extra)| Healthcheck {
        test,
        interval: numbers[0],
        timeout: numbers[1],
        start_period: numbers[2],
        start_interval: numbers[3],
        retries: numbers[4],
        extra,
    })
}

fn history() -> impl Strategy<Value = History> {
    (
        option::of(text()),
        any::<[bool; 1]>(),
        [text(), text(), text()],
        extra(),
    )
        .prop_map(
            |(created, [empty_layer], [created_by, author, comment], extra)| History {
                created,
                created_by,
                author,
                comment,
                empty_layer,
                extra,
            },
        )
}

fn set() -> impl Strategy<Value = BTreeSet<String>> {
    btree_set(text(), 0..3)
}

prop_compose! {
    fn container()(
        [user, working_dir, stop_signal] in [text(), text(), text()],
        (exposed_ports, volumes) in (set(), set()),
        env in vec(("[A-Z]{1,2}", text()), 0..4),
        [entrypoint, cmd, shell, on_build] in [texts(), texts(), texts(), texts()],
        labels in btree_map(text(), text(), 0..3),
        stop_timeout in option::of(any::<i64>()),
        healthcheck in option::of(healthcheck()),
        args_escaped in any::<bool>(),
        extra in extra(),
    ) -> ContainerConfig {
        ContainerConfig {
            user, exposed_ports, env: env.into_iter().collect(), entrypoint, cmd, volumes,
            working_dir, labels, stop_signal, stop_timeout, healthcheck, shell, on_build,
            args_escaped, extra,
        }
    }
}

prop_compose! {
    fn image()(
        created in option::of(text()),
        [author, architecture, variant, os, os_version] in
            [text(), text(), text(), text(), text()],
        os_features in texts(),
        config in container(),
        (diff_ids, rootfs_extra) in (texts(), extra()),
        history in vec(history(), 0..3),
        extra in extra(),
    ) -> ImageConfig {
        ImageConfig {
            created, author, architecture, variant, os, os_version, os_features, config,
            rootfs: RootFs { kind: "layers".to_owned(), diff_ids, extra: rootfs_extra },
            history, extra,
        }
    }
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same_value_and_bytes(config in image()) {
        let bytes = config.to_bytes();
        let read = ImageConfig::parse(&bytes).expect("own output is readable");
        prop_assert_eq!(&read, &config);
        prop_assert_eq!(read.to_bytes(), bytes);
    }
}

#[test]
fn members_that_other_tools_wrote_survive() {
    let document = json!({
        "architecture": "amd64", "os": "linux", "os.version": "1", "variant": "v2",
        "container": "abc", "vendor.key": {"b": [1, {"a": null}], "a": 2.5},
        "config": {
            "Hostname": "h", "AttachStdin": false, "Image": "sha256:1", "ArgsEscaped": true,
            "Env": ["A=1", "ODD", "B=x=y"], "OnBuild": ["RUN x"], "Shell": ["/bin/sh", "-c"],
            "StopTimeout": 7, "StopSignal": "SIGINT", "ExposedPorts": {"80/tcp": {}},
            "Healthcheck": {"Test": ["NONE"], "Retries": 3, "Later": 1},
            "Volumes": {"/v": {}}, "Labels": {"a": "b"},
        },
        "rootfs": {"type": "layers", "diff_ids": ["sha256:2"], "more": 1},
        "history": [{"created_by": "x", "empty_layer": true, "odd": "kept"}],
    });
    let config = ImageConfig::parse(document.to_string().as_bytes()).expect("a config");
    let written: Value = serde_json::from_slice(&config.to_bytes()).expect("JSON");
    assert_eq!(written, document);
}

#[test]
fn the_classic_builders_container_is_dropped() {
    let document = r#"{"os":"linux","architecture":"amd64","docker_version":"1",
        "container_config":{"Cmd":["x"]},"container":"kept"}"#;
    let config = ImageConfig::parse(document.as_bytes()).expect("a config");
    assert_eq!(config.extra.keys().collect::<Vec<_>>(), ["container"]);
}

#[test]
fn null_is_read_as_nothing() {
    let document = r#"{"os":"linux","architecture":"amd64","variant":null,"created":null,
        "config":{"Env":null,"Cmd":null,"Labels":{"a":null},"Volumes":null,"Healthcheck":null,
        "ArgsEscaped":null,"StopTimeout":null},"rootfs":{"type":"layers","diff_ids":null},
        "history":null}"#;
    let config = ImageConfig::parse(document.as_bytes()).expect("a config");
    let mut expected = ImageConfig::new("linux", "amd64");
    expected.config.labels.insert("a".to_owned(), String::new());
    assert_eq!(config, expected);
    let without = ImageConfig::parse(br#"{"os":"linux","architecture":"amd64","config":null}"#);
    assert_eq!(
        without.expect("a config"),
        ImageConfig::new("linux", "amd64")
    );
}

#[test]
fn what_is_no_config_is_an_error() {
    for text in ["", "null", "[]", "{\"os\":1}", "{"] {
        let error = ImageConfig::parse(text.as_bytes())
            .expect_err(text)
            .to_string();
        assert!(error.starts_with("invalid image config: "), "{error}");
    }
}

#[test]
fn the_bytes_of_a_plain_config_are_these() {
    let mut config = ImageConfig::new("linux", "arm64");
    config.config.env.set("PATH", "/bin");
    config.config.labels = [("b", "2"), ("a", "1")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    config.config.exposed_ports.insert("80/tcp".to_owned());
    let text = String::from_utf8(config.to_bytes()).expect("text");
    assert_eq!(
        text,
        concat!(
            r#"{"architecture":"arm64","os":"linux","config":{"ExposedPorts":{"80/tcp":{}},"#,
            r#""Env":["PATH=/bin"],"Labels":{"a":"1","b":"2"}},"#,
            r#""rootfs":{"type":"layers","diff_ids":[]}}"#
        )
    );
}

#[test]
fn a_derived_image_has_no_creation_time() {
    let mut base = ImageConfig::new("linux", "amd64");
    base.created = Some("2024-01-01T00:00:00Z".to_owned());
    base.history.push(History::default());
    let derived = base.derived();
    assert_eq!(derived.created, None);
    assert_eq!(derived.history, base.history);
}

#[test]
fn a_derived_image_has_everything_else_but_the_instructions_for_builds_on_the_base() {
    let document = json!({
        "architecture": "amd64", "os": "linux", "vendor.key": 1,
        "config": {
            "Shell": ["/bin/bash", "-c"], "OnBuild": ["RUN x"], "StopTimeout": 7,
            "Healthcheck": {"Test": ["NONE"], "Later": 1}, "Odd": {"kept": true},
        },
        "rootfs": {"type": "layers", "diff_ids": []},
    });
    let base = ImageConfig::parse(document.to_string().as_bytes()).expect("a config");
    let mut wanted = document;
    let config = wanted["config"].as_object_mut().expect("a map");
    config.remove("OnBuild");
    let derived: Value = serde_json::from_slice(&base.derived().to_bytes()).expect("JSON");
    assert_eq!(derived, wanted);
}

#[test]
fn the_environment_keeps_order_and_replaces_in_place() {
    let mut env: Env = [("A", "1"), ("B", "2"), ("A", "3")].into_iter().collect();
    assert_eq!(env.as_slice(), ["A=3", "B=2"]);
    env.set("C", "x=y");
    env.set("B", "");
    assert_eq!(env.as_slice(), ["A=3", "B=", "C=x=y"]);
    assert_eq!(
        (env.get("C"), env.get("B"), env.get("D")),
        (Some("x=y"), Some(""), None)
    );
    env.remove("A");
    assert_eq!(env.iter().collect::<Vec<_>>(), [("B", ""), ("C", "x=y")]);
}

#[test]
fn of_two_inherited_values_the_last_counts_and_both_are_replaced() {
    let mut env: Env = serde_json::from_str(r#"["A=1","B=2","A=3","ODD"]"#).expect("a list");
    assert_eq!(env.get("A"), Some("3"));
    assert_eq!(env.get("ODD"), Some(""));
    env.set("A", "4");
    assert_eq!(env.as_slice(), ["A=4", "B=2", "ODD"]);
}
