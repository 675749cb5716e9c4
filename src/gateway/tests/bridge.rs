//! What goes over the wire, and what comes back.
//!
//! Long because it goes through every call of the bridge.

use std::time::Duration;

use buildkit_proto::pb;
use prost::Message;
use prost_types::Any;

use super::{bridge, failure, graph};
use crate::gateway::bridge::{Bridge, BridgeError, Ref, Solve, SourceQuery, Warning};
use crate::gateway::double::{Call, Daemon, Double, Method};
use crate::gateway::error::FrontendError;
use crate::gateway::options::{CacheImport, ResolveMode};

const MIB: usize = 1 << 20;

fn image_query(identifier: &str) -> SourceQuery {
    SourceQuery {
        return_object: false,
        source: pb::SourceOp {
            identifier: identifier.to_owned(),
            ..pb::SourceOp::default()
        },
        platform: Some(pb::Platform {
            os: "linux".to_owned(),
            architecture: "arm64".to_owned(),
            ..pb::Platform::default()
        }),
        mode: ResolveMode::ForcePull,
        log_name: "looking".to_owned(),
    }
}

fn status(error: BridgeError) -> buildkit_proto::rpc::Status {
    match error {
        BridgeError::Status(status) => *status,
        other => panic!("not a status: {other}"),
    }
}

#[tokio::test]
async fn a_graph_becomes_a_result_with_its_cache_imports() {
    let (double, bridge) = bridge(Double::new(Daemon::head())).await;
    let import = CacheImport {
        kind: "registry".to_owned(),
        attrs: [("ref".into(), "c".into())].into(),
    };
    let solve = Solve {
        cache_imports: vec![import],
        ..graph("a", &["source.image"]).into()
    };
    assert_eq!(
        bridge.solve(solve).await.expect("solved"),
        Ref::new("ref-0")
    );
    assert_eq!(
        bridge.solve(graph("b", &[]).into()).await.expect("solved"),
        Ref::new("ref-1")
    );
    let calls = double.calls();
    let [Call::Ping, Call::Solve(first), Call::Solve(second)] = &calls[..] else {
        panic!("{calls:?}");
    };
    assert_eq!(first.definition, Some(graph("a", &["source.image"])));
    assert!(first.allow_result_return && first.allow_result_array_ref && !first.evaluate);
    assert_eq!(
        (
            &*first.cache_imports[0].r#type,
            &*first.cache_imports[0].attrs["ref"]
        ),
        ("registry", "c")
    );
    assert!(second.cache_imports.is_empty());
}

#[tokio::test]
async fn an_empty_graph_is_the_empty_tree_without_a_call() {
    let (double, bridge) = bridge(Double::new(Daemon::head())).await;
    let reference = bridge.solve(Solve::default()).await.expect("nothing to do");
    assert!(reference.is_scratch());
    bridge.evaluate(&reference).await.expect("nothing to do");
    assert_eq!(double.methods(), [Method::Ping]);
}

#[tokio::test]
async fn a_graph_the_daemon_cannot_build_is_refused_in_a_sentence() {
    let double = Double::new(Daemon::v0_8()).disabled_cap("source.git", "by the admin");
    let (double, bridge) = bridge(double).await;
    let text = |error: BridgeError| error.to_string();
    let missing = bridge
        .solve(graph("a", &["mergeop"]).into())
        .await
        .map_err(text);
    assert_eq!(
        missing,
        Err(
            "requested experimental feature mergeop is not supported by build server \
             (added in BuildKit v0.10), please update docker"
                .to_owned()
        )
    );
    let disabled = bridge
        .solve(graph("a", &["source.git"]).into())
        .await
        .map_err(text);
    assert_eq!(
        disabled,
        Err(
            "requested experimental feature source.git has been disabled on the build server: \
             by the admin"
                .to_owned()
        )
    );
    assert_eq!(double.methods(), [Method::Ping], "nothing was sent");
}

#[tokio::test]
async fn building_at_once_takes_the_way_the_daemon_has() {
    let ways = [
        (Double::new(Daemon::head()), vec![Method::Solve]),
        (
            Double::new(Daemon::head()).without_cap("gateway.solve.evaluate"),
            vec![Method::Solve, Method::Evaluate],
        ),
        (
            Double::new(Daemon::v0_8()).without_cap("gateway.solve.evaluate"),
            vec![Method::Solve, Method::StatFile],
        ),
    ];
    for (double, expected) in ways {
        let (double, bridge) = bridge(double).await;
        let solve = Solve {
            evaluate: true,
            ..graph("a", &[]).into()
        };
        bridge.solve(solve).await.expect("solved");
        assert_eq!(double.methods()[1..], expected);
        if let Call::Solve(request) = &double.calls()[1] {
            assert_eq!(request.evaluate, expected.len() == 1);
        }
    }
}

