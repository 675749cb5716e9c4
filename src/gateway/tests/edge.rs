//! One request from the daemon's call to its answer.

use std::io;
use std::time::Duration;

use buildkit_proto::rpc;
use tokio::time::Instant;

use super::{failure, graph, metadata};
use crate::gateway::bridge::Bridge;
use crate::gateway::double::{Daemon, Double, Method, Running};
use crate::gateway::errdefs::{Detail, Source, SourceInfo};
use crate::gateway::error::FrontendError;
use crate::gateway::result::{Reply, SubrequestResult};
use crate::gateway::serve::{Request, ServeError, serve};
use crate::gateway::{Environment, GrpcBridge, stdio, subrequest};

/// How long a request whose daemon is gone may wait before it notices. Where time is
/// paused it passes only when all wait, however long a busy machine computes.
const PROMPTLY: Duration = Duration::from_secs(2);
/// How long a busy machine may take where time cannot be paused.
const PATIENCE: Duration = Duration::from_mins(1);

fn environment(options: &[&str]) -> Environment {
    Environment::from_vars(options.iter().enumerate().map(|(number, option)| {
        (
            format!("BUILDKIT_FRONTEND_OPT_{number}").into(),
            (*option).into(),
        )
    }))
}

fn nothing() -> Reply {
    Reply::Subrequest(SubrequestResult::default())
}

async fn request<H, F>(
    double: Double,
    options: &[&str],
    handler: H,
) -> (Running, Result<(), ServeError>)
where
    H: FnOnce(Request<GrpcBridge>) -> F,
    F: Future<Output = Result<Reply, FrontendError>>,
{
    let (running, io) = double.connect();
    let served = serve(environment(options), io, handler);
    let outcome = tokio::time::timeout(PROMPTLY, served)
        .await
        .expect("no hang");
    (running, outcome)
}

/// The error that the user sees.
async fn error_of<H, F>(handler: H) -> rpc::Status
where
    H: FnOnce(Request<GrpcBridge>) -> F,
    F: Future<Output = Result<Reply, FrontendError>>,
{
    let (double, outcome) = request(Double::new(Daemon::head()), &[], handler).await;
    outcome.expect("an error that arrived is a request that went well");
    assert_eq!(
        double
            .methods()
            .iter()
            .filter(|m| **m == Method::Return)
            .count(),
        1
    );
    let returned = double.returned().expect("a return");
    assert!(returned.result.is_none());
    returned.error.expect("an error")
}

#[tokio::test(start_paused = true)]
async fn case_5_the_first_call_is_ping_and_there_is_one_return() {
    let start = Instant::now();
    let (double, outcome) = request(
        Double::new(Daemon::head()),
        &["target=dev"],
        async |request| {
            assert_eq!(
                request.options.expect("options").target.as_deref(),
                Some("dev")
            );
            assert!(
                request
                    .bridge
                    .caps()
                    .gateway
                    .supports("source.metaresolver")
            );
            Ok(Reply::Subrequest(subrequest::describe(&[])))
        },
    )
    .await;
    outcome.expect("an answer");
    assert_eq!(start.elapsed(), Duration::ZERO, "nothing is waited for");
    assert_eq!(double.methods(), [Method::Ping, Method::Return]);
    let result = double.result().expect("a result");
    assert_eq!(metadata(&result, "result.json"), Some("[]"));
    assert_eq!(metadata(&result, "version"), Some("1.0.0"));
}

