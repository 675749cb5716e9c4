//! What of a matrix's recipe is said by the names that `docker buildx build` has for it.

use clap::{Args, ValueHint};

use crate::cli::output::CliError;
use crate::deploy::bake::Cache;

/// What `docker buildx build` takes by the same names.
#[derive(Debug, Args)]
pub(super) struct RecipeArguments {
    /// Read and write a cache for each image in this repository
    #[arg(long, value_name = "REPOSITORY", value_hint = ValueHint::Other)]
    cache: Vec<String>,
    /// Read a cache: a repository, or settings such as `type=gha,scope={name}`
    #[arg(long, value_name = "CACHE", value_hint = ValueHint::Other)]
    cache_from: Vec<String>,
    /// Write a cache: a repository, or settings such as `type=gha,scope={name}`
    #[arg(long, value_name = "CACHE", value_hint = ValueHint::Other)]
    cache_to: Vec<String>,
    /// Build these stages without their cache
    #[arg(long, value_name = "STAGE", value_delimiter = ',', value_hint = ValueHint::Other)]
    pub(super) no_cache_filter: Vec<String>,
    /// Attach what images were made of; `max` unless a mode is given
    #[arg(long, value_name = "MODE", num_args = 0..=1, require_equals = true, default_missing_value = "max", value_parser = ["min", "max"])]
    provenance: Option<String>,
    /// Attach what is in images
    #[arg(long)]
    sbom: bool,
}

impl RecipeArguments {
    /// The caches that are read besides.
    pub(super) fn caches_to_read(&self) -> Result<Vec<Cache>, CliError> {
        all(self.cache_from.iter().map(|text| Cache::parse(text)))
    }

    /// The caches that are written, which are read too.
    pub(super) fn caches_to_write(&self) -> Result<Vec<Cache>, CliError> {
        let mut caches = all(self.cache.iter().map(|text| Cache::repository(text)))?;
        let written = self.cache_to.iter();
        caches.append(&mut all(written.map(|text| Cache::parse(text)?.writable()))?);
        Ok(caches)
    }

    /// What is attached, as bake has it.
    pub(super) fn attestations(&self) -> Vec<String> {
        let provenance = self.provenance.iter();
        let provenance = provenance.map(|mode| format!("type=provenance,mode={mode}"));
        let sbom = self.sbom.then(|| "type=sbom".to_owned());
        provenance.chain(sbom).collect()
    }
}

/// The values, or what is wrong with the first wrong one.
fn all<T, E: std::fmt::Display>(
    values: impl Iterator<Item = Result<T, E>>,
) -> Result<Vec<T>, CliError> {
    let values: Result<Vec<T>, E> = values.collect();
    values.map_err(|error| CliError::Usage(error.to_string()))
}
