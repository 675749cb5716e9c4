//! Registries that do not give an image, as the user of a build sees it.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::built::Built;
use crate::engine::{Door, Engine};
use crate::http::{Response, Server};
use crate::python_index::bridge;

/// How long one image is waited for before the other is asked for as well.
const PATIENCE: Duration = Duration::from_mins(2);

/// A registry that answers everything alike.
fn answering(status: &'static str, at: IpAddr) -> Server {
    Server::at(at, move |_| Response::of(status, "{}"))
}

/// Where a server is, as references name it.
fn host(server: &Server) -> String {
    server.url().replace("http://", "")
}

/// A build on two images of a registry, which fails.
fn failed(registry: &Server) -> Built {
    let host = host(registry);
    let [base, uv] = ["base", "uv"].map(|name| format!("{host}/{name}:1"));
    let engine = Engine::of_environment().on(base.clone(), uv.clone());
    let built = engine.build(engine.spec(""), Door::SyntaxLine).run();
    built
        .fails()
        .shows(&format!("failed to resolve image `{base}`: "))
        .shows(&format!("failed to resolve image `{uv}`: "))
        .shows("5 | >>> images: {base: ")
}

/// How often a registry was asked for an image.
fn asked(registry: &Server, name: &str) -> usize {
    let path = format!("/v2/{name}/manifests/1");
    let asked = registry.asked().into_iter();
    asked.filter(|one| *one == path).count()
}

#[test]
fn case_129_what_a_registry_says_is_told_with_every_image_that_it_refused() {
    for (status, told) in [
        ("401 Unauthorized", "401 Unauthorized"),
        ("404 Not Found", ": not found"),
        ("429 Too Many Requests", "429 Too Many Requests"),
        ("500 Internal Server Error", "500 Internal Server Error"),
    ] {
        let registry = answering(status, Ipv4Addr::LOCALHOST.into());
        let built = failed(&registry).shows(told);
        let snippets = built.lines_with("5 | >>> images: {base: ").len();
        assert_eq!(snippets, 1, "a line is shown once:\n{}", built.progress);
        // What the daemon tries again is its own business.
        if status.starts_with("40") {
            assert_eq!((asked(&registry, "base"), asked(&registry, "uv")), (1, 1));
        }
    }
}

#[test]
fn case_129_a_registry_without_tls_is_told_as_what_it_is() {
    // Outside of the loopback an engine insists on TLS.
    let registry = answering("200 OK", bridge());
    failed(&registry).shows("server gave HTTP response to HTTPS client");
}

#[test]
fn case_129_141_images_of_a_registry_that_hangs_are_waited_for_together() {
    // Answers nobody before both images were asked for.
    let (images, arrived) = (Mutex::new(BTreeSet::new()), Condvar::new());
    let alone = Arc::new(AtomicUsize::new(0));
    let answered_alone = alone.clone();
    let registry = Server::at(Ipv4Addr::LOCALHOST.into(), move |request| {
        let mut images = images.lock().expect("no panic");
        if images.insert(request.target.clone()) {
            arrived.notify_all();
        }
        let (_images, waited) = arrived
            .wait_timeout_while(images, PATIENCE, |images| images.len() < 2)
            .expect("no panic");
        answered_alone.fetch_add(usize::from(waited.timed_out()), Ordering::SeqCst);
        Response::not_found()
    });
    failed(&registry).shows(": not found");
    assert_eq!(alone.load(Ordering::SeqCst), 0, "one was answered alone");
    assert!(asked(&registry, "base") > 0 && asked(&registry, "uv") > 0);
}
