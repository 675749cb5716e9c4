//! Builds on daemons that lack something.

use buildkit_proto::gateway::result::Result as Value;
use buildkit_proto::pb::op::Op as Kind;
use dynamo_frontend::gateway::double::{Call, Daemon, Method};

use crate::case::{Case, MINIMAL, Ran, named};

/// A spec whose image ends in three trees laid over the steps.
fn services() -> String {
    MINIMAL.replace("components: {nats: false, etcd: false}\n", "")
}

fn kinds(ran: &Ran, wanted: impl Fn(&Kind) -> bool) -> usize {
    let all = named(&ran.graph());
    all.values()
        .filter(|one| one.op.op.as_ref().is_some_and(&wanted))
        .count()
}

/// What the history says of the layers above the base.
fn history(ran: &Ran) -> Vec<String> {
    let config = ran.metadata("containerimage.config");
    let entries = config["history"].as_array().expect("a history").iter();
    let own = entries.filter(|entry| entry["comment"] == dynamo_frontend::emit::COMMENT);
    own.map(|entry| entry["created_by"].as_str().expect("text").to_owned())
        .collect()
}

#[test]
fn trees_are_merged_where_the_daemon_can_one_layer_each() {
    let ran = Case::spec(services()).run();
    assert_eq!(kinds(&ran, |kind| matches!(kind, Kind::Merge(_))), 1);
    let history = history(&ran);
    let links: Vec<_> = history
        .iter()
        .filter(|title| title.starts_with("add "))
        .skip(1)
        .collect();
    assert_eq!(
        links,
        ["add uv 0.12.0", "add etcd v3.5.21", "add nats v2.10.28"]
    );
}

#[test]
fn trees_are_copied_into_one_layer_where_the_daemon_cannot_merge() {
    let merging = history(&Case::spec(services()).run());
    for ran in [
        Case::on(Daemon::v0_8(), services()).run(),
        Case::spec(services())
            .script(|double| double.without_cap("mergeop"))
            .run(),
        Case::spec(services())
            .script(|double| double.disabled_cap("mergeop", "the snapshotter cannot"))
            .run(),
    ] {
        assert_eq!(kinds(&ran, |kind| matches!(kind, Kind::Merge(_))), 0);
        let history = history(&ran);
        assert_eq!(
            history.last().map(String::as_str),
            Some("add uv 0.12.0; add etcd v3.5.21; add nats v2.10.28"),
            "one layer, one entry"
        );
        assert_eq!(history.len(), merging.len() - 2);
        // The image is the same, so there is nothing the user should do.
        assert!(!ran.methods().contains(&Method::Warn));
    }
}

#[test]
fn what_is_needed_and_switched_off_is_said_with_the_reason_and_the_step() {
    let ran = Case::spec(MINIMAL)
        .script(|double| double.disabled_cap("exec.mount.cache", "no disk to spare"))
        .run();
    let message = &ran.error().message;
    assert!(
        message
            .contains("exec.mount.cache has been disabled on the build server: no disk to spare"),
        "{message}"
    );
    assert!(
        message.contains("[runtime 1/6] install system packages"),
        "{message}"
    );
    assert_eq!(ran.places().len(), 1, "and with a line of the spec");
}

#[test]
fn what_is_needed_and_missing_is_said_with_what_to_update() {
    let ran = Case::spec(MINIMAL)
        .script(|double| double.without_cap("exec.meta.network"))
        .run();
    let message = &ran.error().message;
    assert!(
        message.contains(
            "exec.meta.network is not supported by build server (added in BuildKit v0.4)"
        ),
        "{message}"
    );
    assert!(message.contains("please update"), "{message}");
    assert_eq!(ran.places().len(), 1);
}

/// The daemons of Docker 20.10, 26 and 28.5, and the newest.
fn daemons() -> [Daemon; 4] {
    [
        Daemon::v0_8(),
        Daemon::v0_13(),
        Daemon::v0_25(),
        Daemon::head(),
    ]
}

#[test]
fn case_102_103_every_daemon_since_docker_20_10_builds_the_minimal_spec() {
    for daemon in daemons() {
        let ran = Case::on(daemon.clone(), MINIMAL).run();
        assert!(ran.failure().is_none(), "{daemon:?}: {:?}", ran.failure());
        assert!(ran.metadata("containerimage.config")["config"]["Env"].is_array());
    }
}