#[tokio::test(start_paused = true)]
async fn case_6_a_request_ends_when_the_daemon_is_gone() {
    // Before the first answer, in the middle, and at the end.
    for method in [Method::Ping, Method::Solve, Method::Return] {
        let double = Double::new(Daemon::head()).hang_up_at(method);
        let (_double, outcome) = request(double, &[], async |request| {
            request.bridge.solve(graph("a", &[]).into()).await?;
            Ok(nothing())
        })
        .await;
        match (method, outcome) {
            (Method::Ping, Err(ServeError::Connect(_))) | (_, Err(ServeError::Return(_))) => {}
            (_, other) => panic!("{method:?}: {other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_becomes_an_error_that_says_whose_fault_it_is() {
    let formatted = error_of(async |_| panic!("index {} is out of range", 7)).await;
    assert_eq!(
        formatted.message,
        "this is a bug in dynamo-frontend: index 7 is out of range"
    );
    assert_eq!(formatted.code, 2);
    let later = error_of(async |request: Request<GrpcBridge>| {
        request.bridge.inputs().await?;
        panic!("plain")
    })
    .await;
    assert_eq!(later.message, "this is a bug in dynamo-frontend: plain");
    let odd = error_of(async |_| std::panic::panic_any(7)).await;
    assert_eq!(
        odd.message,
        "this is a bug in dynamo-frontend: it panicked without a message"
    );
}

#[tokio::test(start_paused = true)]
async fn case_85_a_failed_call_is_returned_with_its_details_and_our_place_behind_them() {
    let place = || Source::lines(SourceInfo::default(), 3, 3);
    let double = Double::new(Daemon::head()).fail(Method::Solve, failure());
    let (double, outcome) = request(double, &[], async |request| {
        match request.bridge.solve(graph("a", &[]).into()).await {
            Ok(_) => Ok(nothing()),
            Err(error) => Err(FrontendError::from(error)
                .context("failed to build x")
                .with_source(place())),
        }
    })
    .await;
    outcome.expect("an error that arrived");
    let error = double.error().expect("an error");
    assert_eq!(
        (error.code, &*error.message),
        (5, "failed to build x: no such thing")
    );
    assert_eq!(error.details[..3], failure().details);
    assert_eq!(error.details[3..], [place().to_any()]);
}

#[tokio::test(start_paused = true)]
async fn wrong_options_reach_the_handler_with_the_place_of_the_spec() {
    let options = [
        "filename=dynamo.yaml",
        "image-resolve-mode=never",
        "multi-platform=x",
    ];
    let (double, outcome) = request(Double::new(Daemon::head()), &options, async |request| {
        assert_eq!(request.spec.filename, "dynamo.yaml");
        Err(FrontendError::from(
            &request.options.expect_err("two wrong options"),
        ))
    })
    .await;
    outcome.expect("an error that arrived");
    assert_eq!(
        double.error().expect("an error").message,
        "invalid multi-platform: `x` is neither true nor false\ninvalid image-resolve-mode: never"
    );
}

#[tokio::test(start_paused = true)]
async fn an_unsupported_subrequest_is_refused() {
    let error = error_of(async |_| Err(subrequest::unsupported("frontend.x"))).await;
    assert_eq!(error.message, "unsupported request frontend.x");
    assert_eq!(
        error.details[0].type_url,
        "github.com/moby/buildkit/errdefs.Subrequest+json"
    );
    assert_eq!(error.details[0].value, br#"{"name":"frontend.x"}"#);
}

#[tokio::test(start_paused = true)]
async fn case_10_a_missing_session_or_worker_list_is_no_error() {
    let (double, outcome) = request(Double::new(Daemon::head()), &[], async |request| {
        assert_eq!(request.environment.session_id, None);
        assert!(!request.environment.build_platform().architecture.is_empty());
        Ok(nothing())
    })
    .await;
    outcome.expect("an answer");
    assert!(double.result().is_some());
}

#[tokio::test]
async fn pipes_carry_a_request_and_nothing_else_does() {
    let (their_input, our_output) = io::pipe().expect("a pipe");
    let (our_input, their_output) = io::pipe().expect("a pipe");
    let ours = stdio::join(our_input.into(), our_output.into()).expect("pipes");
    let theirs = stdio::join(their_input.into(), their_output.into()).expect("pipes");
    let content = vec![7; 3 << 20];
    let mut double = Double::new(Daemon::head())
        .file("big", content.clone())
        .attach(ours);
    let served = serve(Environment::default(), theirs, async |request| {
        let reference = request.bridge.solve(graph("a", &[]).into()).await?;
        assert!(request.bridge.read_file(&reference, "big", 4 << 20).await? == content);
        Ok(nothing())
    });
    served.await.expect("an answer");
    assert_eq!(double.methods().last(), Some(&Method::Return));
    // Closing our end is noticed at the other.
    tokio::time::timeout(PATIENCE, double.closed())
        .await
        .expect("no hang");
}

#[tokio::test]
async fn what_is_no_pipe_is_refused_in_a_sentence() {
    let file = || std::fs::File::open("/dev/null").expect("a device");
    let Err(error) = stdio::join(file().into(), file().into()) else {
        panic!("not pipes")
    };
    let text = error.to_string();
    assert!(text.starts_with("standard input is not a pipe ("), "{text}");
    assert!(text.contains("--help"), "{text}");
}
