//! The answer to a request that went well.
//!
//! Owns the names of the result's metadata and the two forms of references. It
//! must not decide what an image contains.

use std::collections::BTreeMap;

use buildkit_proto::gateway::{self, result::Result as WireResult};
use buildkit_proto::pb;
use serde::Serialize;
use thiserror::Error;

use super::bridge::Ref;
use crate::image::{Epoch, ImageConfig};

const CONFIG_KEY: &str = "containerimage.config";
const BASE_CONFIG_KEY: &str = "containerimage.base.config";
const EPOCH_KEY: &str = "source.date.epoch";
const PLATFORMS_KEY: &str = "refs.platforms";
/// Before the name of an annotation; the plain one is for the only manifest.
const ANNOTATION: &str = "annotation";
const MANIFEST_ANNOTATION: &str = "annotation-manifest";
const INDEX_ANNOTATION: &str = "annotation-index";
/// Before the name of metadata that reaches the client's metadata file.
const FRONTEND_PREFIX: &str = "frontend.";

/// A result that cannot be returned.
#[derive(Debug, Error)]
pub enum ResultError {
    /// There is not exactly one image where one was asked for.
    #[error("a result without a platform list has {0} platforms")]
    Count(usize),
    /// Two images claim one platform.
    #[error("the result has platform {0} twice")]
    Twice(String),
    /// The exporter refuses a config without a platform.
    #[error("the image config for {0} has no os or no architecture")]
    NoPlatform(String),
}

/// What a request answers with.
#[derive(Clone, Debug)]
pub enum Reply {
    /// What was built.
    Build(BuildResult),
    /// What was asked.
    Subrequest(SubrequestResult),
}

/// What was built, for one platform or several.
#[derive(Clone, Debug, Default)]
pub struct BuildResult {
    /// One entry per platform.
    pub platforms: Vec<PlatformResult>,
    /// Whether the client wants a list even of one.
    pub multi_platform: bool,
    /// The time that stands for the time of the build.
    pub source_date_epoch: Option<Epoch>,
    /// Texts for the client's metadata file, without the `frontend.` in front.
    pub frontend_metadata: BTreeMap<String, String>,
}

/// What was built for one platform.
#[derive(Clone, Debug)]
pub struct PlatformResult {
    /// The platform, normalised.
    pub platform: pb::Platform,
    /// The root file system.
    pub reference: Ref,
    /// The image config; results that are no image have none.
    pub config: Option<ImageConfig>,
    /// The base image's config document.
    pub base_config: Option<Vec<u8>>,
    /// What is said of the image beside it; only for daemons that keep it.
    pub attestations: Vec<Attestation>,
    /// Annotations of the manifest; only for daemons that write them.
    pub annotations: BTreeMap<String, String>,
}

/// Files that say something of an image, each one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// The folder that the files are in.
    pub reference: Ref,
    /// What kind of statement all of them are.
    pub predicate_type: String,
    /// What the daemon knows them by.
    pub metadata: BTreeMap<String, Vec<u8>>,
}

/// The answer to a subrequest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubrequestResult {
    /// The version of the answer's form.
    pub version: String,
    /// The answer for programs.
    pub json: Vec<u8>,
    /// The answer for people.
    pub text: Option<String>,
    /// What the client exits with.
    pub status_code: Option<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PlatformList {
    platforms: Vec<PlatformEntry>,
}

#[derive(Serialize)]
struct PlatformEntry {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "Platform")]
    platform: PlatformDocument,
}

#[derive(Serialize)]
struct PlatformDocument {
    architecture: String,
    os: String,
    #[serde(rename = "os.version", skip_serializing_if = "String::is_empty")]
    os_version: String,
    #[serde(rename = "os.features", skip_serializing_if = "Vec::is_empty")]
    os_features: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    variant: String,
}

impl Reply {
    /// The message for `Return`; `ref_array` tells whether the daemon takes
    /// references as messages.
    pub fn into_wire(self, ref_array: bool) -> Result<gateway::Result, ResultError> {
        match self {
            Self::Build(result) => result.into_wire(ref_array),
            Self::Subrequest(result) => Ok(result.into_wire(ref_array)),
        }
    }
}

