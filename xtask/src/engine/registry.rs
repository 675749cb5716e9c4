//! The registry on this machine's loopback, which an engine uses without TLS:
//! a process of the engine's Debian root, or a container where the engine is
//! not ours and can pull one.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};

use super::cache::Cache;
use super::client::Client;
use super::daemon::{self, Daemon};
use super::debian;
use crate::{command, terminal};

const NAME: &str = "registry";
const CONTAINER: &str = "dynamo-frontend-registry";
const IMAGE: &str = "docker.io/library/registry:2";
const USUAL_PORT: u16 = 5055;

/// Brings the registry up when it is not, and returns its address.
pub(super) fn up(cache: &Cache, client: &Client) -> Result<String> {
    let record = cache.data(NAME).join("port");
    let known = fs::read_to_string(&record)
        .ok()
        .and_then(|text| text.trim().parse().ok());
    if let Some(port) = known
        && (daemon::is_running(cache, NAME) || container_runs(client))
        && answers(port)
    {
        return Ok(address(port));
    }
    // One that runs but does not answer would hold the port.
    down(cache, Some(client))?;
    let port = free_port(known.unwrap_or(USUAL_PORT))?;
    if client.bin.is_some() || !start_container(client, port) {
        start_process(cache, port)?;
    }
    fs::create_dir_all(cache.data(NAME)).context("cannot make the registry's folder")?;
    fs::write(&record, port.to_string())
        .with_context(|| format!("cannot write {}", record.display()))?;
    Ok(address(port))
}

/// Ends the registry that was started here.
pub(super) fn down(cache: &Cache, client: Option<&Client>) -> Result<()> {
    if let Some(client) = client.filter(|client| client.bin.is_none()) {
        remove_container(client);
    }
    daemon::end(cache, NAME)
}

/// Whether a registry answers at `address`.
pub(super) fn is_up(address: &str) -> bool {
    port_of(address).is_some_and(answers)
}

/// Whether the registry at `address` holds `repository:tag`.
pub(super) fn holds(address: &str, repository: &str, tag: &str) -> bool {
    port_of(address).is_some_and(|port| get(port, &format!("/v2/{repository}/manifests/{tag}")))
}

fn port_of(address: &str) -> Option<u16> {
    address.rsplit_once(':')?.1.parse().ok()
}

fn start_process(cache: &Cache, port: u16) -> Result<()> {
    let root = debian::root(cache, &debian::ENGINE)?;
    let config = cache.run().join("registry.yml");
    fs::write(&config, configuration(port))
        .with_context(|| format!("cannot write {}", config.display()))?;
    let program = ["docker-registry", "serve", "/run/host/registry.yml"];
    let daemon = Daemon {
        name: NAME,
        root: &root,
        mountpoint: "/var/lib/docker-registry",
        program: &program,
    };
    daemon.start(cache, || answers(port))
}

fn container_runs(client: &Client) -> bool {
    let inspect = ["inspect", "--format", "{{.State.Running}}", CONTAINER];
    client.bin.is_none()
        && command::read(client.docker().args(inspect)).is_ok_and(|running| running == "true")
}

fn start_container(client: &Client, port: u16) -> bool {
    let publish = format!("{}:5000", address(port));
    let volume = format!("{CONTAINER}:/var/lib/registry");
    let mut run = client.docker();
    run.args(["run", "--detach", "--name", CONTAINER]);
    run.args(["--publish", &publish, "--volume", &volume, IMAGE]);
    let up = command::succeeds(&mut run)
        && (0..600).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            answers(port)
        });
    if !up {
        terminal::note("the engine cannot run a registry container, starting a process instead");
        remove_container(client);
    }
    up
}

fn remove_container(client: &Client) {
    // The volume stays: the next `up` finds the images again.
    command::succeeds(client.docker().args(["rm", "--force", CONTAINER]));
}

fn configuration(port: u16) -> String {
    format!(
        "version: 0.1\n\
         log: {{level: warn, accesslog: {{disabled: true}}}}\n\
         storage: {{filesystem: {{rootdirectory: /var/lib/docker-registry}}, delete: {{enabled: true}}}}\n\
         http: {{addr: \"{}\"}}\n",
        address(port)
    )
}

fn address(port: u16) -> String {
    format!("{}:{port}", Ipv4Addr::LOCALHOST)
}

/// `wanted` when it is free, so that references stay the same over restarts.
fn free_port(wanted: u16) -> Result<u16> {
    let free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = free(wanted)
        .or_else(|_| free(0))
        .context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

fn answers(port: u16) -> bool {
    get(port, "/v2/")
}

/// Whether a plain GET is answered with 200. Too little to ask for an HTTP
/// library: the registry is our own, on this machine.
fn get(port: u16, path: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let patience = Duration::from_secs(10);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, patience)?;
        stream.set_read_timeout(Some(patience))?;
        let accept = "application/vnd.docker.distribution.manifest.v2+json, \
                      application/vnd.docker.distribution.manifest.list.v2+json, \
                      application/vnd.oci.image.manifest.v1+json, \
                      application/vnd.oci.image.index.v1+json";
        let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\nAccept: {accept}\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(status.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_200_counts_as_an_answer() {
        for (reply, expected) in [
            ("HTTP/1.0 200 OK\r\n\r\n", true),
            ("HTTP/1.0 404 No\r\n\r\n", false),
        ] {
            let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
            let port = server.local_addr().expect("it is bound").port();
            let thread = std::thread::spawn(move || {
                let (mut stream, _) = server.accept().expect("the client connects");
                // To its end: closing over what is unread resets the connection.
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).expect("the client asks");
                    request.extend(byte);
                }
                stream
                    .write_all(reply.as_bytes())
                    .expect("the client listens");
            });
            assert_eq!(get(port, "/v2/"), expected, "{reply}");
            thread.join().expect("the server ends");
        }
    }

    #[test]
    fn nobody_there_is_no_answer() {
        let port = free_port(USUAL_PORT).expect("a port is free");
        assert!(!holds(&address(port), "a", "b"));
        assert!(!holds("no port", "a", "b"));
    }
}
