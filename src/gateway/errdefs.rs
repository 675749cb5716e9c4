//! Details of an error that `BuildKit`'s clients understand.
//!
//! Owns their form on the wire: `google.protobuf.Any` whose value is JSON, not
//! protobuf, in the field names of the Go structs. It must not interpret details
//! that a daemon sent; those are passed on as bytes.

use buildkit_proto::pb;
use prost_types::Any;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

#[cfg(test)]
mod tests;

/// What stands around a detail's name in its type URL.
const PREFIX: &str = "github.com/moby/buildkit/errdefs.";
const SUFFIX: &str = "+json";

/// One kind of detail.
pub trait Detail: Serialize {
    /// The name of its Go type.
    const NAME: &'static str;

    /// The detail as it travels.
    fn to_any(&self) -> Any {
        let value = serde_json::to_vec(self).expect("details have no maps with odd keys");
        Any {
            type_url: type_url(Self::NAME),
            value,
        }
    }
}

/// The type URL of a detail by its Go name.
pub fn type_url(name: &str) -> String {
    format!("{PREFIX}{name}{SUFFIX}")
}

/// Lines of a file the error stems from; clients print them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub info: Option<SourceInfo>,
    /// The lines; none print nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<Range>,
}

/// A file as the user wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceInfo {
    /// Its path.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filename: String,
    /// Its content.
    #[serde(skip_serializing_if = "Vec::is_empty", with = "base64_bytes")]
    pub data: Vec<u8>,
    /// Its language as GitHub's Linguist calls it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
}

/// A range of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Range {
    /// Its first place.
    pub start: Position,
    /// Its last place; one before the start means the start's line.
    pub end: Position,
}

/// A place in a text; lines count from 1, characters from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Position {
    /// Its line.
    #[serde(skip_serializing_if = "is_zero")]
    pub line: i32,
    /// Its character; 0 means the whole line.
    #[serde(skip_serializing_if = "is_zero")]
    pub character: i32,
}

/// The step that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Vertex {
    /// Digest of the step's operation.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub digest: String,
}

/// A subrequest that is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Subrequest {
    /// Its name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// A frontend capability that is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FrontendCap {
    /// Its name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// The frontend an error comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Frontend {
    /// The kind of frontend, such as `gateway.v0`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its image.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// A feature that needs another compatibility version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CompatibilityFeature {
    /// The version.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The feature.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub feature: String,
}

/// Sources that provenance could not account for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ProvenanceMaterialsIncomplete {
    /// One entry for each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<IncompleteMaterial>,
}

/// One source that provenance could not account for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IncompleteMaterial {
    /// The operation.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub op: String,
    /// Its name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// How it was asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub method: String,
    /// What was asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uri: String,
    /// What that became.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub final_uri: String,
    /// Why it is incomplete.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// The operation a solve failed in, with what clients need to look into it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Solve {
    /// Results that went into the operation.
    #[serde(rename = "inputIDs", skip_serializing_if = "Vec::is_empty")]
    pub input_ids: Vec<String>,
    /// Results of its mounts.
    #[serde(rename = "mountIDs", skip_serializing_if = "Vec::is_empty")]
    pub mount_ids: Vec<String>,
    /// The operation in protobuf's JSON form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op: Option<Value>,
    /// Which part of the operation failed.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Descriptions of the operation.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub description: serde_json::Map<String, Value>,
}

/// What of [`Solve`] is read: where a failed process has left its mounts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Left {
    #[serde(rename = "mountIDs")]
    mount_ids: Vec<String>,
    op: LeftOp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct LeftOp {
    exec: LeftExec,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct LeftExec {
    mounts: Vec<LeftMount>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct LeftMount {
    dest: String,
}

impl Left {
    /// The one among the details of a failure, if a process failed.
    pub fn among(details: &[Any]) -> Option<Self> {
        let kind = type_url(Solve::NAME);
        let mut of_kind = details.iter().filter(|detail| detail.type_url == kind);
        of_kind.find_map(|detail| serde_json::from_slice(&detail.value).ok())
    }

    /// The id of what the process has left in a mount, by where that was.
    pub fn in_mount(&self, target: &str) -> Option<&str> {
        let mut mounts = self.op.exec.mounts.iter().zip(&self.mount_ids);
        let found = mounts.find(|(mount, _)| mount.dest == target);
        found.map(|(_, id)| id.as_str()).filter(|id| !id.is_empty())
    }
}

/// The part of an operation that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// A file action.
    File {
        /// Its number; protobuf's JSON writes 64 bits as text.
        #[serde(serialize_with = "as_text", skip_serializing_if = "is_zero")]
        index: i64,
    },
    /// A mount whose cache key could not be made.
    Cache {
        /// Its number.
        #[serde(serialize_with = "as_text", skip_serializing_if = "is_zero")]
        index: i64,
    },
}

impl Detail for Source {
    const NAME: &'static str = "Source";
}
impl Detail for Vertex {
    const NAME: &'static str = "Vertex";
}
impl Detail for Subrequest {
    const NAME: &'static str = "Subrequest";
}
impl Detail for FrontendCap {
    const NAME: &'static str = "FrontendCap";
}
impl Detail for Frontend {
    const NAME: &'static str = "Frontend";
}
impl Detail for CompatibilityFeature {
    const NAME: &'static str = "CompatibilityFeature";
}
impl Detail for ProvenanceMaterialsIncomplete {
    const NAME: &'static str = "ProvenanceMaterialsIncomplete";
}
impl Detail for Solve {
    const NAME: &'static str = "Solve";
}

impl Source {
    /// Lines `first` to `last` of a file.
    pub fn lines(info: SourceInfo, first: i32, last: i32) -> Self {
        let place = |line| Position { line, character: 0 };
        Self {
            info: Some(info),
            ranges: vec![Range {
                start: place(first),
                end: place(last),
            }],
        }
    }
}

impl From<&pb::SourceInfo> for SourceInfo {
    fn from(info: &pb::SourceInfo) -> Self {
        Self {
            filename: info.filename.clone(),
            data: info.data.clone(),
            language: info.language.clone(),
        }
    }
}

impl From<&pb::Range> for Range {
    fn from(range: &pb::Range) -> Self {
        let place = |position: &Option<pb::Position>| {
            let position = position.unwrap_or_default();
            Position {
                line: position.line,
                character: position.character,
            }
        };
        Self {
            start: place(&range.start),
            end: place(&range.end),
        }
    }
}

fn is_zero<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn as_text<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Bytes as Go's JSON writes them.
mod base64_bytes {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        STANDARD
            .decode(String::deserialize(from)?)
            .map_err(D::Error::custom)
    }
}
