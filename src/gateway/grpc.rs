//! The bridge over gRPC.
//!
//! Owns one HTTP/2 connection over one stream, the message limits and what
//! stands in for a call that an older daemon does not have. It must not decide
//! anything about a build.

use std::collections::BTreeMap;
use std::time::Duration;

use buildkit_proto::gateway::llb_bridge_client::LlbBridgeClient;
use buildkit_proto::gateway::{self, result::Result as WireResult};
use buildkit_proto::{fsutil, pb, rpc};
use tokio::io::{AsyncRead, AsyncWrite};
use tonic::transport::Channel;

use super::bridge::{
    Bridge, BridgeError, Container, ImageMeta, Ref, Solve, SourceMeta, SourceQuery, Warning,
};
use super::caps::{Caps, name};
use super::channel::{MESSAGE_LIMIT, open_channel};
use super::container;
use super::error::rpc_status;

/// How much of a file is asked for at a time: well inside the message limit.
const READ_CHUNK: u64 = 8 << 20;
/// How much is kept of a file that is too large, for showing it.
const HEAD: usize = 1 << 10;
/// How long the first call may take.
const PING_LIMIT: Duration = Duration::from_secs(15);
/// The resolver types of `ResolveImageConfig`.
const FROM_REGISTRY: i32 = 0;
const FROM_LAYOUT: i32 = 1;
/// Schemes of the sources that are images.
const IMAGE_SCHEME: &str = "docker-image://";
const LAYOUT_SCHEME: &str = "oci-layout://";

/// A daemon at the other end of a stream.
#[derive(Clone, Debug)]
pub struct GrpcBridge {
    client: LlbBridgeClient<Channel>,
    caps: Caps,
}

impl GrpcBridge {
    /// Connects over `io` and asks the daemon what it can do. `product` is what
    /// the user calls the daemon.
    pub async fn connect<I>(io: I, product: Option<&str>) -> Result<Self, BridgeError>
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let client = LlbBridgeClient::new(open_channel(io).await?)
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT);
        let mut first = client.clone();
        let ping = first.ping(gateway::PingRequest {});
        let answer = tokio::time::timeout(PING_LIMIT, ping)
            .await
            .map_err(|_| BridgeError::Timeout {
                call: "Ping",
                limit: PING_LIMIT,
            })?
            .map_err(refused)?
            .into_inner();
        Ok(Self {
            client,
            caps: Caps::from_pong(&answer, product),
        })
    }

    fn client(&self) -> LlbBridgeClient<Channel> {
        self.client.clone()
    }

    /// A step that the daemon cannot do fails here, with a sentence, rather than
    /// there, with the name of a field.
    fn check_caps(&self, definition: &pb::Definition) -> Result<(), BridgeError> {
        let caps = definition
            .metadata
            .values()
            .flat_map(|metadata| &metadata.caps);
        for (cap, _) in caps.filter(|(_, needed)| **needed) {
            self.caps.llb.check(cap)?;
        }
        Ok(())
    }

    async fn read_range(
        &self,
        reference: &Ref,
        path: &str,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>, BridgeError> {
        let number = |value| i64::try_from(value).unwrap_or(i64::MAX);
        let range = gateway::FileRange {
            offset: number(offset),
            length: number(length),
        };
        let request = gateway::ReadFileRequest {
            r#ref: reference.id().to_owned(),
            file_path: path.to_owned(),
            range: Some(range),
            ..gateway::ReadFileRequest::default()
        };
        Ok(self
            .client()
            .read_file(request)
            .await
            .map_err(refused)?
            .into_inner()
            .data)
    }

    /// For daemons that know images only.
    async fn resolve_image_config(&self, query: SourceQuery) -> Result<SourceMeta, BridgeError> {
        let identifier = &query.source.identifier;
        let (scheme, resolver_type) = match identifier {
            text if text.starts_with(IMAGE_SCHEME) => (IMAGE_SCHEME, FROM_REGISTRY),
            text if text.starts_with(LAYOUT_SCHEME) => (LAYOUT_SCHEME, FROM_LAYOUT),
            _ => {
                return Ok(SourceMeta {
                    source: query.source,
                    ..SourceMeta::default()
                });
            }
        };
        let attr = |key: &str| query.source.attrs.get(key).cloned().unwrap_or_default();
        let request = gateway::ResolveImageConfigRequest {
            r#ref: identifier[scheme.len()..].to_owned(),
            platform: query.platform,
            resolve_mode: query.mode.as_str().to_owned(),
            log_name: query.log_name,
            resolver_type,
            session_id: attr("oci.session"),
            store_id: attr("oci.store"),
            source_policies: Vec::new(),
        };
        let answer = self
            .client()
            .resolve_image_config(request)
            .await
            .map_err(refused)?
            .into_inner();
        let mut source = query.source;
        if !answer.r#ref.is_empty() {
            source.identifier = format!("{scheme}{}", answer.r#ref);
        }
        let image = ImageMeta {
            digest: answer.digest,
            config: answer.config,
        };
        Ok(SourceMeta {
            source,
            image: Some(image),
            ..SourceMeta::default()
        })
    }

    async fn return_request(&self, request: gateway::ReturnRequest) -> Result<(), BridgeError> {
        self.client().r#return(request).await.map_err(refused)?;
        Ok(())
    }
}

