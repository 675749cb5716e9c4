//! The service that plays the script.
//!
//! Owns the answers. Errors have the codes and texts a real daemon gives, since
//! a frontend may have to show them. Long because every method of the service is
//! here.

use std::collections::BTreeMap;
use std::future;
use std::sync::{Arc, Mutex};
use std::vec;

use buildkit_proto::gateway::exec_message::Input;
use buildkit_proto::gateway::llb_bridge_server::LlbBridge;
use buildkit_proto::gateway::{self, result::Result as WireResult};
use buildkit_proto::{fsutil, pb, rpc};
use prost::Message;
use tokio::sync::Notify;
use tonic::codegen::tokio_stream::{self, Iter};
use tonic::{Code, Request, Response, Status, Streaming};

use super::{Call, Daemon, Image, Method, Script, lock, strict};

/// The directory among the bits of a mode.
const DIRECTORY: u32 = 1 << 31;
/// The schemes under which images are asked for.
const IMAGE_SCHEMES: [&str; 2] = ["docker-image://", "oci-layout://"];

pub(super) struct Service {
    daemon: Daemon,
    script: Script,
    calls: Arc<Mutex<Vec<Call>>>,
    hang_up: Arc<Notify>,
    /// Told of every call.
    arrived: Notify,
}

impl Service {
    pub(super) fn new(
        daemon: Daemon,
        script: Script,
        calls: Arc<Mutex<Vec<Call>>>,
        hang_up: Arc<Notify>,
    ) -> Self {
        Self {
            daemon,
            script,
            calls,
            hang_up,
            arrived: Notify::new(),
        }
    }

    /// Records the call, gives its number among those of its method, and fails
    /// it if the script says so.
    async fn enter(&self, call: Call) -> Result<usize, Status> {
        let method = call.method();
        let number = {
            let mut calls = lock(&self.calls);
            calls.push(call);
            count(&calls, method) - 1
        };
        self.arrived.notify_waiters();
        if self.script.hang_up == Some(method) {
            self.hang_up.notify_one();
            future::pending::<()>().await;
        }
        if let Some(delay) = self.script.delays.get(&method) {
            tokio::time::sleep(*delay).await;
        }
        let together = self.script.together.get(&method).copied();
        loop {
            // Listened for before counting, so that no call slips in between.
            let arrived = self.arrived.notified();
            if count(&lock(&self.calls), method) >= together.unwrap_or_default() {
                break;
            }
            arrived.await;
        }
        let failures = &self.script.failures;
        let failure = failures
            .get(&(method, Some(number)))
            .or(failures.get(&(method, None)));
        failure.map_or(Ok(number), |status| Err(to_tonic(status)))
    }

    fn file(&self, reference: &str, path: &str) -> Option<&[u8]> {
        let files = &self.script.files;
        let path = path.trim_start_matches('/');
        let own = files.get(&(Some(reference.to_owned()), path.to_owned()));
        own.or_else(|| files.get(&(None, path.to_owned())))
            .map(Vec::as_slice)
    }

    /// The file that a program in a container prints, from what is mounted there.
    fn printed(&self, init: &gateway::InitMessage) -> Option<Vec<u8>> {
        let calls = lock(&self.calls).clone();
        let container = calls.into_iter().find_map(|call| match call {
            Call::NewContainer(one) if one.container_id == init.container_id => Some(one),
            _ => None,
        })?;
        let path = init.meta.as_ref()?.args.last()?;
        let mounted = container.mounts.iter().rev().find_map(|mount| {
            let below = path.strip_prefix(&mount.dest)?;
            Some((mount.result_id.as_str(), below))
        });
        let (result, below) = mounted?;
        self.file(result, below).map(<[u8]>::to_vec)
    }

    fn image(&self, reference: &str, platform: Option<&pb::Platform>) -> Result<&Image, Status> {
        let named = platform.map(|platform| format!("{}/{}", platform.os, platform.architecture));
        let image = |platform| self.script.images.get(&(reference.to_owned(), platform));
        image(named)
            .or_else(|| image(None))
            .ok_or_else(|| Status::not_found(format!("{reference}: not found")))
    }

