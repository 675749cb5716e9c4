//! How Compose asks services whether they are well, with programs that are in
//! their images: ours have Python and no curl.

use serde_saphyr::FlowSeq;

use super::file::Healthcheck;
use super::text::{Text, texts};

/// Opens a URL without a proxy; an answer of 400 and above is a failure.
const OPENS: &str = "import sys, urllib.request as u; \
    u.build_opener(u.ProxyHandler({})).open(sys.argv[1], timeout=3)";
/// The same of a list of models, in which there has to be one.
const HAS_MODEL: &str = "import json, sys, urllib.request as u; \
    sys.exit(not json.load(u.build_opener(u.ProxyHandler({})).open(sys.argv[1], timeout=3))['data'])";

/// How long a server may take to start.
const SERVER_START: &str = "30s";
/// How long a frontend may take: until it has seen a backend.
const FRONTEND_START: &str = "2m";
/// How long a backend may take: models are downloaded and loaded.
const BACKEND_START: &str = "30m";

/// Whether a server of an image with Python answers.
pub(super) fn server(url: &str) -> Healthcheck {
    python(OPENS, url, SERVER_START)
}

/// Whether a program of another image says that all is well.
pub(super) fn program(words: &[&str]) -> Healthcheck {
    let words = std::iter::once(&"CMD").chain(words).map(Text::from);
    check(words.collect(), SERVER_START)
}

/// Whether a frontend has a model to serve, so that whoever waits for it can ask.
pub(super) fn frontend(url: &str) -> Healthcheck {
    python(HAS_MODEL, url, FRONTEND_START)
}

/// Whether a backend can be asked.
pub(super) fn backend(url: &str) -> Healthcheck {
    python(OPENS, url, BACKEND_START)
}

fn python(script: &str, url: &str, start: &'static str) -> Healthcheck {
    check(texts(&["CMD", "python3", "-c", script, url]), start)
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
