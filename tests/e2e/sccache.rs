//! The cache of compilations: the real sccache in steps that compile, with a real
//! server that speaks S3.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::engine::{Door, Engine, unique};
use crate::mirror::{Mirror, packed};
use crate::python_index::bridge;

/// Tries to reach the server, a tenth of a second apart.
const TRIES: usize = 300;

/// A server with one bucket.
struct S3 {
    child: Child,
    address: String,
    log: PathBuf,
    _folder: tempfile::TempDir,
}

impl S3 {
    fn with(bucket: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let listener = TcpListener::bind((bridge(), 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let file = fs::File::create(&log).expect("a log");
        let mut server = Command::new(tools().join("moto_server"));
        server.args(["--host", &address.ip().to_string()]);
        server.args(["--port", &address.port().to_string()]);
        let child = server.stdout(Stdio::null()).stderr(file).spawn();
        let child = child.expect("moto_server runs");
        let address = address.to_string();
        let server = Self {
            child,
            address,
            log,
            _folder: folder,
        };
        server.put(bucket);
        server
    }

    /// Makes the bucket, when the server is there.
    fn put(&self, bucket: &str) {
        let mut stream = (0..TRIES).find_map(|_| {
            let stream = TcpStream::connect(&self.address).ok();
            if stream.is_none() {
                std::thread::sleep(Duration::from_millis(100));
            }
            stream
        });
        let stream = stream.as_mut().expect("a server");
        let head = format!(
            "PUT /{bucket} HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(head.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// How many requests of a method for compilations were answered well.
    fn answered(&self, method: &str) -> usize {
        let log = fs::read_to_string(&self.log).expect("a log");
        let request = format!("\"{method} /objects/");
        let lines = log.lines().filter(|line| line.contains(&request));
        // What sccache asks to know whether the bucket is its own to write.
        let own = lines.filter(|line| !line.contains(".sccache_check"));
        own.filter(|line| line.contains(" 200 ") || line.contains(" 206 "))
            .count()
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The programs of `tests/e2e/requirements.txt`.
fn tools() -> PathBuf {
    let tools = std::env::var_os("S3_TOOLS");
    tools
        .expect("S3_TOOLS is not set: run `cargo xtask e2e --all`")
        .into()
}

/// sccache's own archive, as its project releases it: where, and what is in it.
fn release() -> (String, (String, Vec<u8>)) {
    let program = tools().join("sccache");
    let said = Command::new(&program).arg("--version").output();
    let said = String::from_utf8(said.expect("sccache runs").stdout).expect("text");
    let version = said
        .split_whitespace()
        .nth(1)
        .expect("a version")
        .to_owned();
    let name = format!(
        "sccache-v{version}-{}-unknown-linux-musl",
        std::env::consts::ARCH
    );
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(&name)).expect("a folder");
    fs::copy(program, folder.path().join(&name).join("sccache")).expect("a copy");
    let path = format!("/mozilla/sccache/releases/download/v{version}/{name}.tar.gz");
    (version, (path, packed(folder.path(), &name)))
}

#[test]
#[ignore = "needs a server of S3: `cargo xtask e2e --all`"]
fn a_builder_that_has_nothing_takes_compilations_from_the_bucket() {
    let engine = Engine::of_environment();
    let server = S3::with("objects");
    let (version, archive) = release();
    let mirror = Mirror::of(BTreeMap::from([archive]));
    let spec = engine.spec_of_context(&format!(
        "target: wheels\n\
         mirrors: {{https://github.com/: {}/}}\n\
         build: {{sccache: {{bucket: objects, region: us-east-1, version: v{version}, \
         endpoint: \"http://{}\"}}}}\n",
        mirror.url(),
        server.address
    ));
    let compile = || {
        // A name of its own: no layer and no cache mount of an earlier build.
        let namespace = format!("--build-arg=BUILDKIT_CACHE_MOUNT_NS={:x}", unique());
        let build = engine.build(&spec, Door::SyntaxLine).workspace();
        let build = build.variable("KEY", "test").arg("--no-cache");
        build
            .arg("--secret=id=aws-key-id,env=KEY")
            .arg("--secret=id=aws-secret-id,env=KEY")
            .arg(&namespace)
            .run()
            .succeeds()
            .shows("compile the Rust wheel");
    };
    compile();
    let (read, written) = (server.answered("GET"), server.answered("PUT"));
    assert!(written > 0, "nothing was written");
    assert_eq!(read, 0, "the bucket was empty");
    compile();
    let (read, again) = (server.answered("GET"), server.answered("PUT") - written);
    assert!(read >= written, "{read} of {written} were found");
    assert_eq!(again, 0, "compiled again");
}
