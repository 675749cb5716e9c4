//! A container outside of the graph, to look at what a failed step has left.
//!
//! Such a tree has an id and no reference: it can be mounted, and in no other way be
//! read. Owns the calls of one container that runs one program; what is mounted and
//! run is told.

use std::time::Duration;

use buildkit_proto::gateway::exec_message::Input;
use buildkit_proto::gateway::llb_bridge_client::LlbBridgeClient;
use buildkit_proto::{gateway, pb};
use futures_util::{StreamExt as _, stream};
use tonic::transport::Channel;

use super::bridge::{BridgeError, Container};
use super::grpc::refused;

/// Standard output.
const STDOUT: u32 = 1;
/// How long such a program may take: it prints a file.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Runs the program and gives what it printed.
pub(super) async fn run(
    mut client: LlbBridgeClient<Channel>,
    container: Container,
    limit: usize,
) -> Result<Vec<u8>, BridgeError> {
    let id = container.id.clone();
    client
        .new_container(created(&container))
        .await
        .map_err(refused)?;
    let program = printed(client.clone(), container, limit);
    let printed = tokio::time::timeout(TIME_LIMIT, program).await;
    let release = gateway::ReleaseContainerRequest { container_id: id };
    // What could not be released goes with the request.
    let _ = client.release_container(release).await;
    printed.unwrap_or(Err(BridgeError::Timeout {
        call: "ExecProcess",
        limit: TIME_LIMIT,
    }))
}

fn created(container: &Container) -> gateway::NewContainerRequest {
    let mounts = container.mounts.iter();
    let mounts = mounts.map(|(result, target)| pb::Mount {
        dest: target.clone(),
        result_id: result.clone(),
        readonly: true,
        ..pb::Mount::default()
    });
    gateway::NewContainerRequest {
        container_id: container.id.clone(),
        mounts: mounts.collect(),
        network: pb::NetMode::None.into(),
        platform: Some(container.platform.clone()),
        ..gateway::NewContainerRequest::default()
    }
}

/// What the program prints, if it ends well and that is not too much.
async fn printed(
    mut client: LlbBridgeClient<Channel>,
    container: Container,
    limit: usize,
) -> Result<Vec<u8>, BridgeError> {
    let problem = |problem| BridgeError::Answer {
        call: "ExecProcess",
        problem,
    };
    let init = gateway::InitMessage {
        container_id: container.id.clone(),
        meta: Some(pb::Meta {
            args: container.args,
            cwd: "/".to_owned(),
            ..pb::Meta::default()
        }),
        fds: vec![STDOUT],
        ..gateway::InitMessage::default()
    };
    let init = gateway::ExecMessage {
        process_id: container.id,
        input: Some(Input::Init(init)),
    };
    // The daemon ends a process whose client has nothing more to say.
    let asked = stream::iter([init]).chain(stream::pending());
    let answer = client.exec_process(asked).await.map_err(refused)?;
    let mut told = answer.into_inner();
    let mut output = Vec::new();
    let mut ended = false;
    while let Some(message) = told.message().await.map_err(refused)? {
        match message.input {
            Some(Input::File(file)) if file.fd == STDOUT => output.extend(file.data),
            Some(Input::Exit(exit)) if exit.code != 0 => {
                return Err(problem("a program that failed"));
            }
            Some(Input::Exit(_)) => ended = true,
            Some(Input::Done(_)) => break,
            _ => {}
        }
        if output.len() > limit {
            return Err(problem("more output than is read"));
        }
    }
    if ended {
        Ok(output)
    } else {
        Err(problem("no end of the program"))
    }
}