impl Bridge for GrpcBridge {
    fn caps(&self) -> &Caps {
        &self.caps
    }

    async fn solve(&self, solve: Solve) -> Result<Ref, BridgeError> {
        if solve.definition.def.is_empty() {
            return Ok(Ref::scratch());
        }
        self.check_caps(&solve.definition)?;
        let evaluate_later = solve.evaluate && !self.caps.gateway.supports(name::SOLVE_EVALUATE);
        let answer = self.client().solve(wire_solve(solve, evaluate_later)).await;
        let reference = solved_ref(answer.map_err(refused)?.into_inner())?;
        if evaluate_later {
            self.evaluate(&reference).await?;
        }
        Ok(reference)
    }

    async fn read_file(
        &self,
        reference: &Ref,
        path: &str,
        limit: u64,
    ) -> Result<Vec<u8>, BridgeError> {
        let mut content = Vec::new();
        loop {
            let have = content.len() as u64;
            // One byte more than allowed tells a file that fits from one that
            // does not, in the same call.
            let length = READ_CHUNK.min(limit + 1 - have);
            let part = self.read_range(reference, path, have, length).await?;
            let ended = (part.len() as u64) < length;
            content.extend(part);
            if content.len() as u64 > limit {
                content.truncate(HEAD);
                let path = path.to_owned();
                return Err(BridgeError::TooLarge {
                    path,
                    limit,
                    head: content,
                });
            }
            if ended {
                return Ok(content);
            }
        }
    }

    async fn read_dir(
        &self,
        reference: &Ref,
        path: &str,
        include: Option<&str>,
    ) -> Result<Vec<fsutil::Stat>, BridgeError> {
        let request = gateway::ReadDirRequest {
            r#ref: reference.id().to_owned(),
            dir_path: path.to_owned(),
            include_pattern: include.unwrap_or_default().to_owned(),
            ..gateway::ReadDirRequest::default()
        };
        Ok(self
            .client()
            .read_dir(request)
            .await
            .map_err(refused)?
            .into_inner()
            .entries)
    }

    async fn stat_file(&self, reference: &Ref, path: &str) -> Result<fsutil::Stat, BridgeError> {
        let request = gateway::StatFileRequest {
            r#ref: reference.id().to_owned(),
            path: path.to_owned(),
            ..gateway::StatFileRequest::default()
        };
        let answer = self
            .client()
            .stat_file(request)
            .await
            .map_err(refused)?
            .into_inner();
        answer.stat.ok_or(BridgeError::Answer {
            call: "StatFile",
            problem: "no attributes",
        })
    }

    async fn evaluate(&self, reference: &Ref) -> Result<(), BridgeError> {
        if reference.is_scratch() {
            return Ok(());
        }
        if !self.caps.gateway.supports(name::EVALUATE) {
            // Looking at anything builds the whole.
            return self.stat_file(reference, ".").await.map(drop);
        }
        let request = gateway::EvaluateRequest {
            r#ref: reference.id().to_owned(),
        };
        self.client().evaluate(request).await.map_err(refused)?;
        Ok(())
    }

