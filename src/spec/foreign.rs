//! Keys of other formats: Compose files, Dockerfiles, Kubernetes and the scripts that
//! a spec replaces.
//!
//! Owns what a spec has instead of each. A key that only looks like one of a spec is
//! not here: it is told what it is near to.

use super::shape::Field;

/// What a spec has instead of a key.
pub(super) enum Instead {
    /// This key, with a value of the same kind.
    Key(&'static str),
    /// Something else, in words.
    Other(&'static str),
}

use Instead::{Key, Other};

const STEP: &str = "write a step at the end of a stage: `extend: {runtime: [{run: […]}]}`";
const CONTAINER: &str = "that is of containers, not of images: `dynamo-frontend compose` writes \
                         a Compose file, and `dynamo-frontend run` starts one";
const NAME: &str = "the name of the image is given by `docker buildx build -t NAME`";
const BASE: &str = "base images are in `images`: `images: {runtime: NAME}`";

/// Keys at the top of other files.
const OF_SPECS: &[(&[&str], Instead)] = &[
    (
        &["environment", "envs", "variables", "vars", "env_vars"],
        Key("env"),
    ),
    (&["command", "args"], Key("cmd")),
    (&["ports", "port", "exposed_ports"], Key("expose")),
    (&["annotations", "metadata"], Key("labels")),
    (&["engine", "backend"], Key("framework")),
    (&["gpu", "accelerator", "hardware"], Key("device")),
    (&["cuda_version"], Key("cuda")),
    (&["stage"], Key("target")),
    (&["deps", "dependencies"], Key("packages")),
    (&["stopsignal"], Key("stop_signal")),
    (&["from", "base", "base_image", "image"], Other(BASE)),
    (&["name", "tag", "tags", "repository"], Other(NAME)),
    (
        &[
            "run",
            "copy",
            "add",
            "steps",
            "script",
            "workdir",
            "working_dir",
            "shell",
            "onbuild",
        ],
        Other(STEP),
    ),
    (
        &[
            "volumes",
            "volume",
            "mounts",
            "restart",
            "container_name",
            "depends_on",
            "networks",
            "network_mode",
            "deploy",
            "services",
            "gpus",
            "privileged",
            "ipc",
            "shm_size",
            "replicas",
        ],
        Other(CONTAINER),
    ),
    (
        &["platform", "platforms"],
        Other("the platform is given by `docker buildx build --platform`"),
    ),
    (
        &["context", "dockerfile"],
        Other("the build context is the folder at the end of `docker buildx build`"),
    ),
    (
        &["build_args", "build_arg", "arg"],
        Other("write the key itself; from outside it is `--build-arg KEY=VALUE`"),
    ),
    (
        &["secrets", "secret"],
        Other("a step of `extend` mounts secrets, by its own key `secrets`"),
    ),
    (
        &["version", "apiversion", "kind"],
        Other("remove it; the version of Dynamo is `dynamo: {source: {index: VERSION}}`"),
    ),
];

/// Keys of other formats in a step of `extend`.
const OF_STEPS: &[(&[&str], Instead)] = &[
    (&["command", "cmd", "script", "shell", "exec"], Key("run")),
    (&["environment", "variables", "vars"], Key("env")),
    (
        &[
            "cwd",
            "working_dir",
            "working_directory",
            "dir",
            "directory",
        ],
        Key("workdir"),
    ),
    (&["mount", "mounts", "cache_mounts"], Key("caches")),
    (&["add", "files"], Key("copy")),
    (&["install"], Key("packages")),
    (&["title"], Key("name")),
];

/// What the mapping with these keys has instead of a key of another format.
pub(super) fn instead(key: &str, fields: &[Field]) -> Option<&'static Instead> {
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    let table = match () {
        () if has("framework") => OF_SPECS,
        () if has("run") && has("copy") => OF_STEPS,
        () => return None,
    };
    let key = key.to_ascii_lowercase().replace('-', "_");
    let row = table.iter().find(|(keys, _)| keys.contains(&key.as_str()));
    row.map(|(_, instead)| instead)
}
