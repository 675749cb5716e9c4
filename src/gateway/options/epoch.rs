//! `SOURCE_DATE_EPOCH`: which time stands for the time of the build.

use std::collections::BTreeMap;

use super::error::OptionError;
use super::filled;
use crate::emit::{CONTEXT_NAME, PLATFORM_MARK};
use crate::image::Epoch;

/// The build argument.
pub const SOURCE_DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";

/// Which time stands for the time of the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceDateEpoch {
    /// This one.
    At(Epoch),
    /// That of the build context, or of the named context with this name.
    Of(String),
}

/// Reads the build argument; an empty one is none.
pub(super) fn parse(
    build_args: &BTreeMap<String, String>,
    named_contexts: &BTreeMap<String, String>,
) -> Result<Option<SourceDateEpoch>, OptionError> {
    let Some(value) = filled(build_args, SOURCE_DATE_EPOCH) else {
        return Ok(None);
    };
    let is_name = |key: &String| key.split(PLATFORM_MARK).next() == Some(&*value);
    let names_context = value == CONTEXT_NAME || named_contexts.keys().any(is_name);
    match Epoch::parse(&value) {
        Some(epoch) => Ok(Some(SourceDateEpoch::At(epoch))),
        None if names_context => Ok(Some(SourceDateEpoch::Of(value))),
        None => Err(OptionError::Epoch(value)),
    }
}
