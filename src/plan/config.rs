//! What the plan says about the image config.
//!
//! Changes, not a config: the base image's own config is known only once the
//! daemon has resolved it. [`ImagePlan::apply`] brings the two together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::component::account::{DYNAMO_HOME, WORKSPACE, home};
use super::component::python::VENV;
use crate::check::Resolved;
use crate::image::ImageConfig;

/// Where programs are when a base image does not say.
pub(super) const DEFAULT_PATH: &str =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Changes to the base image's config.
#[derive(Debug, Clone, Serialize)]
pub struct ImagePlan {
    /// Environment, in order.
    pub env: Vec<(String, EnvChange)>,
    /// The account, by name.
    pub user: String,
    /// Where it starts.
    pub working_dir: String,
    /// The program.
    pub entrypoint: Vec<String>,
    /// Its arguments, or the command.
    pub cmd: Vec<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
}

/// A change of one variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvChange {
    /// This value.
    Set(String),
    /// These folders in front of what the base has.
    Prepend(Vec<String>),
}

impl ImagePlan {
    /// The changes a spec asks for. Order and names of the variables are those
    /// of the runtime images this replaces.
    pub(super) fn new(resolved: &Resolved) -> Self {
        let set = |name: &str, value: String| (name.to_owned(), EnvChange::Set(value));
        let folders = resolved
            .downloads
            .iter()
            .filter_map(|download| download.path.clone());
        let path = [format!("{VENV}/bin")].into_iter().chain(folders).collect();
        let mut env = vec![
            set("DYNAMO_HOME", DYNAMO_HOME.to_owned()),
            set("VIRTUAL_ENV", VENV.to_owned()),
            ("PATH".to_owned(), EnvChange::Prepend(path)),
            set("PYTHON_VERSION", resolved.python.value.clone()),
            set("HOME", home(resolved)),
        ];
        env.extend(
            resolved
                .commit
                .as_ref()
                .map(|commit| set("DYNAMO_COMMIT_SHA", commit.value.clone())),
        );
        env.extend(
            resolved
                .env
                .iter()
                .map(|(name, value)| set(name.value.as_str(), value.value.to_string())),
        );
        Self {
            env,
            user: resolved.user.name.value.clone(),
            working_dir: WORKSPACE.to_owned(),
            entrypoint: resolved.entrypoint.clone(),
            cmd: resolved.cmd.clone(),
            labels: resolved
                .labels
                .iter()
                .map(|(name, value)| (name.value.to_string(), value.value.to_string()))
                .collect(),
        }
    }

    /// The config of the image that stands on `base`. History is the
    /// emitter's, which knows the layers.
    pub fn apply(&self, base: &ImageConfig) -> ImageConfig {
        let mut image = base.derived();
        for (name, change) in &self.env {
            let value = match change {
                EnvChange::Set(value) => value.clone(),
                EnvChange::Prepend(folders) => {
                    let old = image.config.env.get(name).unwrap_or(DEFAULT_PATH);
                    folders
                        .iter()
                        .map(String::as_str)
                        .chain([old])
                        .collect::<Vec<_>>()
                        .join(":")
                }
            };
            image.config.env.set(name, &value);
        }
        image.config.user.clone_from(&self.user);
        image.config.working_dir.clone_from(&self.working_dir);
        image.config.entrypoint.clone_from(&self.entrypoint);
        image.config.cmd.clone_from(&self.cmd);
        image.config.labels.extend(self.labels.clone());
        image
    }
}
