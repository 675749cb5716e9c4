//! The binary itself, started as BuildKit starts it.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use dynamo_frontend::gateway::double::{Daemon, Double, Method, Running};
use tokio::time::timeout;

use crate::case::{BASE, CONFIG, DIGEST, MINIMAL, UV};

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");
/// How long a busy machine may take.
const PATIENCE: Duration = Duration::from_mins(1);

fn frontend(variables: &[(&str, &str)]) -> Child {
    let mut command = Command::new(BINARY);
    command.env_clear().envs(variables.iter().copied());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("the binary starts")
}

fn daemon() -> Double {
    Double::new(Daemon::head())
        .file("dynamo.yaml", MINIMAL)
        .image(BASE, DIGEST, CONFIG)
        .image(UV, DIGEST, CONFIG)
}

/// Plays the daemon until the process is gone, and tells how it ended.
async fn play(double: Double, mut child: Child) -> (Running, std::process::Output) {
    let mut running = double.attach_child(&mut child).expect("pipes");
    timeout(PATIENCE, running.closed())
        .await
        .expect("the process ends");
    let output = tokio::task::spawn_blocking(move || child.wait_with_output());
    let output = timeout(PATIENCE, output)
        .await
        .expect("in time")
        .expect("joined")
        .expect("output");
    (running, output)
}

const FILENAME: (&str, &str) = ("BUILDKIT_FRONTEND_OPT_0", "filename=dynamo.yaml");
const SESSION: (&str, &str) = ("BUILDKIT_SESSION_ID", "S");

#[tokio::test]
async fn case_5_the_first_call_is_ping_and_the_process_ends_well_after_one_return() {
    let (running, output) = play(daemon(), frontend(&[FILENAME, SESSION])).await;
    let methods = running.methods();
    assert_eq!(methods.first(), Some(&Method::Ping));
    assert_eq!(
        methods
            .iter()
            .filter(|method| **method == Method::Return)
            .count(),
        1
    );
    assert!(running.error().is_none(), "{:?}", running.error());
    assert!(output.status.success(), "{output:?}");
}

#[tokio::test]
async fn case_5_the_process_does_not_outlive_its_answer() {
    let mut child = frontend(&[FILENAME, SESSION]);
    let running = daemon().attach_child(&mut child).expect("pipes");
    let ended = async {
        loop {
            if let Some(status) = child.try_wait().expect("a child") {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    // The daemon here keeps its end open until the process is gone: one that waits for
    // it does not end at all.
    let status = timeout(PATIENCE, ended).await.expect("the process ends");
    assert!(status.success() && running.returned().is_some(), "{status}");
}

#[tokio::test]
async fn case_6_a_daemon_that_goes_away_ends_the_process_with_a_failure() {
    for last in [Method::Ping, Method::Solve, Method::Return] {
        let double = daemon().hang_up_at(last);
        let (_, output) = play(double, frontend(&[FILENAME, SESSION])).await;
        assert!(!output.status.success(), "{last:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        let last_line = said.lines().last().unwrap_or_default();
        assert!(
            last_line.starts_with("dynamo-frontend: BuildKit "),
            "{said}"
        );
        // What is gone is not waited for.
        assert!(!last_line.contains(" within "), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[tokio::test]
async fn case_10_without_session_and_workers_the_defaults_are_used() {
    let (running, output) = play(daemon(), frontend(&[FILENAME])).await;
    assert!(running.error().is_none(), "{:?}", running.error());
    assert!(output.status.success());
}

#[tokio::test]
async fn case_13_options_are_split_at_the_first_equals_sign() {
    let variables = [
        FILENAME,
        SESSION,
        ("BUILDKIT_FRONTEND_OPT_3", "build-arg:env.X=a=b==c"),
        ("BUILDKIT_FRONTEND_OPT_4", "label:only"),
        ("BUILDKIT_FRONTEND_OPT_5", "=="),
        ("BUILDKIT_FRONTEND_OPT_17", "label:far=a=b"),
    ];
    let (running, _) = play(daemon(), frontend(&variables)).await;
    let result = running.result().expect("a result");
    let config = &result.metadata["containerimage.config"];
    let config: serde_json::Value = serde_json::from_slice(config).expect("JSON");
    let env = config["config"]["Env"].as_array().expect("a list");
    assert!(env.contains(&"X=a=b==c".into()), "{env:?}");
    let labels = &config["config"]["Labels"];
    assert_eq!(
        (&labels["only"], &labels["far"]),
        (&"".into(), &"a=b".into())
    );
}

#[tokio::test]
async fn case_67_definitions_are_the_same_in_every_process_and_order_of_options() {
    let mut seen = Vec::new();
    for number in 0..100 {
        // A daemon numbers options at random.
        let names = ["BUILDKIT_FRONTEND_OPT_1", "BUILDKIT_FRONTEND_OPT_2"];
        let (first, second) = (names[number % 2], names[(number + 1) % 2]);
        let arguments = [
            (first, "build-arg:env.A=a"),
            (second, "build-arg:labels.b=b"),
        ];
        let variables = [&[FILENAME, SESSION][..], &arguments].concat();
        let (running, _) = play(daemon(), frontend(&variables)).await;
        let definition = running.definitions().pop().expect("a graph");
        seen.push(prost::Message::encode_to_vec(&definition));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1);
}

#[test]
fn case_11_by_hand_it_prints_its_version_and_says_what_it_is_for() {
    let version = Command::new(BINARY)
        .arg("--version")
        .output()
        .expect("runs");
    assert!(version.status.success());
    assert_eq!(
        String::from_utf8_lossy(&version.stdout),
        format!("dynamo-frontend {}\n", env!("CARGO_PKG_VERSION"))
    );
    let bare = Command::new(BINARY).output().expect("runs");
    assert!(!bare.status.success());
    assert!(
        bare.stdout.is_empty(),
        "no bytes of the protocol on a terminal"
    );
    assert!(String::from_utf8_lossy(&bare.stderr).contains("--help"));
}
