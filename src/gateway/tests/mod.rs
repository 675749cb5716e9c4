//! The daemon's side against a scripted daemon.

mod annotations;
mod bridge;
mod edge;
mod epoch;
mod resolver;
mod result;
mod spec_source;

use buildkit_proto::{gateway, pb, rpc};
use prost_types::Any;
use tokio::io::DuplexStream;

use super::double::{Double, Running};
use super::grpc::GrpcBridge;

/// A graph of one operation that needs these capabilities.
fn graph(name: &str, caps: &[&str]) -> pb::Definition {
    let metadata = pb::OpMetadata {
        caps: caps.iter().map(|cap| ((*cap).to_owned(), true)).collect(),
        ..pb::OpMetadata::default()
    };
    pb::Definition {
        def: vec![name.as_bytes().to_vec().into()],
        metadata: [(name.to_owned(), metadata)].into(),
        source: None,
    }
}

/// A failure as a daemon describes it, with details nobody here knows.
fn failure() -> rpc::Status {
    let any = |url: &str, value: &[u8]| Any {
        type_url: url.to_owned(),
        value: value.to_vec(),
    };
    rpc::Status {
        code: 5,
        message: "no such thing".to_owned(),
        details: vec![
            any(
                "github.com/moby/buildkit/errdefs.Vertex+json",
                br#"{"digest":"sha256:1"}"#,
            ),
            any("example.org/odd", &[0, 0xff, 0x80]),
            any("", b""),
        ],
    }
}

/// A bridge to a double.
async fn bridge(double: Double) -> (Running, GrpcBridge) {
    let (running, io): (Running, DuplexStream) = double.connect();
    let bridge = GrpcBridge::connect(io, Some("docker"))
        .await
        .expect("a double answers");
    (running, bridge)
}

/// The text of one metadata entry.
fn metadata<'a>(result: &'a gateway::Result, key: &str) -> Option<&'a str> {
    let bytes = result.metadata.get(key)?;
    Some(std::str::from_utf8(bytes).expect("metadata is text"))
}
