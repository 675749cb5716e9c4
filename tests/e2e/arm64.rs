//! Images for another architecture than the engine's: arm64, emulated. The
//! frontend itself runs as always, whatever it builds for.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::engine::{Build, Door, Engine, docker, unique};
use crate::mirror::{Mirror, archive, checksum};
use crate::turn::Alone;

const NATS: &str = "v2.99.2";

/// The engine with images of both architectures. Where the machine has none, it
/// says so past the harness, which shows nothing of tests that pass.
pub(crate) fn engine() -> Option<Engine> {
    if let Ok(reason) = std::env::var("ARM64_MISSING") {
        writeln!(std::io::stderr(), "skipped, {reason}").expect("standard error");
        return None;
    }
    let variable = |name: &str| {
        std::env::var(name)
            .unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask e2e --all`"))
    };
    let (base, uv) = (variable("ARM64_BASE_IMAGE"), variable("ARM64_UV_IMAGE"));
    Some(Engine::of_environment().on(base, uv))
}

/// NATS as it is released, for each architecture, and the spec's part on it.
fn nats() -> (Mirror, String) {
    let own = unique().to_string();
    let releases = ["amd64", "arm64"].map(|arch| {
        let name = format!("nats-server-{NATS}-linux-{arch}");
        let program = ("nats-server", format!("nats-server of {arch}"));
        let file = archive(&name, &[(program.0, &program.1), ("LICENSE", &own)]);
        let path = format!("/nats-io/nats-server/releases/download/{NATS}/{name}.tar.gz");
        (path, file)
    });
    let [amd64, arm64] = [&releases[0], &releases[1]].map(|(_, file)| checksum(file));
    let mirror = Mirror::of(BTreeMap::from(releases));
    let spec = format!(
        "mirrors: {{https://github.com/: {}/}}\n\
         components:\n\
         \x20 etcd: false\n\
         \x20 nats:\n\
         \x20   version: {NATS}\n\
         \x20   checksum: {{amd64: \"{amd64}\", arm64: \"{arm64}\"}}\n",
        mirror.url()
    );
    (mirror, spec)
}

/// Runs a program in an image that was built for a platform.
fn run(platform: &str, tag: &str, command: &[&str]) -> String {
    let platform = format!("--platform={platform}");
    docker(&[&["run", "--rm", &platform, tag], command].concat())
}

/// A build by an engine's `BuildKit` as such, which can be asked for several
/// platforms at once: buildx asks an engine without the containerd image store for
/// one only, because that could not keep the result. `offered` is `DOCKER_HOST`.
pub(crate) fn by_buildkit(build: Build, offered: &str) -> (Build, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let socket = folder.path().join("buildkit.sock");
    offer(&socket, offered.to_owned());
    let configuration = folder.path().display().to_string();
    let create = Command::new("docker")
        .args(["buildx", "create", "--name=both", "--driver=remote"])
        .arg(format!("unix://{}", socket.display()))
        .env("BUILDX_CONFIG", &configuration)
        .output()
        .expect("docker runs");
    assert!(create.status.success(), "{create:?}");
    let build = build
        .variable("BUILDX_CONFIG", &configuration)
        .variable("BUILDX_BUILDER", "both");
    (build, folder)
}

fn offer(socket: &Path, offered: String) {
    let listener = UnixListener::bind(socket).expect("a socket");
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let client = client.expect("a client");
            let input = OwnedFd::from(client.try_clone().expect("a second handle"));
            let mut connection = Command::new("docker")
                .args(["buildx", "dial-stdio"])
                .env("DOCKER_HOST", &offered)
                .stdin(Stdio::from(input))
                .stdout(Stdio::from(OwnedFd::from(client)))
                .spawn()
                .expect("docker runs");
            std::thread::spawn(move || connection.wait());
        }
    });
}

#[test]
#[ignore = "emulates arm64: `cargo xtask e2e --all`"]
fn an_image_of_arm64_has_programs_of_arm64() {
    let Some(engine) = engine() else { return };
    let (mirror, nats) = nats();
    let tag = "e2e-arm64";
    engine
        .build(engine.spec_with_services(&nats), Door::SyntaxLine)
        .arg("--platform=linux/arm64")
        .arg("--load")
        .arg(&format!("--tag={tag}"))
        .run()
        .succeeds();
    let platform = docker(&["inspect", "--format", "{{.Os}}/{{.Architecture}}", tag]);
    assert_eq!(platform, "linux/arm64");
    let run = |command: &[&str]| run("linux/arm64", tag, command);
    let machine = "import dynamo._core, platform; print(platform.machine())";
    assert_eq!(run(&["python", "-c", machine]), "aarch64");
    assert_eq!(run(&["nats-server"]), "nats-server of arm64");
    // Bytes 18 and 19 of an ELF file are its machine; 183 is arm64.
    let compiled = "set -- \"$(command -v uv)\" \
                    $(find /opt/dynamo/venv -path '*/dynamo/*' -name '*.so'); \
                    [ $# -gt 1 ] && for one; do od -An -t u1 -j 18 -N 2 \"$one\"; done | sort -u";
    assert_eq!(run(&["bash", "-c", compiled]), "183   0");
    let asked = mirror.asked();
    assert!(
        asked.iter().all(|path| path.ends_with("-arm64.tar.gz")),
        "{asked:?}"
    );
}

#[test]
#[ignore = "emulates arm64: `cargo xtask e2e --all`"]
fn one_build_makes_the_images_of_both_architectures() {
    let _alone = Alone::wait();
    let Some(engine) = engine() else { return };
    let (_mirror, nats) = nats();
    let spec = engine.spec_with_services(&nats);
    let main = std::env::var("DOCKER_HOST").expect("DOCKER_HOST is set by `cargo xtask e2e`");
    let (build, _socket) = by_buildkit(engine.build(&spec, Door::SyntaxLine), &main);
    let both = build
        .arg("--platform=linux/amd64,linux/arm64")
        .run()
        .succeeds();
    // What nobody needs twice is done once, what differs is told apart.
    assert_eq!(
        both.count("load build definition from"),
        1,
        "the spec is loaded once:\n{}",
        both.progress
    );
    both.shows("[linux/amd64 runtime")
        .shows("[linux/arm64 runtime");

    // The images that it made: there is nothing left to do for either, except
    // that the engine asks the host whether a download is still the same. What the
    // test beside this one does at the same time, it shows as it ended there: uv.
    for (platform, architecture) in [("linux/amd64", "amd64"), ("linux/arm64", "arm64")] {
        let tag = format!("e2e-both-{architecture}");
        let one = engine
            .build(&spec, Door::SyntaxLine)
            .arg(&format!("--platform={platform}"))
            .arg("--load")
            .arg(&format!("--tag={tag}"))
            .run()
            .succeeds();
        for (name, end) in one.steps() {
            let is_shared = name.contains("add nats") || name.contains("add uv");
            let same = end == "CACHED" || is_shared;
            assert!(same, "`{name}` ran again:\n{}", one.progress);
        }
        let said = run(platform, &tag, &["nats-server"]);
        assert_eq!(said, format!("nats-server of {architecture}"));
    }
}
