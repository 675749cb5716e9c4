//! The `config` member of an image config: how a container is started.
//!
//! Owns the OCI fields and Docker's additions to them. Fields that only describe
//! a running container (`Hostname`, `AttachStdin`, …) stay untyped in `extra`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::json::{Extra, is_default, key_set, null_as_default, text_map};
use super::{Env, Healthcheck, Port, StopSignal};

/// Defaults for the containers of an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContainerConfig {
    /// User and optionally group, as names or numbers.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub user: String,
    /// Ports such as `8000/tcp`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty", with = "key_set")]
    pub exposed_ports: BTreeSet<String>,
    /// The environment.
    #[serde(
        default,
        skip_serializing_if = "Env::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub env: Env,
    /// The command that arguments are appended to.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub entrypoint: Vec<String>,
    /// Default arguments, or the command if there is no entrypoint.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub cmd: Vec<String>,
    /// Paths that get a volume of their own.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty", with = "key_set")]
    pub volumes: BTreeSet<String>,
    /// Working directory.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub working_dir: String,
    /// Labels.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "text_map"
    )]
    pub labels: BTreeMap<String, String>,
    /// The signal that asks the container to stop.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub stop_signal: String,
    /// Docker: seconds before a stop becomes a kill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<i64>,
    /// Docker: how to ask the container whether it is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    /// Docker: the shell of the shell form.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub shell: Vec<String>,
    /// Docker: instructions for images built on this one.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "null_as_default"
    )]
    pub on_build: Vec<String>,
    /// Docker on Windows: the command is one escaped text.
    #[serde(
        default,
        skip_serializing_if = "is_default",
        deserialize_with = "null_as_default"
    )]
    pub args_escaped: bool,
    /// Members without a typed field.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ContainerConfig {
    /// Lists a port, besides those of the base image.
    pub fn expose(&mut self, port: Port) {
        self.exposed_ports.insert(port.to_string());
    }

    /// Gives a path a volume of its own, besides those of the base image.
    pub fn add_volume(&mut self, path: impl Into<String>) {
        self.volumes.insert(path.into());
    }

    /// Sets the signal that asks the container to stop.
    pub fn set_stop_signal(&mut self, signal: &StopSignal) {
        signal.as_str().clone_into(&mut self.stop_signal);
    }

    /// Sets how to ask the container whether it is well.
    pub fn set_healthcheck(&mut self, check: Healthcheck) {
        self.healthcheck = Some(check);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_set_joins_or_replaces_what_the_base_has() {
        let base = json!({
            "ExposedPorts": {"80/tcp": {}},
            "Volumes": {"/data": {}},
            "StopSignal": "SIGQUIT",
            "Healthcheck": {"Test": ["CMD", "old"], "Interval": 1},
        });
        let mut config: ContainerConfig = serde_json::from_value(base).expect("a config");
        config.expose("8000".parse().expect("a port"));
        config.expose("80".parse().expect("a port"));
        config.add_volume("/models");
        config.set_stop_signal(&"SIGINT".parse().expect("a signal"));
        config.set_healthcheck(Healthcheck::shell("curl localhost"));
        assert_eq!(
            serde_json::to_value(config).expect("JSON"),
            json!({
                "ExposedPorts": {"80/tcp": {}, "8000/tcp": {}},
                "Volumes": {"/data": {}, "/models": {}},
                "StopSignal": "SIGINT",
                "Healthcheck": {"Test": ["CMD-SHELL", "curl localhost"]},
            })
        );
    }
}
