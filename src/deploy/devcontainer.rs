//! The Dev Container of a `local-dev` image: `devcontainer.json`, as editors and
//! the program `devcontainer` read it.
//!
//! Nothing of the person or machine that writes it is in it but what the image is
//! built with: the file belongs into the repository, and holds for all who work
//! there.

use std::collections::BTreeMap;

use serde::Serialize;

use super::built::Built;
use super::container::{Container, HF_TOKEN, WORKSPACE};
use super::docker_run::machine_arguments;
use crate::spec::Device;

/// Where the environment of Python is in every image.
const PYTHON: &str = "/opt/dynamo/venv/bin/python";
/// The cache of Hugging Face of whoever opens the container.
const MODELS: &str = "${localEnv:HOME}/.cache/huggingface";
/// The folder that is opened, as a field of CSV: quoted, since its path takes the place
/// of the variable, and may have a comma in it.
const CHECKOUT: &str = r#""source=${localWorkspaceFolder}""#;
/// What an editor gets to work with Python and Rust.
const EXTENSIONS: [&str; 4] = [
    "ms-python.python",
    "charliermarsh.ruff",
    "rust-lang.rust-analyzer",
    "tamasfe.even-better-toml",
];

/// A `devcontainer.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DevContainer {
    name: String,
    image: String,
    /// Commands on the machine, each as an argument vector: first the image, which
    /// is made of what has changed, or of nothing.
    initialize_command: BTreeMap<&'static str, Vec<String>>,
    workspace_mount: String,
    workspace_folder: &'static str,
    remote_user: String,
    /// On Linux the person's ids take the place of the image's.
    #[serde(rename = "updateRemoteUserUID")]
    update_remote_user_uid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    host_requirements: Option<HostRequirements>,
    run_args: Vec<String>,
    mounts: Vec<MountEntry>,
    /// Only processes that are started in it have the token, not its config.
    remote_env: BTreeMap<&'static str, String>,
    /// The native part of Dynamo anew, from the sources that are mounted.
    post_create_command: Vec<String>,
    customizations: Customizations,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct HostRequirements {
    gpu: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct MountEntry {
    r#type: &'static str,
    source: String,
    target: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Customizations {
    vscode: VsCode,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct VsCode {
    extensions: [&'static str; 4],
    settings: BTreeMap<&'static str, serde_json::Value>,
}

impl DevContainer {
    /// The Dev Container of a `local-dev` image. `container` is what any container
    /// of it gets, `command` the one that makes the image, where it is not there
    /// by other means.
    pub fn new(built: &Built, container: &Container, command: Option<Vec<String>>) -> Self {
        let models = ["mkdir", "-p", MODELS].map(str::to_owned).to_vec();
        let commands = command.map(|command| ("image", command));
        Self {
            name: format!("Dynamo {}", built.name),
            image: container.image.clone(),
            initialize_command: commands.into_iter().chain([("models", models)]).collect(),
            workspace_mount: format!("type=bind,{CHECKOUT},target={WORKSPACE}"),
            workspace_folder: WORKSPACE,
            remote_user: built.user.clone(),
            update_remote_user_uid: true,
            host_requirements: (built.device() == Device::Cuda)
                .then_some(HostRequirements { gpu: "optional" }),
            run_args: machine_arguments(container),
            mounts: mounts(built),
            remote_env: BTreeMap::from([(HF_TOKEN, format!("${{localEnv:{HF_TOKEN}}}"))]),
            post_create_command: post_create(built),
            customizations: Customizations {
                vscode: VsCode {
                    extensions: EXTENSIONS,
                    settings: settings(),
                },
            },
        }
    }

    /// The file.
    #[expect(clippy::missing_panics_doc, reason = "texts and lists are JSON")]
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("texts and lists are JSON");
        format!("{text}\n")
    }
}

/// Models are the machine's; what is downloaded to build is a volume's, which
/// outlives the container. Their folders are in the image, so that a new volume
/// belongs to whom they do.
fn mounts(built: &Built) -> Vec<MountEntry> {
    let home = &built.home;
    let volume = |name: &str, target: String| MountEntry {
        r#type: "volume",
        source: name.to_owned(),
        target,
    };
    vec![
        MountEntry {
            r#type: "bind",
            source: MODELS.to_owned(),
            target: format!("{home}/.cache/huggingface"),
        },
        volume("dynamo-uv", format!("{home}/.cache/uv")),
        volume("dynamo-cargo", format!("{home}/.cargo")),
        volume("dynamo-history", format!("{home}/.commandhistory")),
    ]
}

fn post_create(built: &Built) -> Vec<String> {
    let manifest = format!("{WORKSPACE}/{}/Cargo.toml", built.bindings);
    let words = ["maturin", "develop", "--manifest-path", &manifest];
    words.map(str::to_owned).to_vec()
}

fn settings() -> BTreeMap<&'static str, serde_json::Value> {
    BTreeMap::from([
        ("python.defaultInterpreterPath", PYTHON.into()),
        // Else it and `cargo build` wait for each other.
        ("rust-analyzer.cargo.targetDir", true.into()),
    ])
}
