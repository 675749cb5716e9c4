//! What went wrong, in the form the user will see it.
//!
//! Owns the way from any failure to the status that `Return` carries. Details
//! that a daemon attached stay as they came; our places in the spec come after
//! them, because clients print the last detail first.

use std::error::Error;
use std::fmt;

use buildkit_proto::rpc;
use prost_types::Any;
use tonic::Code;

use super::bridge::BridgeError;
use super::errdefs::{self, Detail, FrontendCap};
use super::options::{OptionError, OptionErrors};

/// The beginning of every message about a fault of our own.
const BUG: &str = "this is a bug in dynamo-frontend";
/// How many bytes of places in the spec are sent. Each place carries its whole
/// file, and daemons before 0.14 take messages of 4 MiB only.
const SOURCE_BUDGET: usize = 2 << 20;

/// One failure of a request.
#[derive(Debug)]
pub struct FrontendError {
    code: Code,
    message: String,
    foreign: Vec<Any>,
    details: Vec<Any>,
    sources: Vec<errdefs::Source>,
}

impl FrontendError {
    /// A failure that the user can do something about. Clients print the message
    /// of this code as it is; any other code puts its name in front.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            code: Code::Unknown,
            message: message.into(),
            foreign: Vec::new(),
            details: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// A failure that is our own fault.
    pub fn bug(what: impl fmt::Display) -> Self {
        Self::new(format!("{BUG}: {what}"))
    }

    /// A failure of the daemon's, with everything it said.
    pub fn from_status(status: rpc::Status) -> Self {
        let code = match Code::from_i32(status.code) {
            Code::Ok => Code::Unknown,
            code => code,
        };
        Self {
            code,
            foreign: status.details,
            ..Self::new(status.message)
        }
    }

    /// Several failures as one, with the message and the places of each; none if
    /// there are none. A code that not all of them have is nobody's.
    pub fn all(failures: impl IntoIterator<Item = Self>) -> Option<Self> {
        failures.into_iter().reduce(Self::and)
    }

    fn and(mut self, next: Self) -> Self {
        if self.code != next.code {
            self.code = Code::Unknown;
        }
        self.message = format!("{}\n{}", self.message, next.message);
        self.foreign.extend(next.foreign);
        self.details.extend(next.details);
        next.sources.into_iter().fold(self, Self::with_source)
    }

    /// Two results, or the failures of both as one.
    pub fn all_of<T, U>(one: Result<T, Self>, other: Result<U, Self>) -> Result<(T, U), Self> {
        match (one, other) {
            (Ok(one), Ok(other)) => Ok((one, other)),
            (Err(one), Err(other)) => Err(one.and(other)),
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        }
    }

    /// The same under another code.
    pub fn with_code(mut self, code: Code) -> Self {
        self.code = code;
        self
    }

    /// The same with one more place in the spec. Places are printed in the order
    /// in which they were added, each once.
    pub fn with_source(mut self, source: errdefs::Source) -> Self {
        if !self.sources.contains(&source) {
            self.sources.push(source);
        }
        self
    }

    /// The same with one more detail of our own.
    pub fn with_detail(mut self, detail: &impl Detail) -> Self {
        self.details.push(detail.to_any());
        self
    }

    /// The same, with what was being done in front of the message.
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }

    /// The same, with what to do about it behind the message.
    pub fn help(mut self, action: impl fmt::Display) -> Self {
        self.message = format!("{}\nhelp: {action}", self.message);
        self
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Digests of the operations that failed, as the daemon says.
    pub fn vertices(&self) -> Vec<String> {
        let url = errdefs::type_url(errdefs::Vertex::NAME);
        let all = self.foreign.iter().filter(|detail| detail.type_url == url);
        all.filter_map(|detail| serde_json::from_slice::<errdefs::Vertex>(&detail.value).ok())
            .map(|vertex| vertex.digest)
            .collect()
    }

    /// Whether a place in the spec is known. Without one, clients blame the line
    /// that names this frontend.
    pub fn has_source(&self) -> bool {
        let source = errdefs::type_url(errdefs::Source::NAME);
        let mut foreign = self.foreign.iter();
        !self.sources.is_empty() || foreign.any(|detail| detail.type_url == source)
    }

    /// The status for `Return`.
    pub fn into_status(self) -> rpc::Status {
        let mut details = self.foreign;
        details.extend(self.details);
        details.extend(affordable(&self.sources).into_iter().rev());
        rpc::Status {
            code: self.code.into(),
            message: self.message,
            details,
        }
    }
}

impl fmt::Display for FrontendError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for FrontendError {}

impl From<&BridgeError> for FrontendError {
    fn from(error: &BridgeError) -> Self {
        match error {
            BridgeError::Status(status) => Self::from_status((**status).clone()),
            other => Self::new(other.to_string()),
        }
    }
}