    fn stat(&self, path: &str, name: &str, size: usize) -> fsutil::Stat {
        fsutil::Stat {
            path: name.to_owned(),
            size: i64::try_from(size).unwrap_or(i64::MAX),
            mod_time: self.script.times.get(path).copied().unwrap_or_default(),
            ..fsutil::Stat::default()
        }
    }

    fn has(&self, cap: &str) -> bool {
        self.daemon
            .gateway_caps()
            .iter()
            .any(|known| known.id == cap && known.enabled)
    }

    /// Refuses a method that the daemon does not have.
    fn offers(&self, cap: &str, method: &str) -> Result<(), Status> {
        let unknown = || Status::unimplemented(format!("unknown method {method}"));
        self.has(cap).then_some(()).ok_or_else(unknown)
    }

    /// Refuses a graph with something in it that the daemon does not know.
    fn understands(&self, definition: &pb::Definition) -> Result<(), Status> {
        let known = self.daemon.llb_caps();
        let unknown = |cap: &String| !known.iter().any(|one| one.id == *cap && one.enabled);
        match strict::needs(definition).into_iter().find(unknown) {
            Some(cap) => Err(Status::unknown(format!(
                "failed to load LLB: unknown API capability {cap}"
            ))),
            None => Ok(()),
        }
    }
}

#[tonic::async_trait]
impl LlbBridge for Service {
    async fn ping(
        &self,
        _: Request<gateway::PingRequest>,
    ) -> Result<Response<gateway::PongResponse>, Status> {
        self.enter(Call::Ping).await?;
        Ok(Response::new(gateway::PongResponse {
            frontend_api_caps: self.daemon.gateway_caps(),
            llb_caps: self.daemon.llb_caps(),
            workers: Vec::new(),
        }))
    }

    async fn solve(
        &self,
        request: Request<gateway::SolveRequest>,
    ) -> Result<Response<gateway::SolveResponse>, Status> {
        let request = request.into_inner();
        // A daemon sends the graph back.
        let def = request.definition.clone();
        let number = self.enter(Call::Solve(Box::new(request))).await?;
        def.as_ref().map_or(Ok(()), |def| self.understands(def))?;
        let id = format!("ref-{number}");
        let result = if self.has("proto.refarray") {
            WireResult::Ref(gateway::Ref { id, def })
        } else {
            WireResult::RefDeprecated(id)
        };
        let result = gateway::Result {
            result: Some(result),
            ..gateway::Result::default()
        };
        Ok(Response::new(gateway::SolveResponse {
            result: Some(result),
            ..Default::default()
        }))
    }