#[tokio::test]
async fn a_failing_call_keeps_code_message_and_details() {
    let (_double, bridge) =
        bridge(Double::new(Daemon::head()).fail(Method::Solve, failure())).await;
    let error = bridge
        .solve(graph("a", &[]).into())
        .await
        .expect_err("it fails");
    let returned = FrontendError::from(error)
        .context("building runtime")
        .into_status();
    assert_eq!(returned.code, 5);
    assert_eq!(returned.message, "building runtime: no such thing");
    assert_eq!(returned.details, failure().details);
}

#[tokio::test]
async fn the_details_of_a_failure_may_hold_whole_files() {
    let mut large = failure();
    large.details.push(Any {
        type_url: "file".to_owned(),
        value: vec![7; MIB],
    });
    let double = Double::new(Daemon::head()).fail(Method::Solve, large.clone());
    let (_double, bridge) = bridge(double).await;
    let error = bridge
        .solve(graph("a", &[]).into())
        .await
        .expect_err("it fails");
    assert_eq!(status(error).encode_to_vec(), large.encode_to_vec());
}

#[tokio::test]
async fn answers_and_questions_may_exceed_four_mebibytes() {
    let content: Vec<u8> = (0..7 * MIB).map(|byte| byte.to_le_bytes()[1]).collect();
    let double = Double::new(Daemon::head()).file("big", content.clone());
    let (double, bridge) = bridge(double).await;
    let read = bridge
        .read_file(&Ref::new("r"), "big", 7 << 20)
        .await
        .expect("a file");
    assert!(read == content, "content differs");
    assert_eq!(double.methods(), [Method::Ping, Method::ReadFile]);

    // The answer holds the graph as well.
    let mut large = graph("a", &[]);
    large.def.push(vec![0; 7 * MIB].into());
    assert!(bridge.solve(large.clone().into()).await.is_ok());
    assert!(double.definitions() == [large], "the graph arrives whole");
}

#[tokio::test]
async fn a_file_larger_than_a_message_is_read_in_parts() {
    let content: Vec<u8> = (0..20 * MIB).map(|byte| byte.to_le_bytes()[1]).collect();
    let (double, bridge) = bridge(Double::new(Daemon::head()).file("big", content.clone())).await;
    let read = bridge
        .read_file(&Ref::new("r"), "big", 32 << 20)
        .await
        .expect("a file");
    assert!(read == content, "content differs");
    assert_eq!(double.methods()[1..], [Method::ReadFile; 3]);
}

#[tokio::test]
async fn a_file_over_its_limit_is_refused_by_name_and_size_without_reading_it_all() {
    let double = Double::new(Daemon::head()).file("big.yaml", vec![b'a'; 20 * MIB]);
    let (double, bridge) = bridge(double).await;
    let error = bridge
        .read_file(&Ref::new("r"), "big.yaml", 1 << 20)
        .await
        .expect_err("too big");
    assert_eq!(
        error.to_string(),
        "`big.yaml` is larger than 1 MiB, which is the most that is read of it"
    );
    assert_eq!(double.methods(), [Method::Ping, Method::ReadFile]);
    // The limit itself still fits, and so does nothing.
    let double = Double::new(Daemon::head())
        .file("a", vec![1; 1000])
        .file("empty", vec![]);
    let (_double, bridge) = super::bridge(double).await;
    assert_eq!(
        bridge
            .read_file(&Ref::new("r"), "a", 1000)
            .await
            .expect("fits")
            .len(),
        1000
    );
    assert!(bridge.read_file(&Ref::new("r"), "a", 999).await.is_err());
    assert!(
        bridge
            .read_file(&Ref::new("r"), "empty", 0)
            .await
            .expect("fits")
            .is_empty()
    );
}

#[tokio::test]
async fn a_missing_file_is_told_in_the_daemons_words() {
    let (_double, bridge) = bridge(Double::new(Daemon::head()).file("a.yaml", "x")).await;
    let reference = Ref::new("r");
    let error = bridge
        .read_file(&reference, "b.yaml", 10)
        .await
        .expect_err("missing");
    assert_eq!(error.to_string(), "open b.yaml: no such file or directory");
    let entries = |pattern| bridge.read_dir(&reference, ".", Some(pattern));
    assert_eq!(entries("a.yaml").await.expect("a list").len(), 1);
    assert!(entries("b.yaml").await.expect("a list").is_empty());
    assert_eq!(
        bridge
            .stat_file(&reference, "a.yaml")
            .await
            .expect("a file")
            .size,
        1
    );
    assert!(bridge.stat_file(&reference, "b.yaml").await.is_err());
}

