//! `dynamo-frontend llb`.

use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;

use buildkit_llb::{CapSet, MarshalOptions, marshal};
use serde_json::Value;

use super::output::{CliError, FINDINGS, OK, data, findings};
use super::{SpecArguments, input};
use crate::emit::{self, Images, Settings};

/// Where `docker buildx build --metadata-file` puts what a build resolved.
const METADATA_KEY: &str = "frontend.dynamo.images";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// What images were resolved to: the file of `docker buildx build --metadata-file`.
    /// Without it images keep their tags, and steps do not see their environment
    #[arg(long, value_name = "FILE")]
    images: Option<String>,
}

/// Writes the definition of one platform, for the newest BuildKit.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    let outcome = input::outcome(&arguments.spec)?;
    findings(&outcome.diagnostics.sorted(), &outcome.sources);
    let plan = match outcome.plans.as_slice() {
        [] => return Ok(ExitCode::from(FINDINGS)),
        [plan] => plan,
        _ => {
            return Err(CliError::Usage(
                "a definition is for one platform".to_owned(),
            ));
        }
    };
    let platform = emit::platform(plan.architecture);
    let images = match &arguments.images {
        Some(file) => images(file, &platform.to_string())?,
        None => Images::default(),
    };
    let bug = |error: &dyn std::error::Error| CliError::Graph(error.to_string());
    let emitted = emit::emit(plan, &images, &outcome.sources, &Settings::default())
        .map_err(|error| bug(&error))?;
    let options = MarshalOptions::new(platform).caps(CapSet::all());
    let marshalled = marshal(&emitted.output, &options).map_err(|error| bug(&error))?;
    data(&marshalled.definition.to_bytes())?;
    Ok(ExitCode::from(OK))
}

/// What a build resolved images to, out of its metadata file.
fn images(file: &str, platform: &str) -> Result<Images, CliError> {
    let path = || format!("`{file}`");
    let bytes = fs::read(file).map_err(|source| CliError::Read {
        path: path(),
        source,
    })?;
    let wrong = |error: serde_json::Error| CliError::Usage(format!("{} is wrong: {error}", path()));
    let metadata: BTreeMap<String, Value> = serde_json::from_slice(&bytes).map_err(wrong)?;
    let known = match metadata.get(METADATA_KEY) {
        Some(Value::String(text)) => serde_json::from_str(text).map_err(wrong)?,
        Some(value) => value.clone(),
        None => {
            return Err(CliError::Usage(format!(
                "{} has no `{METADATA_KEY}`",
                path()
            )));
        }
    };
    let mut platforms: BTreeMap<String, Images> = serde_json::from_value(known).map_err(wrong)?;
    platforms
        .remove(platform)
        .ok_or_else(|| CliError::Usage(format!("{} knows nothing of {platform}", path())))
}
