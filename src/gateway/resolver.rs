//! Images by what the daemon's registry says of them.
//!
//! Owns one question per image, platform and mode, however many ask and whenever
//! they ask: a daemon goes to the registry every time. Failures are kept as well,
//! so that one dead registry is waited for once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use buildkit_proto::pb;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use thiserror::Error;

use super::bridge::{Bridge, BridgeError, SourceQuery};
use super::error::FrontendError;
use super::options::ResolveMode;
use crate::image::{ImageConfig, ImageConfigError, Reference, ReferenceError};

/// The scheme of images in a registry.
const SCHEME: &str = "docker-image://";

/// Why an image could not be resolved. The image is named in the message.
#[derive(Debug, Error)]
pub enum ResolveError {
    /// The daemon could not.
    #[error("failed to resolve image `{image}`: {source}")]
    Bridge {
        /// The image.
        image: String,
        /// What the daemon said.
        source: BridgeError,
    },
    /// A policy of the daemon put something else in its place.
    #[error("image `{image}` was replaced by `{identifier}`, which is not an image")]
    Replaced {
        /// The image.
        image: String,
        /// What stands in its place.
        identifier: String,
    },
    /// What it was replaced by cannot be read.
    #[error("failed to resolve image `{image}`: {source}")]
    Reference {
        /// The image.
        image: String,
        /// What is wrong.
        source: ReferenceError,
    },
    /// Its config cannot be read.
    #[error("failed to resolve image `{image}`: {source}")]
    Config {
        /// The image.
        image: String,
        /// What is wrong.
        source: ImageConfigError,
    },
}

/// One image to ask for.
#[derive(Clone, Debug)]
pub struct ImageQuery {
    /// The image.
    pub reference: Reference,
    /// For which platform.
    pub platform: pb::Platform,
    /// How it is looked up.
    pub mode: ResolveMode,
    /// The progress line; `[internal] load metadata for …` if there is none.
    pub log_name: Option<String>,
}

/// One image with its config.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedImage {
    /// The image, which a policy may have replaced, pinned to its digest. Docker's
    /// own image store gives none for an image it already has; that stays as it is.
    pub reference: Reference,
    /// Its config.
    pub config: ImageConfig,
    /// Its config document as the registry has it.
    pub config_document: Vec<u8>,
}

impl ResolvedImage {
    /// Whether the image is for this platform. A registry answers with what it
    /// has, if it has only one.
    pub fn fits(&self, platform: &pb::Platform) -> bool {
        self.config.os == platform.os && self.config.architecture == platform.architecture
    }
}

type Answer = Result<Arc<ResolvedImage>, Arc<ResolveError>>;

/// Asks for images once.
pub struct ImageResolver<B> {
    bridge: Arc<B>,
    answers: Mutex<BTreeMap<String, Shared<BoxFuture<'static, Answer>>>>,
}

impl<B: Bridge + 'static> ImageResolver<B> {
    /// A resolver that knows nothing yet.
    pub fn new(bridge: Arc<B>) -> Self {
        Self {
            bridge,
            answers: Mutex::default(),
        }
    }

    /// The image's config and digest. Callers may wait at the same time.
    pub async fn resolve(&self, query: ImageQuery) -> Answer {
        let key = key(&query);
        let answer = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            let ask = || ask(self.bridge.clone(), query).map(|a| a.map(Arc::new).map_err(Arc::new));
            answers
                .entry(key)
                .or_insert_with(|| ask().boxed().shared())
                .clone()
        };
        answer.await
    }
}

impl From<&ResolveError> for FrontendError {
    fn from(error: &ResolveError) -> Self {
        match error {
            ResolveError::Bridge { image, source } => {
                Self::from(source).context(format_args!("failed to resolve image `{image}`"))
            }
            other => Self::new(other.to_string()),
        }
    }
}

async fn ask<B: Bridge>(bridge: Arc<B>, query: ImageQuery) -> Result<ResolvedImage, ResolveError> {
    let reference = query.reference.with_default_tag();
    let image = query.reference.familiar();
    let source = pb::SourceOp {
        identifier: format!("{SCHEME}{reference}"),
        ..pb::SourceOp::default()
    };
    let default_log_name = || format!("[internal] load metadata for {reference}");
    let question = SourceQuery {
        source,
        platform: Some(query.platform),
        mode: query.mode,
        log_name: query.log_name.unwrap_or_else(default_log_name),
        return_object: false,
    };
    let meta = match bridge.resolve_source_meta(question).await {
        Ok(meta) => meta,
        Err(source) => return Err(ResolveError::Bridge { image, source }),
    };
    let (Some(found), Some(name)) = (meta.image, meta.source.identifier.strip_prefix(SCHEME))
    else {
        return Err(ResolveError::Replaced {
            image,
            identifier: meta.source.identifier,
        });
    };
    let pinned = Reference::parse(name).and_then(|name| match &*found.digest {
        "" => Ok(name),
        digest => name.with_digest(digest),
    });
    let reference = match pinned {
        Ok(reference) => reference,
        Err(source) => return Err(ResolveError::Reference { image, source }),
    };
    match ImageConfig::parse(&found.config) {
        Ok(config) => Ok(ResolvedImage {
            reference,
            config,
            config_document: found.config,
        }),
        Err(source) => Err(ResolveError::Config { image, source }),
    }
}

fn key(query: &ImageQuery) -> String {
    let pb::Platform {
        architecture,
        os,
        variant,
        os_version,
        os_features,
    } = &query.platform;
    let features = os_features.join("+");
    let mode = query.mode.as_str();
    let reference = query.reference.with_default_tag();
    [
        &reference.to_string(),
        os,
        os_version,
        &features,
        architecture,
        variant,
        mode,
    ]
    .join(" ")
}
