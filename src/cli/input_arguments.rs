//! What a build is given besides its spec, by options of `docker buildx build`.

use std::env;
use std::path::Path;

use clap::{Args, ValueHint};

use super::output::{CliError, Manner};
use super::paths;
use crate::deploy::{Inputs, Needs, SecretSource};

#[derive(Debug, Args)]
pub(super) struct InputArguments {
    /// Give builds this named context
    #[arg(long, value_name = "NAME=PLACE", value_hint = ValueHint::Other)]
    build_context: Vec<String>,
    /// Give builds this secret: `id=NAME,src=FILE` or `id=NAME,env=VARIABLE`
    #[arg(long, value_name = "SECRET", value_hint = ValueHint::Other)]
    secret: Vec<String>,
    /// Give builds this SSH agent
    #[arg(long, value_name = "AGENT", value_hint = ValueHint::Other)]
    ssh: Vec<String>,
}

impl InputArguments {
    /// What they say.
    pub(super) fn read(&self) -> Result<Inputs, CliError> {
        let inputs = Inputs::read(&self.build_context, &self.secret, &self.ssh);
        inputs.map_err(|error| CliError::Usage(error.to_string()))
    }

    /// The same for a build that is started in another folder. What a secret alone
    /// says by its id is looked up here, as buildx does.
    pub(super) fn read_for(&self, folder: &Path) -> Result<Inputs, CliError> {
        let mut inputs = self.read()?;
        for (id, source) in &mut inputs.secrets {
            let is_file = env::var_os(id).is_none() && Path::new(id).is_file();
            if *source == SecretSource::Id && is_file {
                *source = SecretSource::File(id.clone());
            }
        }
        inputs.moved(|path| {
            let whole = paths::whole(path)?;
            if Path::new(path).is_absolute() {
                return paths::text(&whole);
            }
            paths::text(&paths::way(folder, &whole))
        })
    }
}

/// Warns about what a build that is started later cannot do without.
pub(super) fn warn(needs: &Needs, given: &Inputs, manner: Manner) {
    for (what, help) in needs.missing(given) {
        manner.note(&format!("warning: {what}\nhelp: {help}"));
    }
}
