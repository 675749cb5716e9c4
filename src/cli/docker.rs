//! Docker on this machine: whether it is there, what its engine says of itself and
//! of an image. Nothing is changed by asking; what does something is in `call`.

mod call;
mod seen;

use std::collections::BTreeMap;
use std::env;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub(super) use call::{become_docker, become_it, pull, run};
pub(super) use seen::{Seen, look_for};

use super::output::{CliError, Manner};
use crate::deploy::run::RunImage;
use crate::deploy::{GpuAccess, command_line};
use crate::plan::DEVELOPER_LABEL;
use crate::spec::Device;

/// What is said where it is not and images are built.
pub(super) const MISSING: &str = "\
docker is not on PATH. Building needs Docker 26 or newer, here or on another machine:
https://docs.docker.com/engine/install/
`dynamo-frontend check`, `plan`, `graph` and `llb` work without it";

/// The client.
const DOCKER: &str = "docker";
/// The program of NVIDIA that engines call for `--gpus`.
const HOOK: &str = "nvidia-container-runtime-hook";

/// The program, whose arguments are still to be given.
pub(super) fn command() -> Command {
    Command::new(DOCKER)
}

/// The same for one that builds: no progress is shown where this program is quiet.
pub(super) fn build_command(manner: Manner) -> Command {
    let mut command = command();
    if manner.is_quiet() {
        command.env("BUILDKIT_PROGRESS", "quiet");
    }
    command
}

/// A command of it on one line for a shell.
pub(super) fn line(arguments: Vec<String>) -> String {
    let words: Vec<String> = iter::once(DOCKER.to_owned()).chain(arguments).collect();
    command_line(&words)
}

/// Whether no folder of `PATH` has a program of that name. Where none of them is
/// there, as in the frontend's own image, this says nothing about the machine.
pub(super) fn is_missing() -> bool {
    let folders = folders();
    !folders.is_empty() && !has(&folders, DOCKER)
}

fn folders() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .filter(|folder| folder.is_dir())
        .collect()
}

fn has(folders: &[PathBuf], program: &str) -> bool {
    folders.iter().any(|folder| {
        let program = folder.join(program);
        program.is_file() || program.with_extension("exe").is_file()
    })
}

/// By which way the engine gives GPUs to containers. An `Err` is that there is no
/// engine to be asked.
pub(super) fn gpu_access() -> Result<GpuAccess, CliError> {
    let output = ask(&["info", "--format", "{{json .}}"])?;
    let info: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let is_refused = info["ServerErrors"].get(0).is_some();
    if !output.status.success() || !info.is_object() || is_refused {
        return Err(unreachable(&output, &info));
    }
    Ok(if info["Runtimes"].get("nvidia").is_some() {
        GpuAccess::Runtime
    } else if is_in_cdi(&info) {
        GpuAccess::Cdi
    } else if has(&folders(), HOOK) {
        GpuAccess::Hook
    } else {
        GpuAccess::None
    })
}

/// Whether NVIDIA's devices are in the Container Device Interface. Engines before
/// 28.2 name only the folders of its files, which are this machine's then.
fn is_in_cdi(info: &Value) -> bool {
    let values = |key: &str| info[key].as_array().cloned().unwrap_or_default();
    let discovered = values("DiscoveredDevices").iter().any(|device| {
        let names = ["ID", "Name"].map(|key| device[key].as_str().unwrap_or_default());
        names.iter().any(|name| name.starts_with("nvidia.com/gpu="))
    });
    let described = |folder: &Value| {
        let entries = folder.as_str().map(std::fs::read_dir);
        entries.and_then(Result::ok).is_some_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("nvidia"))
            })
        })
    };
    discovered || values("CDISpecDirs").iter().any(described)
}

