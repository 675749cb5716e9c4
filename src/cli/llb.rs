//! `dynamo-frontend llb`.

use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;

use buildkit_llb::{MarshalOptions, json, marshal};
use serde_json::Value;

use super::output::{CliError, FINDINGS, OK, binary, data};
use super::{SpecArguments, input};
use crate::emit::{self, Record};
use crate::image::Epoch;

/// Put in front of the ids of cache mounts.
const CACHE_NAMESPACE: &str = "BUILDKIT_CACHE_MOUNT_NS";
/// The time that stands for the time of the build.
const SOURCE_DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// Write the graph of a build that was made: the file of `docker buildx build
    /// --metadata-file`. Without it images keep their tags, and steps do not see
    /// their environment. Proxies are not in it, they are given as build arguments
    #[arg(long, value_name = "FILE")]
    metadata: Option<String>,
    /// How to write the graph
    #[arg(long, value_enum, default_value_t = GraphFormat::Binary)]
    format: GraphFormat,
}

/// How a graph is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum GraphFormat {
    /// The bytes that a daemon is sent
    Binary,
    /// The document of `docker buildx build --call=convertllb,format=json`
    Json,
}

/// Writes the definition of one platform, for the daemon of the metadata or the
/// newest one.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    let outcome = input::outcome(&arguments.spec)?;
    if !input::goes_on(&outcome) {
        return Ok(ExitCode::from(FINDINGS));
    }
    let [plan] = outcome.plans.as_slice() else {
        let message = "a definition is for one platform";
        return Err(CliError::Usage(message.to_owned()));
    };
    let platform = plan.architecture.platform();
    let mut record = match &arguments.metadata {
        Some(file) => record(file, &platform.to_string())?,
        None => Record::default(),
    };
    // The same contexts take the same places again.
    let mut plan = plan.clone();
    plan.use_contexts(record.settings.context_names(&platform));
    let build_args = input::build_args(&arguments.spec.build_args)?;
    record.settings.process.proxy = emit::proxy(&build_args);
    if let Some(namespace) = build_args.get(CACHE_NAMESPACE) {
        record.settings.cache_namespace = Some(namespace.clone()).filter(|name| !name.is_empty());
    }
    if let Some(time) = build_args.get(SOURCE_DATE_EPOCH) {
        record.settings.source_date_epoch = epoch(time)?;
    }
    let images = record.images.remove(&platform.to_string());
    let images = images.unwrap_or_default();
    let bug = |error: &dyn std::error::Error| CliError::Graph(error.to_string());
    let emitted = emit::emit(&plan, &images, &outcome.sources, &record.settings)
        .map_err(|error| bug(&error))?;
    let options = MarshalOptions::new(platform).caps(record.caps());
    let marshalled = marshal(&emitted.output, &options).map_err(|error| bug(&error))?;
    match arguments.format {
        GraphFormat::Binary => binary(&marshalled.definition.to_bytes())?,
        GraphFormat::Json => {
            let document = json::document(&marshalled.definition).map_err(|error| bug(&error))?;
            data(format!("{document:#}\n").as_bytes())?;
        }
    }
    Ok(ExitCode::from(OK))
}

/// A time that is given. That of a build context only a daemon can find out.
fn epoch(text: &str) -> Result<Option<Epoch>, CliError> {
    let epoch = Epoch::parse(text);
    if epoch.is_none() && !text.is_empty() {
        return Err(CliError::Usage(format!(
            "{SOURCE_DATE_EPOCH}: `{text}` is not a number of seconds since 1970"
        )));
    }
    Ok(epoch)
}

/// What a build knew, out of its metadata file.
fn record(file: &str, platform: &str) -> Result<Record, CliError> {
    let bytes = fs::read(file).map_err(|source| CliError::Read {
        path: format!("`{file}`"),
        source,
    })?;
    let wrong = |error: serde_json::Error| CliError::Usage(format!("`{file}` is wrong: {error}"));
    let mut metadata: BTreeMap<String, Value> = serde_json::from_slice(&bytes).map_err(wrong)?;
    let key = format!("frontend.{}", Record::KEY);
    let record: Record = match metadata.remove(&key) {
        Some(Value::String(text)) => serde_json::from_str(&text).map_err(wrong)?,
        Some(value) => serde_json::from_value(value).map_err(wrong)?,
        None => return Err(CliError::Usage(format!("`{file}` has no `{key}`"))),
    };
    if let Some(context) = record.unwritten() {
        Err(CliError::Usage(format!(
            "`{file}` cannot tell the graph: the build context `{context}` is what another build makes"
        )))
    } else if record.images.contains_key(platform) {
        Ok(record)
    } else {
        Err(CliError::Usage(format!(
            "`{file}` knows nothing of {platform}"
        )))
    }
}