#[tokio::test]
async fn sources_are_asked_for_with_platform_and_mode() {
    let double = Double::new(Daemon::head()).image("docker.io/library/a:1", "sha256:1", "{}");
    let (double, bridge) = bridge(double).await;
    let query = image_query("docker-image://docker.io/library/a:1");
    let meta = bridge
        .resolve_source_meta(query.clone())
        .await
        .expect("an image");
    let image = meta.image.expect("an image");
    assert_eq!((&*image.digest, &*image.config), ("sha256:1", &b"{}"[..]));
    let Call::ResolveSourceMeta(request) = &double.calls()[1] else {
        panic!("another call")
    };
    assert_eq!(
        (&*request.resolve_mode, &*request.log_name),
        ("pull", "looking")
    );
    assert_eq!(request.platform, query.platform);
    assert_eq!(request.source, Some(query.source));
}

#[tokio::test]
async fn older_daemons_are_asked_for_the_image_config() {
    let double = Double::new(Daemon::v0_8()).rewritten_image(
        "docker.io/library/a:1",
        "docker-image://mirror/a:1",
        "sha256:1",
        "{}",
    );
    let (double, bridge) = bridge(double).await;
    let query = image_query("docker-image://docker.io/library/a:1");
    let meta = bridge
        .resolve_source_meta(query.clone())
        .await
        .expect("an image");
    assert_eq!(meta.source.identifier, "docker-image://mirror/a:1");
    assert_eq!(meta.image.expect("an image").digest, "sha256:1");
    let Call::ResolveImageConfig(request) = &double.calls()[1] else {
        panic!("another call")
    };
    assert_eq!(request.r#ref, "docker.io/library/a:1");
    assert_eq!(
        (&*request.resolve_mode, &*request.log_name),
        ("pull", "looking")
    );
    assert_eq!(
        (request.platform.as_ref(), request.resolver_type),
        (query.platform.as_ref(), 0)
    );

    // Nothing is known of a source that is no image.
    let git = bridge
        .resolve_source_meta(image_query("git://example.org/x"))
        .await
        .expect("git");
    assert_eq!(
        (git.source.identifier.as_str(), git.image),
        ("git://example.org/x", None)
    );
    assert_eq!(double.calls().len(), 2);
}

#[tokio::test]
async fn layouts_are_asked_for_in_their_store() {
    let double = Double::new(Daemon::v0_8()).image("x/y@sha256:1", "sha256:1", "{}");
    let (double, bridge) = bridge(double).await;
    let mut query = image_query("oci-layout://x/y@sha256:1");
    query
        .source
        .attrs
        .insert("oci.session".to_owned(), "s".to_owned());
    query
        .source
        .attrs
        .insert("oci.store".to_owned(), "t".to_owned());
    let meta = bridge.resolve_source_meta(query).await.expect("an image");
    assert_eq!(meta.source.identifier, "oci-layout://x/y@sha256:1");
    let Call::ResolveImageConfig(request) = &double.calls()[1] else {
        panic!("another call")
    };
    assert_eq!(request.resolver_type, 1);
    assert_eq!((&*request.session_id, &*request.store_id), ("s", "t"));
}

#[tokio::test]
async fn warnings_are_shown_where_the_daemon_can() {
    let warning = Warning {
        digest: "sha256:1".to_owned(),
        level: 1,
        short: "old".to_owned(),
        detail: vec!["very".to_owned()],
        ranges: vec![pb::Range::default()],
        ..Warning::default()
    };
    let (double, bridge) = bridge(Double::new(Daemon::v0_8())).await;
    bridge.warn(warning.clone()).await.expect("nothing to do");
    assert_eq!(double.methods(), [Method::Ping]);
    let (double, bridge) = super::bridge(Double::new(Daemon::v0_13())).await;
    bridge.warn(warning).await.expect("shown");
    let Call::Warn(request) = &double.calls()[1] else {
        panic!("another call")
    };
    assert_eq!(
        (&*request.short, &*request.detail[0]),
        (&b"old"[..], &b"very"[..])
    );
}

#[tokio::test]
async fn inputs_are_the_clients_graphs() {
    let double = Double::new(Daemon::head()).input("context", graph("a", &[]));
    let (_double, bridge) = bridge(double).await;
    assert_eq!(
        bridge.inputs().await.expect("inputs")["context"],
        graph("a", &[])
    );
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_does_not_answer_is_given_up() {
    let double = Double::new(Daemon::head()).delay(Method::Ping, Duration::from_mins(1));
    let (_double, io) = double.connect();
    let error = crate::gateway::GrpcBridge::connect(io, None)
        .await
        .expect_err("no answer");
    assert_eq!(error.to_string(), "BuildKit did not answer Ping within 15s");
}

#[tokio::test(start_paused = true)]
async fn calls_fail_when_the_connection_breaks() {
    let (mut double, bridge) = bridge(Double::new(Daemon::head())).await;
    double.hang_up();
    double.closed().await;
    let calls = async {
        bridge
            .solve(graph("a", &[]).into())
            .await
            .expect_err("closed");
        bridge.inputs().await.expect_err("closed")
    };
    let error = tokio::time::timeout(Duration::from_secs(2), calls)
        .await
        .expect("no hang");
    assert!(!error.to_string().is_empty());
}
