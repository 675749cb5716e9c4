//! What `dynamo-frontend compose` writes, in the real Compose: each deployment is
//! one it takes, and one of the mocker builds its image and answers.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cancel::wait;
use crate::engine::{Engine, docker, text, unique};
use crate::model;
use crate::turn::Turn;

const BINARY: &str = env!("CARGO_BIN_EXE_dynamo-frontend");

/// Whether there is no Compose, which is said.
fn is_missing() -> bool {
    let version = Command::new("docker").args(["compose", "version"]).output();
    let missing = !version.expect("docker runs").status.success();
    if missing {
        writeln!(std::io::stderr(), "skipped, this client has no Compose").expect("standard error");
    }
    missing
}

/// Writes a deployment into a folder that has its spec.
#[track_caller]
fn write(folder: &Path, arguments: &[&str]) {
    let output = Command::new(BINARY)
        .args(["compose", "-o", "compose.yaml", "--force"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("runs");
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
}

fn compose(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("docker")
        .args(["compose", "--progress=plain"])
        .args(arguments)
        .current_dir(folder)
        .env("RENDER_GID", "109")
        .output()
        .expect("docker runs")
}

/// A port that nobody has. A machine gives away by itself only ports above these, so
/// that it stays free until the deployment takes it.
fn free_port() -> u16 {
    let port = || u16::try_from(10_000 + unique() % 20_000).expect("below the last port");
    let mut ports = std::iter::repeat_with(port);
    let is_free = |port: &u16| TcpListener::bind(("0.0.0.0", *port)).is_ok();
    ports.find(is_free).expect("a free port")
}

/// A deployment that is gone when this is.
struct Deployment {
    folder: TempDir,
    name: String,
    port: u16,
}

impl Deployment {
    /// One of the mocker with a small model in its image, started and well.
    #[track_caller]
    fn of_mocker(name: &str, mode: &[&str]) -> Self {
        let engine = Engine::of_environment();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let spec = engine.spec(
            "packages: {apt: [nats-server, etcd-server]}\n\
             extend: {runtime: [{copy: {paths: [tiny], to: /models/}}]}\n",
        );
        fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
        model::write(&folder.path().join("tiny"));
        let port = free_port();
        let deployment = Self {
            folder,
            name: format!("e2e-{name}"),
            port,
        };
        let port = port.to_string();
        let mut arguments = vec!["--name", &deployment.name, "--http-port", &port];
        arguments.extend(["--model", "image:/models/tiny"]);
        arguments.extend(mode);
        write(deployment.folder.path(), &arguments);
        deployment.lay_over(engine.frontend());
        deployment
    }

    /// Lays over the deployment what only this engine needs: an image of its own,
    /// built by the frontend under test.
    fn lay_over(&self, frontend: &str) {
        let listed = self.compose(&["config", "--services"]);
        let services = String::from_utf8_lossy(&listed.stdout).into_owned();
        let image = json!({"image": self.name});
        let mut over: Value = services
            .split_whitespace()
            .map(|one| (one.to_owned(), image.clone()))
            .collect();
        over["frontend"]["build"] = json!({"additional_contexts": {
            "nvidia/dynamo-frontend:1": format!("docker-image://{frontend}")
        }});
        let over = json!({"services": over}).to_string();
        fs::write(self.folder.path().join("compose.override.yaml"), over).expect("a written file");
    }

    fn compose(&self, arguments: &[&str]) -> Output {
        compose(self.folder.path(), arguments)
    }

    /// Builds it, starts it, and waits until all is well.
    #[track_caller]
    fn up(&self) {
        let turn = Turn::wait();
        let up = self.compose(&["up", "--detach", "--wait", "--wait-timeout=900"]);
        drop(turn);
        let logs = || text(&self.compose(&["logs", "--tail=30"]));
        assert!(up.status.success(), "{}\n{}", text(&up), logs());
    }

    /// Ends it. Nothing of it is left but its image, which is removed.
    #[track_caller]
    fn down(self) {
        let down = self.compose(&["down", "--volumes", "--timeout=20"]);
        assert!(down.status.success(), "{}", text(&down));
        let label = format!("--filter=label=com.docker.compose.project={}", self.name);
        for kind in [
            ["container", "ls", "--all"].as_slice(),
            &["volume", "ls"],
            &["network", "ls"],
        ] {
            let left = docker(&[kind, &["--quiet", &label]].concat());
            assert_eq!(left, "", "{kind:?}");
        }
    }

    /// The answer to a request, its head and its body. By HTTP 1.0 an answer ends
    /// with the connection.
    #[track_caller]
    fn ask(&self, request: &str, body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a frontend");
        let patience = Some(Duration::from_mins(1));
        stream.set_read_timeout(patience).expect("a timeout");
        write!(
            stream,
            "{request} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head.to_owned(), body.to_owned())
    }

    /// What the model says.
    #[track_caller]
    fn chat(&self, stream: bool) -> String {
        let body = json!({
            "model": "/models/tiny",
            "messages": [{"role": "user", "content": "w17 w18"}],
            "max_tokens": 4,
            "stream": stream,
        });
        let (head, body) = self.ask("POST /v1/chat/completions", &body.to_string());
        assert!(head.starts_with("HTTP/1.0 200"), "{head}\n{body}");
        body
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        self.compose(&["down", "--volumes", "--timeout=5"]);
        let image = ["image", "rm", "--force", &self.name];
        // There is nobody to tell when that fails.
        let _ = Command::new("docker").args(image).output();
    }
}

/// Asks for what every deployment of the small model answers.
#[track_caller]
fn serves(deployment: &Deployment) {
    let (_, models) = deployment.ask("GET /v1/models", "");
    let models: Value = serde_json::from_str(&models).expect("JSON");
    assert_eq!(models["data"][0]["id"], "/models/tiny", "{models}");

    let answer: Value = serde_json::from_str(&deployment.chat(false)).expect("JSON");
    let said = answer["choices"][0]["message"]["content"].as_str();
    let said = said.unwrap_or_default().split_whitespace();
    assert_eq!(
        said.filter(|word| model::is_word(word)).count(),
        4,
        "{answer}"
    );
    assert_eq!(answer["usage"]["completion_tokens"], 4, "{answer}");

    let answer = deployment.chat(true);
    let events = answer
        .lines()
        .filter_map(|line| line.strip_prefix("data: "));
    let events: Vec<&str> = events.collect();
    assert_eq!(events.last(), Some(&"[DONE]"), "{answer}");
    assert!(events.len() > 4, "a word at a time: {answer}");
}

#[test]
fn a_local_deployment_of_the_mocker_builds_its_image_and_serves_a_model() {
    if is_missing() {
        return;
    }
    let deployment = Deployment::of_mocker("local", &["--mode=local"]);
    deployment.up();
    serves(&deployment);
    let running = deployment.compose(&["ps", "--services"]);
    let mut running: Vec<_> = std::str::from_utf8(&running.stdout)
        .expect("text")
        .lines()
        .collect();
    running.sort_unstable();
    assert_eq!(running, ["backend", "frontend", "nats"]);
    // As the account of the image, which finds its model in its own cache.
    let who = deployment.compose(&["exec", "-T", "backend", "id"]);
    let who = String::from_utf8_lossy(&who.stdout).into_owned();
    assert!(who.starts_with("uid=1000(dynamo) gid=0(root)"), "{who}");
    let cache = [
        "exec",
        "-T",
        "backend",
        "touch",
        "/home/dynamo/.cache/huggingface",
    ];
    let written = deployment.compose(&cache);
    assert!(written.status.success(), "{}", text(&written));
    deployment.down();
}

#[test]
fn backends_of_a_distributed_deployment_are_found_by_etcd_and_asked_through_nats() {
    if is_missing() {
        return;
    }
    let more = ["--mode=distributed", "--replicas=2", "--router=kv"];
    let deployment = Deployment::of_mocker("distributed", &more);
    deployment.up();
    serves(&deployment);
    let ways = || -> Vec<String> {
        let (_, health) = deployment.ask("GET /health", "");
        let health: Value = serde_json::from_str(&health).expect("JSON");
        let instances = health["instances"].as_array().expect("instances");
        let backends = instances.iter().filter(|one| one["endpoint"] == "generate");
        backends.map(|one| one["transport"].to_string()).collect()
    };
    // One that answers is enough for all to be well.
    wait("both backends are found", || ways().len() == 2);
    let ways = ways();
    assert!(ways.iter().all(|way| way.contains("nats_tcp")), "{ways:?}");
    deployment.down();
}

/// What Compose reads a deployment of a spec as.
#[track_caller]
fn read(spec: &str, wish: &str) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("dynamo.yaml"), spec).expect("a written spec");
    let wish: Vec<&str> = wish.split_whitespace().collect();
    write(
        folder.path(),
        &[&wish, [&["--"], HARD.as_slice()].concat().as_slice()].concat(),
    );
    let read = compose(folder.path(), &["config", "--format=json"]);
    assert!(read.status.success(), "{spec}{wish:?}: {}", text(&read));
    serde_json::from_slice(&read.stdout).expect("JSON")
}

/// Arguments that YAML or Compose could take for something else.
const HARD: [&str; 4] = ["--path=$HOME", "yes", "0.80", r#"{"a": 1}"#];
/// Whatever a framework can compute on.
const COMBINATIONS: [(&str, &str, &[&str]); 7] = [
    ("vllm", "cuda", &["engine", "mocker"]),
    ("vllm", "xpu", &["engine", "mocker"]),
    ("vllm", "cpu", &["engine", "mocker"]),
    ("sglang", "cuda", &["engine", "mocker"]),
    ("trtllm", "cuda", &["engine", "mocker"]),
    ("dynamo", "cuda", &["mocker"]),
    ("dynamo", "cpu", &["mocker"]),
];

#[test]
fn compose_takes_the_deployments_of_every_framework_mode_and_backend() {
    if is_missing() {
        return;
    }
    let wishes = |backend: &str| {
        let modes = ["local", "distributed"].into_iter();
        let both = modes.flat_map(|mode| ["0.8.1", "1.1.0"].map(|version| (mode, version)));
        let wish = |(mode, version)| {
            format!("--mode={mode} --backend={backend} --dynamo-version={version} --router=kv")
        };
        both.map(wish).collect::<Vec<_>>()
    };
    for (framework, device, backends) in COMBINATIONS {
        let spec = format!("framework: {framework}\ndevice: {device}\n");
        for wish in backends.iter().flat_map(|backend| wishes(backend)) {
            let file = read(&spec, &wish);
            let command = file["services"]["backend"]["command"].as_array();
            let words = command.expect("a command").iter();
            let words: Vec<_> = words.filter_map(Value::as_str).collect();
            // Compose writes a text as it would read it again.
            let end = ["--path=$$HOME", "yes", "0.80", r#"{"a": 1}"#];
            assert!(words.ends_with(&end), "{words:?}");
        }
    }
}
