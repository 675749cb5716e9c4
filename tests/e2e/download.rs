//! Release archives: downloaded by the daemon, checked, and laid into the image
//! without a step that runs anything.

use std::collections::BTreeMap;

use crate::engine::{Door, Engine, architecture, docker, unique};
use crate::mirror::{Mirror, archive, checksum};

const NATS: &str = "v2.99.1";
const ETCD: &str = "v3.99.1";

/// Path and content of the archives as the projects release them. Their content
/// is this test's own: the daemon takes archives with the same checksum for the
/// same, wherever they are.
fn releases() -> [(String, Vec<u8>); 2] {
    let arch = architecture();
    let nats = format!("nats-server-{NATS}-linux-{arch}");
    let etcd = format!("etcd-{ETCD}-linux-{arch}");
    let own = unique().to_string();
    let programs = [
        ("etcd", "etcd Version: 3.99.1"),
        ("etcdctl", "etcdctl version: 3.99.1"),
        ("README.md", &own),
    ];
    [
        (
            format!("/nats-io/nats-server/releases/download/{NATS}/{nats}.tar.gz"),
            archive(
                &nats,
                &[("nats-server", "nats-server: v2.99.1"), ("LICENSE", &own)],
            ),
        ),
        (
            format!("/etcd-io/etcd/releases/download/{ETCD}/{etcd}.tar.gz"),
            archive(&etcd, &programs),
        ),
    ]
}

/// The spec's part on the two; its first line is line 7 of the spec.
fn components(mirror: &Mirror, nats_checksum: &str, etcd_checksum: &str) -> String {
    let arch = architecture();
    format!(
        "mirrors: {{https://github.com/: {}/}}\n\
         components:\n\
         \x20 nats:\n\
         \x20   version: {NATS}\n\
         \x20   checksum: {{{arch}: \"{nats_checksum}\"}}\n\
         \x20 etcd:\n\
         \x20   version: {ETCD}\n\
         \x20   checksum: {{{arch}: \"{etcd_checksum}\"}}\n",
        mirror.url()
    )
}

#[test]
fn services_are_downloaded_checked_and_laid_into_the_image() {
    let engine = Engine::of_environment();
    let [nats, etcd] = releases();
    let checksums = [&nats, &etcd].map(|(_, file)| checksum(file));
    let paths = [&nats, &etcd].map(|(path, _)| path.clone());
    let mirror = Mirror::of(BTreeMap::from([nats, etcd]));
    let spec = engine.spec_with_services(&components(&mirror, &checksums[0], &checksums[1]));
    let built = engine
        .build(&spec, Door::SyntaxLine)
        .arg("--load")
        .arg("--tag=e2e-download")
        .run()
        .succeeds();
    for path in paths {
        assert!(mirror.asked().contains(&path), "{:?}", mirror.asked());
    }
    // Three operations, and one line of progress for what they are for.
    built.shows(&format!("add nats {NATS}"));

    let run = |command: &[&str]| docker(&[&["run", "--rm", "e2e-download"], command].concat());
    assert_eq!(run(&["nats-server"]), "nats-server: v2.99.1");
    assert_eq!(run(&["etcd"]), "etcd Version: 3.99.1");
    assert_eq!(run(&["etcdctl"]), "etcdctl version: 3.99.1");
    let stat = ["stat", "-c", "%n %a %u:%g"];
    let files = [
        "/usr/bin/nats-server",
        "/usr/local/bin/etcd/etcd",
        "/usr/local/bin/etcd/etcdctl",
        "/usr/local/bin/etcd",
    ];
    assert_eq!(
        run(&[&stat[..], &files[..]].concat()),
        files.map(|file| format!("{file} 755 0:0")).join("\n"),
        "whatever the archive says of owners"
    );
    assert_eq!(
        run(&["ls", "/usr/local/bin/etcd"]),
        "etcd\netcdctl",
        "only what is wanted of the archive"
    );
    let path = run(&["printenv", "PATH"]);
    assert!(path.split(':').any(|one| one == "/usr/local/bin/etcd"));
}

#[test]
fn folders_of_the_base_stay_what_they_were() {
    let engine = Engine::of_environment();
    let [nats, etcd] = releases();
    let checksums = [&nats, &etcd].map(|(_, file)| checksum(file));
    let mirror = Mirror::of(BTreeMap::from([nats, etcd]));
    let spec = engine.spec_with_services(&components(&mirror, &checksums[0], &checksums[1]));
    engine
        .build(&spec, Door::BuildArg)
        .arg("--load")
        .arg("--tag=e2e-download-folders")
        .run()
        .succeeds();
    let folders = "stat -c '%n %F %a %u:%g' / /usr /usr/bin /bin /lib /usr/local /usr/local/bin \
                   && readlink /bin /lib";
    let looked = |image: &str, command: &str| {
        docker(&["run", "--rm", "--entrypoint=/bin/sh", image, "-c", command])
    };
    let tag = "e2e-download-folders";
    assert_eq!(looked(tag, folders), looked(engine.base(), folders));
    let programs = looked(tag, "ls /usr/bin");
    let programs: Vec<&str> = programs.lines().collect();
    for program in looked(engine.base(), "ls /usr/bin").lines() {
        assert!(programs.contains(&program), "{program} is gone");
    }
}

#[test]
fn case_83_a_wrong_checksum_fails_the_build_at_its_line() {
    let engine = Engine::of_environment();
    let [nats, etcd] = releases();
    let right = checksum(&etcd.1);
    let wrong = checksum(b"something else");
    let mirror = Mirror::of(BTreeMap::from([nats, etcd]));
    engine
        .build(
            engine.spec_with_services(&components(&mirror, &wrong, &right)),
            Door::SyntaxLine,
        )
        .run()
        .fails()
        .shows("digest mismatch")
        .shows(&wrong)
        .shows(&format!(
            "11 | >>>     checksum: {{{}: \"{wrong}\"}}",
            architecture()
        ))
        .hides(">>> # syntax");
}

#[test]
fn case_83_an_archive_that_is_not_there_fails_the_build_at_its_version() {
    let engine = Engine::of_environment();
    let mirror = Mirror::of(BTreeMap::new());
    let spec = format!(
        "mirrors: {{https://github.com/: {}/}}\n\
         components:\n\
         \x20 nats: false\n\
         \x20 etcd:\n\
         \x20   version: {ETCD}\n",
        mirror.url()
    );
    engine
        .build(engine.spec_with_services(&spec), Door::SyntaxLine)
        .run()
        .fails()
        .shows("failed to fetch `components.etcd` from `http")
        .shows("404")
        .shows("help: check its version and address; if the daemon cannot reach `http")
        .shows("help: or leave it out with `components: {etcd: false}`")
        .shows("7 | >>> mirrors: ")
        .shows(&format!("11 | >>>     version: {ETCD}"))
        .hides(">>> # syntax");
    let wanted = format!("/etcd-io/etcd/releases/download/{ETCD}/");
    let asked = mirror.asked();
    assert!(
        asked.iter().any(|path| path.starts_with(&wanted)),
        "{asked:?}"
    );
}