    async fn read_file(
        &self,
        request: Request<gateway::ReadFileRequest>,
    ) -> Result<Response<gateway::ReadFileResponse>, Status> {
        let request = request.into_inner();
        self.enter(Call::ReadFile(request.clone())).await?;
        let content = self.file(&request.r#ref, &request.file_path);
        let content = content.ok_or_else(|| missing("open", &request.file_path))?;
        let data = part(content, request.range.as_ref()).to_vec();
        Ok(Response::new(gateway::ReadFileResponse { data }))
    }

    async fn read_dir(
        &self,
        request: Request<gateway::ReadDirRequest>,
    ) -> Result<Response<gateway::ReadDirResponse>, Status> {
        let request = request.into_inner();
        self.enter(Call::ReadDir(request.clone())).await?;
        let directory = request.dir_path.trim_matches(['/', '.']);
        let mut entries = BTreeMap::new();
        for ((reference, path), content) in &self.script.files {
            let Some(below) = below(path, directory) else {
                continue;
            };
            let (name, stat) = match below.split_once('/') {
                None => (below, self.stat(path, below, content.len())),
                Some((folder, _)) => (folder, directory_stat(folder)),
            };
            let wanted = request.include_pattern.is_empty() || request.include_pattern == name;
            let here = reference.as_ref().is_none_or(|own| *own == request.r#ref);
            if wanted && here {
                entries.insert(name, stat);
            }
        }
        Ok(Response::new(gateway::ReadDirResponse {
            entries: entries.into_values().collect(),
        }))
    }

    async fn stat_file(
        &self,
        request: Request<gateway::StatFileRequest>,
    ) -> Result<Response<gateway::StatFileResponse>, Status> {
        let request = request.into_inner();
        self.enter(Call::StatFile(request.clone())).await?;
        let stat = match self.file(&request.r#ref, &request.path) {
            Some(content) => self.stat(&request.path, &request.path, content.len()),
            None if request.path == "." => directory_stat("."),
            None => return Err(missing("lstat", &request.path)),
        };
        Ok(Response::new(gateway::StatFileResponse {
            stat: Some(stat),
        }))
    }

    async fn evaluate(
        &self,
        request: Request<gateway::EvaluateRequest>,
    ) -> Result<Response<gateway::EvaluateResponse>, Status> {
        self.enter(Call::Evaluate(request.into_inner())).await?;
        self.offers("gateway.evaluate", "Evaluate")?;
        Ok(Response::new(gateway::EvaluateResponse {}))
    }

    async fn inputs(
        &self,
        _: Request<gateway::InputsRequest>,
    ) -> Result<Response<gateway::InputsResponse>, Status> {
        self.enter(Call::Inputs).await?;
        self.offers("frontend.inputs", "Inputs")?;
        let definitions = self.script.inputs.clone();
        Ok(Response::new(gateway::InputsResponse { definitions }))
    }

    async fn resolve_image_config(
        &self,
        request: Request<gateway::ResolveImageConfigRequest>,
    ) -> Result<Response<gateway::ResolveImageConfigResponse>, Status> {
        let request = request.into_inner();
        let (reference, platform) = (request.r#ref.clone(), request.platform.clone());
        self.enter(Call::ResolveImageConfig(Box::new(request)))
            .await?;
        let image = self.image(&reference, platform.as_ref())?;
        let rewritten = image
            .rewritten
            .as_deref()
            .map(without_scheme)
            .unwrap_or_default();
        Ok(Response::new(gateway::ResolveImageConfigResponse {
            digest: image.digest.clone(),
            config: image.config.clone(),
            r#ref: rewritten.to_owned(),
        }))
    }

    async fn resolve_source_meta(
        &self,
        request: Request<gateway::ResolveSourceMetaRequest>,
    ) -> Result<Response<gateway::ResolveSourceMetaResponse>, Status> {
        let request = request.into_inner();
        let mut source = request.source.clone().unwrap_or_default();
        let platform = request.platform.clone();
        let object = request.git.is_some_and(|git| git.return_object);
        self.enter(Call::ResolveSourceMeta(Box::new(request)))
            .await?;
        self.offers("source.metaresolver", "ResolveSourceMeta")?;
        if let Some(known) = self.script.sources.get(&source.identifier) {
            let mut known = known.clone();
            if let Some(git) = known.git.as_mut().filter(|_| !object) {
                git.commit_object.clear();
            }
            known.source = Some(source);
            return Ok(Response::new(known));
        }
        let image = self.image(without_scheme(&source.identifier), platform.as_ref())?;
        if let Some(rewritten) = &image.rewritten {
            source.identifier.clone_from(rewritten);
        }
        let answer = is_image(&source).then(|| gateway::ResolveSourceImageResponse {
            digest: image.digest.clone(),
            config: image.config.clone(),
            ..gateway::ResolveSourceImageResponse::default()
        });
        Ok(Response::new(gateway::ResolveSourceMetaResponse {
            source: Some(source),
            image: answer,
            ..gateway::ResolveSourceMetaResponse::default()
        }))
    }

    async fn warn(
        &self,
        request: Request<gateway::WarnRequest>,
    ) -> Result<Response<gateway::WarnResponse>, Status> {
        self.enter(Call::Warn(Box::new(request.into_inner())))
            .await?;
        self.offers("gateway.warnings", "Warn")?;
        Ok(Response::new(gateway::WarnResponse {}))
    }

    async fn r#return(
        &self,
        request: Request<gateway::ReturnRequest>,
    ) -> Result<Response<gateway::ReturnResponse>, Status> {
        match self
            .enter(Call::Return(Box::new(request.into_inner())))
            .await?
        {
            0 => Ok(Response::new(gateway::ReturnResponse {})),
            _ => Err(Status::unknown("gateway result is already set")),
        }
    }

    type ExecProcessStream = Iter<vec::IntoIter<Result<gateway::ExecMessage, Status>>>;

    /// Whatever the program is, it prints the file that is its last argument.
    async fn exec_process(
        &self,
        request: Request<Streaming<gateway::ExecMessage>>,
    ) -> Result<Response<Self::ExecProcessStream>, Status> {
        let first = request.into_inner().message().await?.unwrap_or_default();
        let Some(Input::Init(init)) = first.input else {
            return Err(Status::invalid_argument("no process to start"));
        };
        self.enter(Call::ExecProcess(Box::new(init.clone())))
            .await?;
        let printed = self.printed(&init);
        let exit = gateway::ExitMessage {
            code: u32::from(printed.is_none()),
            error: None,
        };
        let file = gateway::FdMessage {
            fd: 1,
            eof: false,
            data: printed.unwrap_or_default(),
        };
        let told = [
            Input::Started(gateway::StartedMessage {}),
            Input::File(file),
            Input::Exit(exit),
            Input::Done(gateway::DoneMessage {}),
        ];
        let told = told.map(|input| {
            Ok(gateway::ExecMessage {
                process_id: first.process_id.clone(),
                input: Some(input),
            })
        });
        Ok(Response::new(tokio_stream::iter(Vec::from(told))))
    }

    async fn new_container(
        &self,
        request: Request<gateway::NewContainerRequest>,
    ) -> Result<Response<gateway::NewContainerResponse>, Status> {
        self.enter(Call::NewContainer(Box::new(request.into_inner())))
            .await?;
        self.offers("gateway.exec", "NewContainer")?;
        Ok(Response::new(gateway::NewContainerResponse {}))
    }

    async fn release_container(
        &self,
        _: Request<gateway::ReleaseContainerRequest>,
    ) -> Result<Response<gateway::ReleaseContainerResponse>, Status> {
        Ok(Response::new(gateway::ReleaseContainerResponse {}))
    }

    async fn read_file_container(
        &self,
        _: Request<gateway::ReadFileRequest>,
    ) -> Result<Response<gateway::ReadFileResponse>, Status> {
        Err(unplayed("ReadFileContainer"))
    }

    async fn read_dir_container(
        &self,
        _: Request<gateway::ReadDirRequest>,
    ) -> Result<Response<gateway::ReadDirResponse>, Status> {
        Err(unplayed("ReadDirContainer"))
    }

    async fn stat_file_container(
        &self,
        _: Request<gateway::StatFileRequest>,
    ) -> Result<Response<gateway::StatFileResponse>, Status> {
        Err(unplayed("StatFileContainer"))
    }
}

fn count(calls: &[Call], method: Method) -> usize {
    calls.iter().filter(|call| call.method() == method).count()
}

fn unplayed(method: &str) -> Status {
    Status::unimplemented(format!("the double does not play {method}"))
}

fn missing(operation: &str, path: &str) -> Status {
    Status::unknown(format!("{operation} {path}: no such file or directory"))
}

fn directory_stat(path: &str) -> fsutil::Stat {
    fsutil::Stat {
        path: path.to_owned(),
        mode: DIRECTORY,
        ..fsutil::Stat::default()
    }
}

/// A path without the directory that it is below.
fn below<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    if directory.is_empty() {
        return Some(path);
    }
    path.strip_prefix(directory)?.strip_prefix('/')
}

fn part<'a>(content: &'a [u8], range: Option<&gateway::FileRange>) -> &'a [u8] {
    let Some(range) = range else { return content };
    let number = |value| {
        usize::try_from(value)
            .unwrap_or_default()
            .min(content.len())
    };
    let start = number(range.offset);
    let end = number(range.offset.saturating_add(range.length)).max(start);
    &content[start..end]
}

fn without_scheme(identifier: &str) -> &str {
    IMAGE_SCHEMES
        .iter()
        .find_map(|scheme| identifier.strip_prefix(scheme))
        .unwrap_or(identifier)
}

fn is_image(source: &pb::SourceOp) -> bool {
    IMAGE_SCHEMES
        .iter()
        .any(|scheme| source.identifier.starts_with(scheme))
}

fn to_tonic(status: &rpc::Status) -> Status {
    let code = Code::from_i32(status.code);
    Status::with_details(code, status.message.clone(), status.encode_to_vec().into())
}