impl From<BridgeError> for FrontendError {
    fn from(error: BridgeError) -> Self {
        Self::from(&error)
    }
}

impl From<&OptionErrors> for FrontendError {
    fn from(errors: &OptionErrors) -> Self {
        let mut error = Self::new(errors.to_string());
        for option in &errors.0 {
            if let OptionError::FrontendCap(name) = option {
                error = error
                    .with_code(Code::Unimplemented)
                    .with_detail(&FrontendCap { name: name.clone() });
            }
        }
        error
    }
}

/// The first places that fit, but one in any case.
fn affordable(sources: &[errdefs::Source]) -> Vec<Any> {
    let mut spent = 0;
    let fits = |(number, detail): &(usize, Any)| {
        spent += detail.value.len();
        *number == 0 || spent <= SOURCE_BUDGET
    };
    let details = sources
        .iter()
        .map(Detail::to_any)
        .enumerate()
        .take_while(fits);
    details.map(|(_, detail)| detail).collect()
}

/// The status inside a failed call, details included.
pub(super) fn rpc_status(status: &tonic::Status) -> rpc::Status {
    // Details that cannot be read are worth less than the message that can.
    let mut decoded: rpc::Status = prost::Message::decode(status.details()).unwrap_or_default();
    decoded.code = status.code().into();
    if decoded.message.is_empty() {
        status.message().clone_into(&mut decoded.message);
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::errdefs::{Source, SourceInfo};

    fn source(line: i32) -> Source {
        Source::lines(SourceInfo::default(), line, line)
    }

    fn foreign() -> Vec<Any> {
        vec![
            Any {
                type_url: "x/one".to_owned(),
                value: vec![0xff, 0],
            },
            Any {
                type_url: String::new(),
                value: vec![],
            },
        ]
    }

    #[test]
    fn foreign_details_come_first_and_unchanged() {
        let status = rpc::Status {
            code: 5,
            message: "gone".to_owned(),
            details: foreign(),
        };
        let error = FrontendError::from_status(status)
            .context("reading x")
            .with_source(source(3));
        let status = error.into_status();
        assert_eq!((status.code, &*status.message), (5, "reading x: gone"));
        assert_eq!(status.details[..2], foreign());
        assert_eq!(status.details[2..], [source(3).to_any()]);
    }

    #[test]
    fn the_first_place_is_printed_first() {
        let error = FrontendError::new("two")
            .with_source(source(1))
            .with_source(source(2));
        assert!(error.has_source());
        let details = error.into_status().details;
        assert_eq!(details, [source(2).to_any(), source(1).to_any()]);
    }

    #[test]
    fn a_line_that_several_failures_share_is_printed_once() {
        let failures = ["one", "two"].map(|what| FrontendError::new(what).with_source(source(1)));
        let status = FrontendError::all(failures).expect("two").into_status();
        assert_eq!(status.message, "one\ntwo");
        assert_eq!(status.details, [source(1).to_any()]);
    }

    #[test]
    fn many_places_in_a_large_spec_do_not_break_the_answer() {
        let info = SourceInfo {
            data: vec![b'a'; 500 << 10],
            ..SourceInfo::default()
        };
        let error = (1..=100).fold(FrontendError::new("x"), |error, line| {
            error.with_source(Source::lines(info.clone(), line, line))
        });
        let details = error.into_status().details;
        assert_eq!(details.len(), 3);
        assert_eq!(
            details[2],
            Source::lines(info, 1, 1).to_any(),
            "the first is printed first"
        );
        let info = SourceInfo {
            data: vec![b'a'; 3 << 20],
            ..SourceInfo::default()
        };
        let one = FrontendError::new("x").with_source(Source::lines(info, 1, 1));
        assert_eq!(one.into_status().details.len(), 1);
    }

    #[test]
    fn user_errors_have_no_code_name_and_bugs_say_so() {
        assert_eq!(FrontendError::new("x").into_status().code, 2);
        let bug = FrontendError::bug("index 3 of 2");
        assert_eq!(
            bug.to_string(),
            "this is a bug in dynamo-frontend: index 3 of 2"
        );
    }

    #[test]
    fn an_unknown_frontend_capability_is_named_in_a_detail() {
        let errors = OptionErrors(vec![OptionError::FrontendCap("x".to_owned())]);
        let status = FrontendError::from(&errors).into_status();
        assert_eq!(status.code, i32::from(Code::Unimplemented));
        assert_eq!(
            status.details,
            [FrontendCap {
                name: "x".to_owned()
            }
            .to_any()]
        );
    }

    #[test]
    fn details_that_are_no_status_leave_the_message() {
        let status = tonic::Status::with_details(Code::Internal, "broken", vec![0xff, 0xff].into());
        let read = rpc_status(&status);
        assert_eq!(
            (read.code, &*read.message, read.details.len()),
            (13, "broken", 0)
        );
    }
}
