//! What the plan says about the image config.
//!
//! Changes, not a config: the base image's own config is known only once the
//! daemon has resolved it. [`ImagePlan::apply`] brings the two together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::action::EnvChange;
use super::component::account::{DYNAMO_HOME, WORKSPACE, home};
use super::component::rust;
use super::{framework, stage};
use crate::check::Resolved;
use crate::image::ImageConfig;
use crate::spec::Target;

/// Changes to the base image's config.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ImagePlan {
    /// Environment, in order.
    pub env: Vec<(String, EnvChange)>,
    /// The account, by name; empty is root.
    pub user: String,
    /// Where it starts.
    pub working_dir: String,
    /// The program.
    pub entrypoint: Vec<String>,
    /// Its arguments, or the command.
    pub cmd: Vec<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// What the image is, in the names of OCI: annotations of the manifest, and
    /// labels where the spec sets no other.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl ImagePlan {
    /// The changes a spec asks for. Order and names of the variables are those
    /// of the images this replaces.
    pub(super) fn new(resolved: &Resolved) -> Self {
        let target = resolved.target.value;
        if target == Target::Wheels {
            // Files and no image.
            return Self::default();
        }
        let development = matches!(target, Target::Dev | Target::LocalDev);
        let mut env = match target {
            Target::DynamoBase => rust::env(),
            Target::Framework => framework::framework_env(resolved),
            Target::WheelBuilder => stage::wheel_builder_env(resolved),
            _ => framework::env(resolved),
        };
        if development {
            env.extend(development_env(resolved));
        }
        let efa = resolved
            .efa
            .as_ref()
            .map(|efa| &efa.installer.version.value);
        env.extend(efa.map(|version| EnvChange::set("EFA_VERSION", version)));
        env.extend(
            resolved
                .env
                .iter()
                .map(|(name, value)| EnvChange::set(name.value.as_str(), value.value.to_string())),
        );
        let root = matches!(
            target,
            Target::Dev | Target::DynamoBase | Target::WheelBuilder | Target::Framework
        );
        let (entrypoint, cmd) = command(resolved);
        Self {
            env,
            user: if root {
                "root".to_owned()
            } else {
                resolved.user.name.value.clone()
            },
            working_dir: match target {
                Target::LocalDev => home(resolved),
                Target::DynamoBase | Target::Framework => DYNAMO_HOME.to_owned(),
                _ => WORKSPACE.to_owned(),
            },
            entrypoint,
            cmd,
            labels: resolved
                .labels
                .iter()
                .map(|(name, value)| (name.value.to_string(), value.value.to_string()))
                .collect(),
            annotations: BTreeMap::new(),
        }
    }

    /// The config of the image that stands on `base`. History is the
    /// emitter's, which knows the layers.
    pub fn apply(&self, base: &ImageConfig) -> ImageConfig {
        let mut image = base.derived();
        for (name, change) in &self.env {
            let value = change.value(name, image.config.env.get(name));
            image.config.env.set(name, &value);
        }
        image.config.user.clone_from(&self.user);
        image.config.working_dir.clone_from(&self.working_dir);
        image.config.entrypoint.clone_from(&self.entrypoint);
        image.config.cmd.clone_from(&self.cmd);
        image.config.labels.extend(self.annotations.clone());
        image.config.labels.extend(self.labels.clone());
        image
    }
}

/// Entrypoint and command: the spec's, or the catalog's.
fn command(resolved: &Resolved) -> (Vec<String>, Vec<String>) {
    let (entrypoint, cmd) = resolved.default_command.clone();
    match (&resolved.entrypoint, &resolved.cmd) {
        (None, None) => (entrypoint, cmd),
        (None, Some(cmd)) => (entrypoint, cmd.clone()),
        // A command made for the default entrypoint means nothing to another.
        (Some(entrypoint), cmd) => (entrypoint.clone(), cmd.clone().unwrap_or_default()),
    }
}

fn development_env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let mut env = rust::env();
    env.extend([
        EnvChange::set("DYNAMO_HOME", WORKSPACE),
        EnvChange::set("WORKSPACE_DIR", WORKSPACE),
        EnvChange::set("CARGO_TARGET_DIR", format!("{WORKSPACE}/target")),
    ]);
    match resolved.target.value {
        // Crates of the person, not of the image.
        Target::LocalDev => env.push(EnvChange::set(
            "CARGO_HOME",
            format!("{}/.cargo", home(resolved)),
        )),
        // The user is root here.
        _ => env.push(EnvChange::set("HOME", "/root")),
    }
    env
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_are_labels_that_the_spec_can_change() {
        let pairs = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            pairs.iter().map(own).collect()
        };
        let plan = ImagePlan {
            labels: pairs(&[("title", "of the spec")]),
            annotations: pairs(&[("title", "of the plan"), ("version", "1.0.0")]),
            ..ImagePlan::default()
        };
        let mut base = ImageConfig::new("linux", "amd64");
        base.config.labels = pairs(&[("version", "24.04"), ("vendor", "x")]);
        assert_eq!(
            plan.apply(&base).config.labels,
            pairs(&[
                ("title", "of the spec"),
                ("vendor", "x"),
                ("version", "1.0.0")
            ])
        );
        let written = serde_json::to_value(ImagePlan::default()).expect("JSON");
        assert!(written.get("annotations").is_none());
    }
}
