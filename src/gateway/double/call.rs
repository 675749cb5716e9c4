//! The requests a double records.

use buildkit_proto::gateway;

/// The methods a frontend calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the service")]
pub enum Method {
    Ping,
    Solve,
    ReadFile,
    ReadDir,
    StatFile,
    Evaluate,
    NewContainer,
    ExecProcess,
    Inputs,
    ResolveImageConfig,
    ResolveSourceMeta,
    Warn,
    Return,
}

/// One request as it came.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the service")]
pub enum Call {
    Ping,
    Solve(Box<gateway::SolveRequest>),
    ReadFile(gateway::ReadFileRequest),
    ReadDir(gateway::ReadDirRequest),
    StatFile(gateway::StatFileRequest),
    Evaluate(gateway::EvaluateRequest),
    NewContainer(Box<gateway::NewContainerRequest>),
    ExecProcess(Box<gateway::InitMessage>),
    Inputs,
    ResolveImageConfig(Box<gateway::ResolveImageConfigRequest>),
    ResolveSourceMeta(Box<gateway::ResolveSourceMetaRequest>),
    Warn(Box<gateway::WarnRequest>),
    Return(Box<gateway::ReturnRequest>),
}

impl Call {
    /// The method called.
    pub fn method(&self) -> Method {
        match self {
            Self::Ping => Method::Ping,
            Self::Solve(_) => Method::Solve,
            Self::ReadFile(_) => Method::ReadFile,
            Self::ReadDir(_) => Method::ReadDir,
            Self::StatFile(_) => Method::StatFile,
            Self::Evaluate(_) => Method::Evaluate,
            Self::NewContainer(_) => Method::NewContainer,
            Self::ExecProcess(_) => Method::ExecProcess,
            Self::Inputs => Method::Inputs,
            Self::ResolveImageConfig(_) => Method::ResolveImageConfig,
            Self::ResolveSourceMeta(_) => Method::ResolveSourceMeta,
            Self::Warn(_) => Method::Warn,
            Self::Return(_) => Method::Return,
        }
    }
}