    async fn run(&self, program: Container, limit: usize) -> Result<Vec<u8>, BridgeError> {
        self.caps.gateway.check(name::EXEC)?;
        container::run(self.client(), program, limit).await
    }

    async fn inputs(&self) -> Result<BTreeMap<String, pb::Definition>, BridgeError> {
        if !self.caps.gateway.supports(name::INPUTS) {
            return Ok(BTreeMap::new());
        }
        let answer = self
            .client()
            .inputs(gateway::InputsRequest {})
            .await
            .map_err(refused)?;
        Ok(answer.into_inner().definitions)
    }

    async fn resolve_source_meta(&self, query: SourceQuery) -> Result<SourceMeta, BridgeError> {
        if !self.caps.gateway.supports(name::SOURCE_META) {
            return self.resolve_image_config(query).await;
        }
        let asked = query.source.clone();
        let request = gateway::ResolveSourceMetaRequest {
            source: Some(query.source),
            platform: query.platform,
            log_name: query.log_name,
            resolve_mode: query.mode.as_str().to_owned(),
            git: query
                .return_object
                .then_some(gateway::ResolveSourceGitRequest {
                    return_object: true,
                }),
            ..gateway::ResolveSourceMetaRequest::default()
        };
        let answer = self
            .client()
            .resolve_source_meta(request)
            .await
            .map_err(refused)?
            .into_inner();
        let image = answer.image.map(|image| ImageMeta {
            digest: image.digest,
            config: image.config,
        });
        Ok(SourceMeta {
            source: answer.source.unwrap_or(asked),
            image,
            git: answer.git,
            http: answer.http,
        })
    }

    async fn warn(&self, warning: Warning) -> Result<(), BridgeError> {
        if !self.caps.gateway.supports(name::WARNINGS) {
            return Ok(());
        }
        let bytes = |text: String| text.into_bytes();
        let request = gateway::WarnRequest {
            digest: warning.digest,
            level: warning.level,
            short: bytes(warning.short),
            detail: warning.detail.into_iter().map(bytes).collect(),
            url: warning.url,
            info: warning.info,
            ranges: warning.ranges,
        };
        self.client().warn(request).await.map_err(refused)?;
        Ok(())
    }

    async fn return_result(&self, result: gateway::Result) -> Result<(), BridgeError> {
        self.return_request(gateway::ReturnRequest {
            result: Some(result),
            error: None,
        })
        .await
    }

    async fn return_error(&self, error: rpc::Status) -> Result<(), BridgeError> {
        self.return_request(gateway::ReturnRequest {
            result: None,
            error: Some(error),
        })
        .await
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of `map_err`")]
pub(super) fn refused(status: tonic::Status) -> BridgeError {
    BridgeError::Status(Box::new(rpc_status(&status)))
}

fn wire_solve(solve: Solve, evaluate_later: bool) -> gateway::SolveRequest {
    let import = |import: super::options::CacheImport| gateway::CacheOptionsEntry {
        r#type: import.kind,
        attrs: import.attrs,
    };
    gateway::SolveRequest {
        definition: Some(solve.definition),
        allow_result_return: true,
        allow_result_array_ref: true,
        evaluate: solve.evaluate && !evaluate_later,
        cache_imports: solve.cache_imports.into_iter().map(import).collect(),
        ..gateway::SolveRequest::default()
    }
}

fn solved_ref(answer: gateway::SolveResponse) -> Result<Ref, BridgeError> {
    let Some(result) = answer.result else {
        return Ok(Ref::new(answer.r#ref));
    };
    match result.result {
        None => Ok(Ref::scratch()),
        Some(WireResult::Ref(reference)) => Ok(Ref::new(reference.id)),
        Some(WireResult::RefDeprecated(id)) => Ok(Ref::new(id)),
        Some(WireResult::Refs(_) | WireResult::RefsDeprecated(_)) => Err(BridgeError::Answer {
            call: "Solve",
            problem: "several results for one graph",
        }),
    }
}
