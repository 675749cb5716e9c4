//! How Compose asks services whether they are well, with programs that are in
//! their images: ours have Python and no curl.

use serde_saphyr::FlowSeq;

use super::file::Healthcheck;
use super::text::{Text, texts};

/// Asks a port of the container for a path. Other than the usual way this takes no
/// proxy, and an answer that says no is an answer.
const ASK: &str = "import http.client, json, sys; \
    c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=3); \
    c.request('GET', sys.argv[2]); r = c.getresponse(); ";
/// Whether the answer is that all is well.
const IS_WELL: &str = "sys.exit(r.status != 200)";
/// Whether it is a list of models that has one.
const HAS_MODEL: &str = "sys.exit(not json.load(r)['data'])";
/// Whether it is that of a backend that can be asked. The mocker never says that it
/// is well as a whole, only that its endpoint is.
const SERVES: &str =
    "sys.exit(r.status != 200 and json.load(r)['endpoints'].get('generate') != 'ready')";

/// How long a server may take to start.
const SERVER_START: &str = "30s";
/// How long a frontend may take: until it has seen a backend.
const FRONTEND_START: &str = "2m";
/// How long a backend may take: models are downloaded and loaded.
const BACKEND_START: &str = "30m";

/// Whether a server of an image with Python answers.
pub(super) fn server(port: &str, path: &str) -> Healthcheck {
    python(port, path, IS_WELL, SERVER_START)
}

/// Whether a program of another image says that all is well.
pub(super) fn program(words: &[&str]) -> Healthcheck {
    let words = std::iter::once(&"CMD").chain(words).map(Text::from);
    check(words.collect(), SERVER_START)
}

/// Whether a frontend has a model to serve, so that whoever waits for it can ask.
pub(super) fn frontend(port: &str) -> Healthcheck {
    python(port, "/v1/models", HAS_MODEL, FRONTEND_START)
}

/// Whether a backend can be asked.
pub(super) fn backend(port: &str) -> Healthcheck {
    python(port, "/health", SERVES, BACKEND_START)
}

fn python(port: &str, path: &str, judge: &str, start: &'static str) -> Healthcheck {
    let script = format!("{ASK}{judge}");
    check(texts(&["CMD", "python3", "-c", &script, port, path]), start)
}

fn check(test: Vec<Text>, start_period: &'static str) -> Healthcheck {
    Healthcheck {
        test: FlowSeq(test),
        interval: "10s",
        timeout: "5s",
        retries: 6,
        start_period,
        start_interval: "2s",
    }
}
