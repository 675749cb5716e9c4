//! Which image of a spec, for the commands that come after its build.

use std::env;

use clap::{Args, ValueHint};

use super::output::CliError;
use super::{SpecArguments, words};
use crate::deploy::Repository;
use crate::spec::{Device, Framework};

/// The variable with the repository where no option says one.
pub(super) const REPOSITORY: &str = "DYNAMO_IMAGE_REPOSITORY";

/// The spec, and short forms of build arguments that choose an image of it.
#[derive(Debug, Args)]
pub(super) struct ImageChoice {
    #[command(flatten)]
    pub(super) spec: SpecArguments,
    /// The image of this framework instead of the spec's
    #[arg(long, ignore_case = true, value_parser = words::framework())]
    pub(super) framework: Option<Framework>,
    /// The image for this device instead of the spec's
    #[arg(long, ignore_case = true, value_parser = words::device())]
    pub(super) device: Option<Device>,
    #[command(flatten)]
    pub(super) repository: RepositoryArguments,
}

/// Where images are named.
#[derive(Debug, Args)]
pub(super) struct RepositoryArguments {
    /// What the spec's images are called instead of `dynamo`; the default is
    /// `$DYNAMO_IMAGE_REPOSITORY`
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    repository: Option<String>,
}

impl RepositoryArguments {
    /// The repository that is said, here or by the environment.
    pub(super) fn read(&self) -> Result<Repository, CliError> {
        let named = |name: &str, by: &str| {
            Repository::parse(name).map_err(|error| {
                CliError::Usage(format!(
                    "{error}\nhelp: give {by} a name without a tag, such as `team/dynamo`"
                ))
            })
        };
        let of_environment = env::var(REPOSITORY).unwrap_or_default();
        match &self.repository {
            Some(name) => named(name, "`--repository`"),
            None if of_environment.is_empty() => Ok(Repository::default()),
            None => named(&of_environment, &format!("`{REPOSITORY}`")),
        }
    }
}

impl ImageChoice {
    /// The spec's arguments with the short forms written out, so that a build by
    /// them is of the image that is meant.
    pub(super) fn written_out(&self) -> SpecArguments {
        let framework = self.framework.map(|word| format!("framework={word}"));
        let device = self.device.map(|word| format!("device={word}"));
        let mut spec = self.spec.clone();
        spec.build_args.extend(framework.into_iter().chain(device));
        spec
    }
}
