//! Keys of other formats: Compose files, Dockerfiles, Kubernetes and the scripts that
//! a spec replaces.
//!
//! Owns what a spec has instead of each. A key that only looks like one of a spec is
//! not here: it is told what it is near to.

use super::flow;
use super::node::abbreviate;
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
    (&["test"], Key("tests")),
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

/// Keys of other formats in a `copy`.
const OF_COPIES: &[(&[&str], Instead)] = &[
    (
        &["src", "source", "sources", "files", "file", "path"],
        Key("paths"),
    ),
    (&["dest", "destination", "dst", "target"], Key("to")),
    (&["chmod", "permissions"], Key("mode")),
    (&["chown", "user"], Key("owner")),
];

/// Keys of other formats in a check of an image.
const OF_CHECKS: &[(&[&str], Instead)] = &[
    (&["cmd", "run", "script", "exec", "shell"], Key("command")),
    (
        &["exit_code", "exit_status", "returncode", "exitcode"],
        Key("status"),
    ),
    (&["output", "expected_output"], Key("stdout")),
    (&["file", "paths", "path"], Key("files")),
    (&["modules", "python"], Key("imports")),
    (&["environment"], Key("env")),
    (&["cwd", "working_dir"], Key("workdir")),
    (
        &["secrets", "secret"],
        Other("a check sees no secrets; a `run` of `extend` does"),
    ),
];

/// Keys of other formats in a cache.
const OF_CACHES: &[(&[&str], Instead)] = &[
    (&["path", "dir", "folder", "dst", "mount"], Key("target")),
    (&["name", "key"], Key("id")),
];

/// Keys of other formats in a secret.
const OF_SECRETS: &[(&[&str], Instead)] = &[
    (&["name", "secret"], Key("id")),
    (&["path", "dst", "file", "mount"], Key("target")),
    (&["variable", "var"], Key("env")),
    (
        &["src", "source", "value"],
        Other("what it holds is given to the build: `--secret id=NAME,src=FILE`"),
    ),
];

/// Keys of other formats in a repository.
const OF_REPOSITORIES: &[(&[&str], Instead)] = &[
    (&["branch", "tag", "revision", "rev", "version"], Key("ref")),
    (&["repo", "repository", "uri", "remote"], Key("url")),
    (&["sha", "hash", "digest"], Key("commit")),
];

/// Keys of other formats in what is expected of a text.
const OF_TEXTS: &[(&[&str], Instead)] = &[
    (&["match", "regex", "regexp", "pattern"], Key("matches")),
    (&["text", "includes", "equals"], Key("contains")),
    (
        &["not_match", "not_matches", "excludes", "not_contains"],
        Key("does_not_match"),
    ),
];

/// Instructions of a Dockerfile by the keys that a spec has for them.
const INSTRUCTIONS: [(&str, &str); 7] = [
    ("ENV", "env"),
    ("LABEL", "labels"),
    ("EXPOSE", "expose"),
    ("CMD", "cmd"),
    ("ENTRYPOINT", "entrypoint"),
    ("HEALTHCHECK", "healthcheck"),
    ("STOPSIGNAL", "stop_signal"),
];

/// What a step has instead of an instruction of a Dockerfile.
pub(super) fn instruction(text: &str) -> Option<String> {
    let (word, rest) = text.split_once(' ')?;
    match word {
        "RUN" => {
            let run = abbreviate(&flow::scalar(rest.trim()));
            Some(format!("write `{{run: {run}}}`"))
        }
        "COPY" | "ADD" => {
            let words = rest
                .split_whitespace()
                .filter(|word| !word.starts_with("--"));
            let mut words: Vec<&str> = words.collect();
            let to = words.pop().filter(|to| to.starts_with('/'))?;
            let paths = flow::list(&words.join(" "));
            let to = abbreviate(&flow::scalar(to));
            Some(format!("write `{{copy: {{paths: {paths}, to: {to}}}}}`"))
        }
        "USER" | "WORKDIR" => Some(format!(
            "write `{}` beside the `run` that it is for",
            word.to_lowercase()
        )),
        _ => {
            let known = INSTRUCTIONS.iter().find(|(known, _)| *known == word);
            known.map(|(_, key)| format!("write the key `{key}` of the spec, outside of `extend`"))
        }
    }
}

/// What the mapping with these keys has instead of a key of another format.
pub(super) fn instead(key: &str, fields: &[Field]) -> Option<&'static Instead> {
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    let table = match () {
        () if has("framework") => OF_SPECS,
        () if has("run") && has("copy") => OF_STEPS,
        () if has("paths") && has("to") => OF_COPIES,
        () if has("command") && has("imports") => OF_CHECKS,
        () if has("does_not_match") => OF_TEXTS,
        () if has("target") && has("sharing") => OF_CACHES,
        () if has("id") && has("required") => OF_SECRETS,
        () if has("url") && has("ref") => OF_REPOSITORIES,
        () => return None,
    };
    let key = key.to_ascii_lowercase().replace('-', "_");
    let row = table.iter().find(|(keys, _)| keys.contains(&key.as_str()));
    row.map(|(_, instead)| instead)
}
