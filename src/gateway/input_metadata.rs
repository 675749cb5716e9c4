//! What a client says of an input, which is no image and has a config all the same.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::error::FrontendError;
use super::named_contexts::FoundConfig;
use crate::image::ImageConfig;
use crate::spec::Architecture;

/// The member that is an image's config.
const CONFIG: &str = "containerimage.config";

/// The config of an input, if its metadata have one.
pub(super) fn config(
    input: &str,
    metadata: &str,
    architecture: Architecture,
) -> Result<Option<FoundConfig>, FrontendError> {
    let wrong = |why: &dyn std::fmt::Display| {
        FrontendError::new(format!("invalid input-metadata:{input}: {why}"))
    };
    let members: BTreeMap<String, String> =
        serde_json::from_str(metadata).map_err(|error| wrong(&error))?;
    let Some(text) = members.get(CONFIG) else {
        return Ok(None);
    };
    let document = STANDARD.decode(text).map_err(|error| wrong(&error))?;
    let mut config = ImageConfig::parse(&document).map_err(|error| wrong(&error))?;
    // An exporter refuses an image that is for nothing.
    if config.os.is_empty() && config.architecture.is_empty() {
        "linux".clone_into(&mut config.os);
        architecture.word().clone_into(&mut config.architecture);
    }
    Ok(Some(FoundConfig { config, document }))
}