impl BuildResult {
    fn into_wire(self, ref_array: bool) -> Result<gateway::Result, ResultError> {
        if !self.multi_platform && self.platforms.len() != 1 {
            return Err(ResultError::Count(self.platforms.len()));
        }
        let mut metadata: BTreeMap<String, Vec<u8>> = self
            .frontend_metadata
            .into_iter()
            .map(|(name, text)| (format!("{FRONTEND_PREFIX}{name}"), text.into_bytes()))
            .collect();
        // An exporter refuses these where it writes no index.
        if self.multi_platform && self.platforms.len() > 1 {
            let annotations = shared_annotations(&self.platforms);
            metadata.extend(annotations.map(|(name, value)| {
                let key = format!("{INDEX_ANNOTATION}.{name}");
                (key, value.clone().into_bytes())
            }));
        }
        let mut references = BTreeMap::new();
        let mut entries = Vec::new();
        let mut attestations = BTreeMap::new();
        for part in self.platforms {
            let id = platform_id(&part.platform);
            let suffix = if self.multi_platform {
                format!("/{id}")
            } else {
                String::new()
            };
            let annotation = if self.multi_platform {
                format!("{MANIFEST_ANNOTATION}[{id}]")
            } else {
                ANNOTATION.to_owned()
            };
            let annotations = part.annotations.into_iter();
            metadata.extend(
                annotations
                    .map(|(name, value)| (format!("{annotation}.{name}"), value.into_bytes())),
            );
            if let Some(config) = part.config {
                if config.os.is_empty() || config.architecture.is_empty() {
                    return Err(ResultError::NoPlatform(id));
                }
                metadata.insert(format!("{CONFIG_KEY}{suffix}"), config.to_bytes());
            }
            if let Some(document) = part.base_config {
                metadata.insert(format!("{BASE_CONFIG_KEY}{suffix}"), document);
            }
            if !part.attestations.is_empty() {
                let attestation = part.attestations.into_iter().map(Attestation::into_wire);
                let attestation = attestation.collect();
                attestations.insert(id.clone(), gateway::Attestations { attestation });
            }
            if let Some(epoch) = self.source_date_epoch {
                let seconds = epoch.seconds().to_string().into_bytes();
                metadata.insert(format!("{EPOCH_KEY}{suffix}"), seconds);
            }
            entries.push(PlatformEntry {
                id: id.clone(),
                platform: document(part.platform),
            });
            if references.insert(id.clone(), part.reference).is_some() {
                return Err(ResultError::Twice(id));
            }
        }
        metadata.insert(
            PLATFORMS_KEY.to_owned(),
            json(&PlatformList { platforms: entries }),
        );
        let result = match references.pop_first() {
            Some((_, reference)) if !self.multi_platform => one(&reference, ref_array),
            first => many(first.into_iter().chain(references), ref_array),
        };
        Ok(gateway::Result {
            attestations,
            ..wire(result, metadata)
        })
    }
}

impl Attestation {
    fn into_wire(self) -> gateway::Attestation {
        let id = self.reference.id().to_owned();
        gateway::Attestation {
            kind: gateway::AttestationKind::Bundle.into(),
            metadata: self.metadata,
            r#ref: Some(gateway::Ref { id, def: None }),
            in_toto_predicate_type: self.predicate_type,
            ..gateway::Attestation::default()
        }
    }
}

impl SubrequestResult {
    fn into_wire(self, ref_array: bool) -> gateway::Result {
        let mut metadata = BTreeMap::from([
            ("result.json".to_owned(), self.json),
            ("version".to_owned(), self.version.into_bytes()),
        ]);
        if let Some(text) = self.text {
            metadata.insert("result.txt".to_owned(), text.into_bytes());
        }
        if let Some(code) = self.status_code {
            metadata.insert(
                "result.statuscode".to_owned(),
                code.to_string().into_bytes(),
            );
        }
        wire(one(&Ref::scratch(), ref_array), metadata)
    }
}

/// The annotations that hold for every platform, and so for the whole.
fn shared_annotations(platforms: &[PlatformResult]) -> impl Iterator<Item = (&String, &String)> {
    let of_first = platforms.first().map(|first| &first.annotations);
    of_first.into_iter().flatten().filter(|(name, value)| {
        platforms
            .iter()
            .all(|part| part.annotations.get(*name) == Some(*value))
    })
}

/// The name of a platform among a result's references.
pub fn platform_id(platform: &pb::Platform) -> String {
    let mut id = platform.os.clone();
    if !platform.os_version.is_empty() || !platform.os_features.is_empty() {
        id.push('(');
        id.push_str(&platform.os_version);
        for feature in &platform.os_features {
            id.push('+');
            id.push_str(feature);
        }
        id.push(')');
    }
    for part in [&platform.architecture, &platform.variant] {
        if !part.is_empty() {
            id.push('/');
            id.push_str(part);
        }
    }
    id
}

fn document(platform: pb::Platform) -> PlatformDocument {
    let pb::Platform {
        architecture,
        os,
        variant,
        os_version,
        os_features,
    } = platform;
    PlatformDocument {
        architecture,
        os,
        os_version,
        os_features,
        variant,
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("structs of texts are always JSON")
}

fn one(reference: &Ref, ref_array: bool) -> WireResult {
    let id = reference.id().to_owned();
    if ref_array {
        WireResult::Ref(gateway::Ref { id, def: None })
    } else {
        WireResult::RefDeprecated(id)
    }
}

fn many(references: impl Iterator<Item = (String, Ref)>, ref_array: bool) -> WireResult {
    let ids = references.map(|(name, reference)| (name, reference.id().to_owned()));
    if ref_array {
        let refs = ids
            .map(|(name, id)| (name, gateway::Ref { id, def: None }))
            .collect();
        WireResult::Refs(gateway::RefMap { refs })
    } else {
        WireResult::RefsDeprecated(gateway::RefMapDeprecated {
            refs: ids.collect(),
        })
    }
}

fn wire(result: WireResult, metadata: BTreeMap<String, Vec<u8>>) -> gateway::Result {
    gateway::Result {
        result: Some(result),
        metadata,
        ..gateway::Result::default()
    }
}
