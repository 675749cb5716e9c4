//! The servers that Dynamo uses, real ones: laid into an image from release
//! archives, started, and asked.

use std::collections::BTreeMap;

use crate::engine::{Door, Engine, architecture, docker};
use crate::mirror::{Mirror, checksum};
use crate::releases::Release;

#[test]
#[ignore = "needs releases: `cargo xtask e2e --all`"]
fn nats_and_etcd_of_the_image_serve() {
    let engine = Engine::of_environment();
    let (nats, etcd) = (Release::of("nats-server"), Release::of("etcd"));
    let archives = [nats.archive("nats-io"), etcd.archive("etcd-io")];
    let checksums = [&archives[0], &archives[1]].map(|(_, file)| checksum(file));
    let mirror = Mirror::of(BTreeMap::from(archives));
    let arch = architecture();
    let spec = engine.spec_with_services(&format!(
        "mirrors: {{https://github.com/: {}/}}\n\
         components:\n\
         \x20 nats: {{version: v{}, checksum: {{{arch}: \"{}\"}}}}\n\
         \x20 etcd: {{version: v{}, checksum: {{{arch}: \"{}\"}}}}\n",
        mirror.url(),
        nats.version,
        checksums[0],
        etcd.version,
        checksums[1]
    ));
    engine
        .build(&spec, Door::SyntaxLine)
        .arg("--load")
        .arg("--tag=e2e-services")
        .run()
        .succeeds();

    // As the account of the image, and with nothing that is not in it.
    let run = |script: &str| docker(&["run", "--rm", "e2e-services", "bash", "-c", script]);
    assert_eq!(
        run("nats-server --version"),
        format!("nats-server: v{}", nats.version)
    );
    let asked = run("nats-server --addr 127.0.0.1 >/tmp/log 2>&1 & \
         for _ in $(seq 50); do \
             if exec 3<>/dev/tcp/127.0.0.1/4222; then break; fi 2>/dev/null; sleep 0.1; \
         done; \
         head -n 1 <&3");
    assert!(asked.starts_with("INFO {"), "{asked}");
    assert!(
        asked.contains(&format!("\"version\":\"{}\"", nats.version)),
        "{asked}"
    );

    let said = run("etcd --data-dir /tmp/etcd >/tmp/log 2>&1 & \
         for _ in $(seq 50); do \
             if etcdctl endpoint health 2>&1; then break; fi; sleep 0.1; \
         done; \
         etcdctl put model tiny && etcdctl get model --print-value-only");
    assert!(said.contains("127.0.0.1:2379 is healthy"), "{said}");
    assert!(said.ends_with("OK\ntiny"), "{said}");
}
