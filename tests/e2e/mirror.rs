//! A mirror of release archives on the loopback: files by path, over HTTP.
//!
//! One request per connection and nothing of HTTP that is not needed. Ends with
//! the value that stands for it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use sha2::{Digest, Sha256};

/// How long a client may be silent.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest head of a request.
const LONGEST_HEAD: u64 = 16 << 10;

/// A server at work.
pub(crate) struct Mirror {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Mirror {
    /// Serves these files by their paths, and nothing else.
    pub(crate) fn of(files: BTreeMap<String, Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (asked, ended) = (Arc::<Mutex<Vec<String>>>::default(), Arc::default());
        let (log, end) = (asked.clone(), Arc::<AtomicBool>::clone(&ended));
        let thread = std::thread::spawn(move || {
            for client in listener.incoming() {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away is its own business.
                if let Ok(path) = client.and_then(|client| answer(&client, &files)) {
                    log.lock().expect("no panic").push(path);
                }
            }
        });
        Self {
            address,
            asked,
            ended,
            thread: Some(thread),
        }
    }

    /// What stands in front of the paths.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The paths that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").clone()
    }
}

impl Drop for Mirror {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // The thread waits for a client; this is the last one.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(client: &TcpStream, files: &BTreeMap<String, Vec<u8>>) -> std::io::Result<String> {
    client.set_read_timeout(Some(PATIENCE))?;
    client.set_write_timeout(Some(PATIENCE))?;
    let mut head = BufReader::new(client.take(LONGEST_HEAD)).lines();
    let request = head.next().transpose()?.unwrap_or_default();
    while head
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let mut words = request.split(' ');
    let (method, path) = (words.next(), words.next().unwrap_or_default());
    let (status, body) = match files.get(path) {
        Some(file) => ("200 OK", file.as_slice()),
        None => ("404 Not Found", &[][..]),
    };
    let mut client = client;
    write!(
        client,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    if method != Some("HEAD") {
        client.write_all(body)?;
    }
    Ok(path.to_owned())
}

/// A `tar.gz` with one folder of programs that print what they are, owned by
/// somebody who exists in no image.
pub(crate) fn archive(folder: &str, programs: &[(&str, &str)]) -> Vec<u8> {
    let root = tempfile::tempdir().expect("a temporary folder");
    let inside = root.path().join(folder);
    std::fs::create_dir(&inside).expect("a folder");
    for (name, says) in programs {
        let script = format!("#!/bin/sh\necho '{says}'\n");
        std::fs::write(inside.join(name), script).expect("a written program");
    }
    let tar = Command::new("tar")
        .args(["--owner=4711", "--group=4711", "--mode=0755", "-czf", "-"])
        .arg(folder)
        .current_dir(root.path())
        .stderr(Stdio::inherit())
        .output()
        .expect("tar runs");
    assert!(tar.status.success(), "tar failed");
    tar.stdout
}

/// The checksum of a file as a spec has it.
pub(crate) fn checksum(file: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(file)))
}
