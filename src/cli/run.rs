//! `dynamo-frontend run`.

mod arguments;
mod subject;

use std::fs;
use std::process::ExitCode;

pub(super) use arguments::Arguments;
use subject::Subject;

use super::output::{CliError, Manner, OK, data, error};
use super::{docker, host};
use crate::deploy::run::{Host, Prepared, RunImage};
use crate::deploy::{GpuAccess, Start, docker_run};

/// No container was started; `docker run` says the same by it.
const NOT_STARTED: u8 = 125;

/// Starts the container. Afterwards, what this returns is only that none was.
pub(super) fn run(arguments: &Arguments, manner: Manner) -> ExitCode {
    let code = start(arguments, manner).unwrap_or_else(|failed| {
        error(&failed);
        NOT_STARTED
    });
    ExitCode::from(code)
}

fn start(arguments: &Arguments, manner: Manner) -> Result<u8, CliError> {
    let mut start = arguments.start.start(&arguments.choice.spec)?;
    let Some(subject) = Subject::of(arguments, manner)? else {
        return Ok(NOT_STARTED);
    };
    if start.platform.is_some() && !subject.may_be_pulled(&start) {
        // An image of another platform is none to docker, which would ask its hub for
        // somebody else's of that name.
        start.pull = Some("never".to_owned());
    }
    let build = subject.build().filter(|_| arguments.build);
    let asked = access(arguments.dry_run, manner)?;
    let access = asked.unwrap_or(GpuAccess::Runtime);
    if let (Some(build), false) = (&build, arguments.dry_run) {
        // A container that could not be started is not built for either.
        prepare(arguments, subject.assumed(), access, manner)?;
        let status = docker::run(build, manner)?;
        if status != OK {
            return docker::explained(status);
        }
    }
    let is_new = build.is_some() && arguments.dry_run;
    let image = match asked {
        Some(access) if !is_new => look(arguments, &subject, &start, access, manner)?,
        _ => assumed(arguments, &subject, manner),
    };
    let prepared = prepare(arguments, &image, access, manner)?;
    for (what, help) in &prepared.advice {
        manner.note(&format!("warning: {what}\nhelp: {help}"));
    }
    let command = docker_run(&prepared.container, &start);
    if arguments.dry_run {
        let commands = build.into_iter().chain([command]);
        let lines: Vec<String> = commands.map(docker::line).collect();
        data(format!("{}\n", lines.join(" && ")).as_bytes())?;
        return Ok(OK);
    }
    become_container(&prepared.folders, &command)
}

fn become_container(folders: &[String], command: &[String]) -> Result<u8, CliError> {
    for folder in folders {
        fs::create_dir_all(folder)
            .map_err(|error| CliError::Usage(format!("cannot make `{folder}`: {error}")))?;
    }
    docker::become_docker(command)
}

/// By which way the engine gives GPUs to containers. What is only printed may be for
/// an engine that cannot be asked.
fn access(dry_run: bool, manner: Manner) -> Result<Option<GpuAccess>, CliError> {
    match docker::gpu_access() {
        Ok(access) => Ok(Some(access)),
        Err(unasked) if dry_run => {
            let what = unasked.to_string();
            let what = what.lines().next().unwrap_or_default();
            manner.note(&format!(
                "note: {what}\nnote: the line is for an engine that has the image, and NVIDIA's \
                 runtime where GPUs are used"
            ));
            Ok(None)
        }
        Err(unasked) => Err(unasked),
    }
}

/// The image as the engine has it. It is pulled where that may be, and not for a
/// container that could not be started: images have gigabytes.
fn look(
    arguments: &Arguments,
    subject: &Subject,
    start: &Start,
    access: GpuAccess,
    manner: Manner,
) -> Result<RunImage, CliError> {
    if let Some(image) = subject.found()? {
        return Ok(image);
    }
    if arguments.dry_run {
        return Ok(assumed(arguments, subject, manner));
    }
    if subject.may_be_pulled(start) {
        prepare(arguments, subject.assumed(), access, manner)?;
        let pulled = docker::pull(subject.name(), start.platform.as_deref())?;
        if let (true, Some(image)) = (pulled, subject.found()?) {
            return Ok(image);
        }
    }
    Err(subject.absent())
}

/// The image that nobody can be asked about, which is said where it is a guess.
fn assumed(arguments: &Arguments, subject: &Subject, manner: Manner) -> RunImage {
    let image = subject.assumed();
    if let Subject::Named { device, .. } = subject {
        let gpus = device.is_none() && arguments.wish().is_ok_and(|wish| wish.gpus.is_none());
        let gpus = if gpus { ", and that it wants GPUs" } else { "" };
        manner.note(&format!(
            "note: `{}` is not here to be looked at: the user `{}` is assumed{gpus}",
            image.name, image.user
        ));
    }
    image.clone()
}

/// The container, on a machine that is asked. What is only printed may be for a
/// machine with GPUs.
fn prepare(
    arguments: &Arguments,
    image: &RunImage,
    access: GpuAccess,
    manner: Manner,
) -> Result<Prepared, CliError> {
    let wish = arguments.wish()?;
    let host = host::host(&arguments.choice.spec.file, access)?;
    wish.prepare(image, &host).or_else(|_| {
        let wanted = wish.gpus(image).docker().unwrap_or_default();
        let what = format!("the Docker engine has no way to the GPUs of `--gpus {wanted}`");
        if arguments.dry_run {
            manner.note(&format!(
                "warning: {what}: the line is for one with NVIDIA's runtime"
            ));
            let gpus = GpuAccess::Runtime;
            let prepared = wish.prepare(image, &Host { gpus, ..host });
            return Ok(prepared.expect("with a runtime there is a way"));
        }
        Err(CliError::Usage(format!(
            "{what}\n\
             help: install the NVIDIA Container Toolkit and run `sudo nvidia-ctk runtime configure \
             --runtime=docker`, or do without GPUs by `--gpus none`"
        )))
    })
}