#[test]
fn case_102_the_oldest_daemon_is_asked_nothing_it_does_not_know() {
    // Something to warn of, which it cannot show.
    let ran = Case::on(Daemon::v0_8(), MINIMAL)
        .option("build-arg:UNDECLARED", "1")
        .run();
    assert!(ran.failure().is_none(), "{:?}", ran.failure());
    let methods = ran.methods();
    assert!(methods.contains(&Method::ResolveImageConfig));
    for newer in [Method::ResolveSourceMeta, Method::Warn, Method::Evaluate] {
        assert!(!methods.contains(&newer), "{methods:?}");
    }
    let ran = Case::on(Daemon::v0_13(), MINIMAL).run();
    assert!(ran.methods().contains(&Method::ResolveSourceMeta));
}

#[test]
fn case_102_what_the_oldest_daemon_lacks_is_named_with_the_line_that_asks_for_it() {
    let spec = format!("{MINIMAL}build:\n  python:\n    index_secret: idx\n");
    let ran = Case::on(Daemon::v0_8(), &spec).run();
    insta::assert_snapshot!(ran.error().message);
    assert_eq!(ran.places(), ["dynamo.yaml:4-4", "dynamo.yaml:8-8"]);
    let ran = Case::on(Daemon::v0_13(), &spec).run();
    assert!(ran.failure().is_none(), "{:?}", ran.failure());
}

#[test]
fn case_102_a_daemon_that_shows_no_warnings_leaves_nothing_out_unsaid() {
    let build = |lint: &str| {
        Case::on(Daemon::v0_8(), services())
            .option("platform", "linux/amd64")
            .option("ulimit", "nofile=1:2")
            .option("shm-size", "1024")
            .option("build-arg:BUILDKIT_DOCKERFILE_CHECK", lint)
            .run()
    };
    let refused = build("");
    insta::assert_snapshot!(refused.error().message);
    assert_eq!(refused.places().len(), 1);
    // Unless the user does not want to hear of it.
    let ran = build("skip=UnsupportedByDaemon");
    assert!(ran.failure().is_none(), "{:?}", ran.failure());
    let solves = |ran: &Ran| {
        let methods = ran.methods().into_iter();
        methods.filter(|one| *one == Method::Solve).count()
    };
    assert_eq!(solves(&refused) + 1, solves(&ran), "refused before a build");
}

#[test]
fn case_107_results_are_ids_for_a_daemon_that_knows_no_messages_for_them() {
    let ran = Case::spec(MINIMAL)
        .script(|double| double.without_cap("proto.refarray"))
        .run();
    assert!(matches!(&ran.result().result, Some(Value::RefDeprecated(id)) if !id.is_empty()));
}

#[test]
fn a_daemon_that_shows_no_warnings_builds_all_the_same() {
    let ran = Case::spec(MINIMAL)
        .script(|double| double.without_cap("gateway.warnings"))
        .option("build-arg:UNDECLARED", "1")
        .run();
    assert!(ran.failure().is_none());
    assert!(!ran.methods().contains(&Method::Warn));
}

/// The warnings in one line each.
fn warnings(ran: &Ran) -> Vec<String> {
    let warning = |call: &Call| match call {
        Call::Warn(request) => {
            let short = String::from_utf8_lossy(&request.short);
            let detail: Vec<_> = request
                .detail
                .iter()
                .map(|one| String::from_utf8_lossy(one))
                .collect();
            let places = request.ranges.len();
            Some(format!("{short} / {} / {places} places", detail.join(", ")))
        }
        _ => None,
    };
    ran.calls.iter().filter_map(warning).collect()
}

#[test]
fn what_was_asked_for_and_cannot_be_had_is_warned_of_once_each() {
    let build = |case: Case| {
        case.option("platform", "linux/amd64")
            .option("ulimit", "nofile=1:2")
            .option("cgroup-parent", "x")
            .option("shm-size", "1024")
            .run()
    };
    let ran = build(
        Case::spec(services())
            .option("cache-from", "a")
            .script(|double| {
                double
                    .without_cap("exec.meta.ulimit")
                    .disabled_cap("exec.meta.cgroup.parent", "no cgroups")
                    .without_cap("exec.mount.tmpfs.size")
                    .without_cap("importcaches")
                    .without_cap("mergeop")
            }),
    );
    insta::assert_snapshot!(warnings(&ran).join("\n"));
    let solved = ran.calls.iter().filter_map(|call| match call {
        Call::Solve(request) => Some(request.cache_imports.len()),
        _ => None,
    });
    assert_eq!(solved.sum::<usize>(), 0, "nothing is imported");
    assert!(warnings(&build(Case::spec(services()))).is_empty());
}