/// What the engine has under a name; none where that is no image of it. Where nobody
/// says what it computes on, it does.
pub(super) fn image(name: &str, device: Option<Device>) -> Result<Option<RunImage>, CliError> {
    let output = ask(&["image", "inspect", "--format", "{{json .Config}}", name])?;
    if !output.status.success() {
        return Ok(None);
    }
    let config: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let text = |key: &str| config[key].as_str().unwrap_or_default();
    let env = config["Env"].as_array().into_iter().flatten();
    let env: BTreeMap<&str, &str> = env
        .filter_map(|one| one.as_str()?.split_once('='))
        .collect();
    let home = env.get("HOME").copied();
    let device = device.unwrap_or(if asks_for_gpus(&env) {
        Device::Cuda
    } else {
        Device::Cpu
    });
    let developer = config["Labels"][DEVELOPER_LABEL].as_str().and_then(ids);
    Ok(Some(RunImage {
        developer,
        ..RunImage::inspected(name, text("User"), home, text("WorkingDir"), device)
    }))
}

/// Whether an image asks for GPUs, as NVIDIA's runtime is asked: those that stand on
/// an image of CUDA do.
fn asks_for_gpus(env: &BTreeMap<&str, &str>) -> bool {
    match env.get("NVIDIA_VISIBLE_DEVICES") {
        Some(devices) => !["", "void", "none"].contains(devices),
        None => env.contains_key("CUDA_VERSION"),
    }
}

/// A uid and a gid, `1000:1000`.
fn ids(text: &str) -> Option<(u32, u32)> {
    let (uid, gid) = text.split_once(':')?;
    Some((uid.parse().ok()?, gid.parse().ok()?))
}

/// The exit status of a build that failed, unless there was none: a client without
/// buildx says so by the status of a build.
pub(super) fn explained(status: u8) -> Result<u8, CliError> {
    require_buildx().map(|()| status)
}

/// Refuses a client that says that it has no buildx.
pub(super) fn require_buildx() -> Result<(), CliError> {
    let output = ask(&["info", "--format", "{{json .ClientInfo.Plugins}}"])?;
    // An empty list, or `null`, is written where there are none, and no JSON by clients
    // that do not say.
    let plugins: Result<Option<Vec<Value>>, _> = serde_json::from_slice(&output.stdout);
    let lacks = |all: Option<Vec<Value>>| all.iter().flatten().all(|one| one["Name"] != "buildx");
    if !plugins.is_ok_and(lacks) {
        return Ok(());
    }
    Err(CliError::Usage(
        "this docker has no buildx, which builds images\n\
         help: install the package `docker-buildx-plugin` of Docker, or `docker-buildx` of Debian \
         and Ubuntu"
            .to_owned(),
    ))
}

fn ask(arguments: &[&str]) -> Result<Output, CliError> {
    let mut command = Command::new(DOCKER);
    let output = command.args(arguments).stdin(Stdio::null()).output();
    output.map_err(|error| absent(&error))
}

fn absent(error: &io::Error) -> CliError {
    CliError::Usage(match error.kind() {
        io::ErrorKind::NotFound => "docker is not on PATH\n\
             help: install it, https://docs.docker.com/engine/install/, or see what would be \
             run with `--dry-run`"
            .to_owned(),
        _ => format!("docker cannot be started: {error}"),
    })
}

fn unreachable(output: &Output, info: &Value) -> CliError {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().rfind(|line| !line.trim().is_empty());
    let said = said.or_else(|| info["ServerErrors"][0].as_str());
    let said = said.unwrap_or("docker info has no answer of it");
    let help = if said.contains("permission denied while trying to connect") {
        "join the group of its socket with `sudo usermod -aG docker $USER`, and log in again"
    } else {
        "start it, or name another with `DOCKER_HOST` or `docker context use`"
    };
    CliError::Usage(format!(
        "the Docker engine does not answer: {said}\nhelp: {help}"
    ))
}

/// The number of a group of this machine.
pub(super) fn group(name: &str) -> Option<u32> {
    let groups = std::fs::read_to_string(Path::new("/etc/group")).ok()?;
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let found = fields.next() == Some(name);
        let number = fields.nth(1)?;
        found.then(|| number.parse().ok())?
    })
}
