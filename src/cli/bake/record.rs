//! What images of a matrix are recorded as: version, commit, labels.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;

use crate::cli::git::{self, Checkout};
use crate::cli::output::{CliError, Manner};
use crate::deploy::bake::{Basis, Version};
use crate::image::Epoch;

/// The time that stands for the time of the build.
const SOURCE_DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";

#[derive(Debug, Args)]
pub(super) struct RecordArguments {
    /// The version that tags have, instead of what git says
    #[arg(long, value_name = "VERSION", value_hint = clap::ValueHint::Other)]
    tag_version: Option<String>,
    /// Make no tags that begin with `latest`
    #[arg(long)]
    no_tag_latest: bool,
}

/// What every image is recorded as.
pub(super) struct Record {
    pub(super) version: Version,
    pub(super) commit: Option<String>,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) latest: bool,
}

impl RecordArguments {
    /// The version that is given, or that of the build context.
    pub(super) fn read(&self, context: &str, manner: Manner) -> Result<Record, CliError> {
        let checkout = git::checkout(Path::new(context));
        let (version, checkout) = if let Some(text) = &self.tag_version {
            let version = Version::given(text);
            let version = version.map_err(|error| CliError::Usage(error.to_string()))?;
            (version, checkout.ok())
        } else {
            let checkout = checkout?;
            (Version::of(&checkout.history), Some(checkout))
        };
        manner.note(&told(&version));
        for warning in checkout.iter().flat_map(|one| warnings(one, &version)) {
            manner.note(&format!("warning: {warning}"));
        }
        Ok(Record {
            labels: labels(checkout.as_ref())?,
            commit: checkout.map(|one| one.history.commit),
            version,
            latest: !self.no_tag_latest,
        })
    }
}

/// The version, and where it comes from.
fn told(version: &Version) -> String {
    let basis = match &version.basis {
        Basis::Given => "as given".to_owned(),
        Basis::TagOfCommit(tag) => format!("the tag `{tag}` of the commit"),
        Basis::Branch(name) => format!("after the release branch `origin/release/{name}`"),
        Basis::Tag(tag) => format!("after the tag `{tag}`"),
        Basis::Nothing => "no release was ever made here".to_owned(),
    };
    format!("version {}: {basis}", version.tag)
}

/// What makes a version say less than it seems to.
fn warnings(checkout: &Checkout, version: &Version) -> Vec<String> {
    let mut warnings = Vec::new();
    if checkout.changed {
        let help = match version.basis {
            Basis::Given => "commit them",
            _ => "commit them, or give a version of their own with `--tag-version`",
        };
        warnings.push(format!(
            "files differ from the commit that the images are recorded as\nhelp: {help}"
        ));
    }
    let is_known = matches!(version.basis, Basis::Given | Basis::TagOfCommit(_));
    if checkout.shallow && !is_known {
        warnings.push(
            "this clone is shallow, and tags may be missing from it\n\
             help: fetch them with `git fetch --tags --unshallow`, or give the version with `--tag-version`"
                .to_owned(),
        );
    }
    warnings
}

/// Labels that the images themselves cannot know. The time is that of the commit,
/// so that the same sources give the same labels.
fn labels(checkout: Option<&Checkout>) -> Result<BTreeMap<String, String>, CliError> {
    let given = std::env::var(SOURCE_DATE_EPOCH).unwrap_or_default();
    let time = match Epoch::parse(&given) {
        None if !given.is_empty() => {
            return Err(CliError::Usage(format!(
                "{SOURCE_DATE_EPOCH}: `{given}` is not a number of seconds since 1970"
            )));
        }
        time => time.or_else(|| checkout?.committed),
    };
    let address = checkout.and_then(|one| one.address.clone());
    let labels = [
        ("created", time.map(|one| one.to_string())),
        ("source", address),
    ];
    let labels = labels.into_iter();
    Ok(labels
        .filter_map(|(name, value)| Some((format!("org.opencontainers.image.{name}"), value?)))
        .collect())
}
