//! What the plan says about the image config.
//!
//! Changes, not a config: the base image's own config is known only once the
//! daemon has resolved it. [`ImagePlan::apply`] brings the two together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::action::EnvChange;
use super::component::account::{DYNAMO_HOME, WORKSPACE, home};
use super::component::{developer, rust};
use super::{framework, stage};
use crate::check::{self, Resolved};
use crate::image::{Healthcheck, ImageConfig, Port, StopSignal};
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
    /// Ports that it listens on, besides those of the base.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "texts")]
    pub expose: Vec<Port>,
    /// How a container is asked whether it is well, if not as the base says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    /// The signal that ends a container, if not the base's.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text")]
    pub stop_signal: Option<StopSignal>,
}

impl ImagePlan {
    /// The changes a spec asks for. Order and names of the variables are those
    /// of the images this replaces.
    pub(super) fn new(resolved: &Resolved) -> Self {
        let target = resolved.target.value;
        if !target.is_image() {
            // Files and no image.
            return Self::default();
        }
        let (entrypoint, cmd) = command(resolved);
        Self {
            env: env(resolved, target)
                .into_iter()
                .chain(env_of_spec(resolved))
                .collect(),
            user: match target {
                // By number: the image has no such account, and a cluster can
                // tell that it is not root.
                Target::Epp => "65532:65534".to_owned(),
                _ if runs_as_root(target) => "root".to_owned(),
                _ => resolved.user.name.value.clone(),
            },
            working_dir: working_dir(resolved, target),
            entrypoint,
            cmd,
            labels: labels(resolved),
            annotations: resolved.annotations.clone(),
            expose: resolved.expose.clone(),
            healthcheck: resolved.healthcheck.as_ref().map(healthcheck),
            stop_signal: resolved.stop_signal.clone(),
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
        for port in &self.expose {
            image.config.expose(*port);
        }
        if let Some(check) = &self.healthcheck {
            image.config.set_healthcheck(check.clone());
        }
        if let Some(signal) = &self.stop_signal {
            image.config.set_stop_signal(signal);
        }
        image
    }
}

/// The label with the uid and gid of the person whose image it is, `1000:1000`: who
/// starts it elsewhere can tell whose files it can change.
pub const DEVELOPER_LABEL: &str = "com.nvidia.dynamo.developer";

fn labels(resolved: &Resolved) -> BTreeMap<String, String> {
    let developer = resolved.developer.as_ref().map(|person| {
        let ids = format!("{}:{}", person.uid.value, person.gid.value);
        (DEVELOPER_LABEL.to_owned(), ids)
    });
    let written = resolved.labels.iter();
    let written = written.map(|(name, value)| (name.value.to_string(), value.value.to_string()));
    developer.into_iter().chain(written).collect()
}

/// The variables of a target's image without those of the spec.
pub(super) fn env(resolved: &Resolved, target: Target) -> Vec<(String, EnvChange)> {
    let mut env = match target {
        Target::DynamoBase => rust::env(),
        Target::WheelBuilder => stage::wheel_builder_env(resolved),
        Target::Frontend => stage::frontend_env(resolved),
        Target::Docs => stage::docs_env(resolved),
        Target::Epp => Vec::new(),
        Target::Framework => framework::framework_env(resolved),
        _ => framework::env(resolved),
    };
    if matches!(target, Target::Dev | Target::LocalDev) {
        add(&mut env, developer::env(resolved));
    }
    let efa = resolved
        .efa
        .as_ref()
        .map(|efa| &efa.installer.version.value);
    env.extend(efa.map(|version| EnvChange::set("EFA_VERSION", version)));
    env
}

/// The variables that the spec adds.
pub(super) fn env_of_spec(resolved: &Resolved) -> impl Iterator<Item = (String, EnvChange)> {
    let written = resolved.env.iter();
    written.map(|(name, value)| EnvChange::written(name.value.as_str(), value.value.as_str()))
}

/// Whether a target's image starts as root.
pub(super) fn runs_as_root(target: Target) -> bool {
    matches!(
        target,
        Target::Dev | Target::DynamoBase | Target::WheelBuilder | Target::Framework
    )
}

/// Where a target's image starts.
pub(super) fn working_dir(resolved: &Resolved, target: Target) -> String {
    match target {
        Target::LocalDev => home(resolved),
        Target::Frontend | Target::Epp => "/".to_owned(),
        Target::DynamoBase | Target::Framework => DYNAMO_HOME.to_owned(),
        _ => WORKSPACE.to_owned(),
    }
}

/// Entrypoint and command: the spec's, or those of the target.
fn command(resolved: &Resolved) -> (Vec<String>, Vec<String>) {
    let (entrypoint, cmd) = default_command(resolved);
    match (&resolved.entrypoint, &resolved.cmd) {
        (None, None) => (entrypoint, cmd),
        (None, Some(cmd)) => (entrypoint, cmd.clone()),
        // A command made for the default entrypoint means nothing to another.
        (Some(entrypoint), cmd) => (entrypoint.clone(), cmd.clone().unwrap_or_default()),
    }
}

/// What a target starts. The catalog's command is for images on the base of the
/// framework, which has its program.
fn default_command(resolved: &Resolved) -> (Vec<String>, Vec<String>) {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match resolved.target.value {
        Target::Epp => (words(&["/epp"]), Vec::new()),
        Target::Frontend => (words(&["/epp"]), words(&["/bin/bash"])),
        Target::Docs | Target::WheelBuilder => (Vec::new(), words(&["/bin/bash"])),
        _ => resolved.default_command.clone(),
    }
}

/// Adds changes that are not there yet.
fn add(env: &mut Vec<(String, EnvChange)>, more: Vec<(String, EnvChange)>) {
    for change in more {
        if !env.contains(&change) {
            env.push(change);
        }
    }
}

fn healthcheck(check: &check::Healthcheck) -> Healthcheck {
    let mut made = Healthcheck::program(check.test.iter().cloned());
    if let Some(time) = check.interval {
        made = made.with_interval(time);
    }
    if let Some(time) = check.timeout {
        made = made.with_timeout(time);
    }
    if let Some(time) = check.start_period {
        made = made.with_start_period(time);
    }
    if let Some(count) = check.retries {
        made = made.with_retries(count);
    }
    made
}

fn texts<T: ToString, S: serde::Serializer>(all: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(all.iter().map(ToString::to_string))
}

#[expect(clippy::ref_option, reason = "serde passes a reference")]
fn text<T: ToString, S: serde::Serializer>(
    one: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    one.as_ref().map(ToString::to_string).serialize(serializer)
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
