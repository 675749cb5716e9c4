//! `dynamo-frontend devcontainer`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueHint;

use super::files::write_new;
use super::image_choice::ImageChoice;
use super::input_arguments::{self, InputArguments};
use super::output::{CliError, FINDINGS, Manner, OK, data};
use super::{SpecArguments, build_command, host, input, paths, words};
use crate::deploy::run::{RunImage, Wish};
use crate::deploy::{
    Container, DevContainer, GpuAccess, Gpus, Inputs, Ulimit, command_line, shell_word,
};
use crate::spec::Target;

/// What a file has to be called for those who read it.
const NAMES: [&str; 2] = ["devcontainer.json", ".devcontainer.json"];

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    choice: ImageChoice,
    #[command(flatten)]
    inputs: InputArguments,
    /// Use this image, which is there or can be pulled, and build none
    #[arg(long, value_name = "NAME", value_parser = words::image())]
    image: Option<String>,
    /// Leave it to the user to build the image
    #[arg(long)]
    no_build: bool,
    /// A limit in the place of the usual one: memlock=-1, stack=67108864, nofile=65536
    #[arg(long, value_name = "NAME=VALUE")]
    ulimit: Vec<Ulimit>,
    /// Where to write it; `-` is standard output. The default is
    /// .devcontainer/FRAMEWORK/devcontainer.json in the checkout of the spec
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Replace the file if there is one
    #[arg(long)]
    force: bool,
}

/// Writes the file and says how it is used.
pub(super) fn run(arguments: &Arguments, manner: Manner) -> Result<ExitCode, CliError> {
    let chosen = arguments.choice.written_out();
    let spec = input::with_ids(&of_developer(&chosen)?)?;
    let workspace = host::workspace(&spec.file)?;
    let repository = arguments.choice.repository.read()?;
    let inputs = arguments.inputs.read_for(&workspace)?;
    let Some(built) = input::built(&spec, &repository, &inputs, manner)? else {
        return Ok(ExitCode::from(FINDINGS));
    };
    let container = container(arguments, &RunImage::from(&built))?;
    let command = (arguments.image.is_none() && !arguments.no_build)
        .then(|| build(&spec, &inputs, &workspace, &container.image))
        .transpose()?;
    if command.is_some() {
        input_arguments::warn(&built.needs, &inputs, manner);
    }
    let file = DevContainer::new(&built, &container, command).to_json();
    if arguments.output.as_deref() == Some(Path::new("-")) {
        data(file.as_bytes())?;
        return Ok(ExitCode::from(OK));
    }
    let folder = format!(".devcontainer/{}/devcontainer.json", built.framework());
    let usual = workspace.join(folder);
    let path = arguments.output.as_ref().unwrap_or(&usual);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| {
            CliError::Usage(format!("cannot make `{}`: {error}", folder.display()))
        })?;
    }
    write_new(path, &file, arguments.force, "-o")?;
    manner.note(&next(path, &workspace)?);
    Ok(ExitCode::from(OK))
}

/// The spec's arguments for the one target that a person works in.
fn of_developer(spec: &SpecArguments) -> Result<SpecArguments, CliError> {
    let wanted = Target::LocalDev.word();
    match spec.target.as_deref() {
        Some(target) if target != wanted => Err(CliError::Usage(format!(
            "a Dev Container is of the target `{wanted}`, not of `{target}`\n\
             help: leave out `--target`"
        ))),
        _ => Ok(SpecArguments {
            target: Some(wanted.to_owned()),
            ..spec.clone()
        }),
    }
}

/// What every container of the image gets. GPUs are asked for by who starts it, on
/// machines that have some.
fn container(arguments: &Arguments, image: &RunImage) -> Result<Container, CliError> {
    let image = RunImage {
        name: arguments.image.clone().unwrap_or(image.name.clone()),
        ..image.clone()
    };
    let wish = Wish {
        gpus: Some(Gpus::None),
        ulimits: arguments.ulimit.clone(),
        ..Wish::default()
    };
    let host = host::host(&arguments.choice.spec.file, GpuAccess::None)?;
    let prepared = wish.prepare(&image, &host);
    Ok(prepared.expect("no GPU is asked for").container)
}

/// The command that builds the image, run in the checkout by who opens it.
fn build(
    spec: &SpecArguments,
    inputs: &Inputs,
    workspace: &Path,
    name: &str,
) -> Result<Vec<String>, CliError> {
    let file = paths::whole(&spec.file)?;
    let inside = file.strip_prefix(workspace).ok();
    let Some(inside) = inside.filter(|_| input::read_once(&spec.file).is_none()) else {
        return Err(CliError::Usage(
            "the spec is in no file that the Dev Container could be built from\n\
             help: name one with `-f FILE`, or build the image yourself with `--no-build`"
                .to_owned(),
        ));
    };
    let spec = SpecArguments {
        file: paths::text(inside)?,
        ..spec.clone()
    };
    let arguments = build_command::arguments(Some(&spec), inputs, name);
    Ok([&["docker".to_owned()], arguments.as_slice()].concat())
}

fn next(path: &Path, workspace: &Path) -> Result<String, CliError> {
    let text = paths::text(&paths::whole(path)?)?;
    if path
        .file_name()
        .is_none_or(|name| !NAMES.iter().any(|one| *one == name))
    {
        let [name, _] = NAMES;
        return Ok(format!(
            "wrote {}\nnote: editors and `devcontainer` read it as `{name}` alone",
            shell_word(&text)
        ));
    }
    let workspace = paths::text(workspace)?;
    let up = [
        "devcontainer",
        "up",
        "--workspace-folder",
        &workspace,
        "--config",
        &text,
    ];
    Ok(format!(
        "wrote {}\nnext: open the folder in VS Code and choose `Dev Containers: Reopen in \
         Container`, or\n  {}",
        shell_word(&text),
        command_line(&up.map(str::to_owned))
    ))
}
