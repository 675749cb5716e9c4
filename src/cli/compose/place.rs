//! What a deployment has of this machine: where its file is, from there the spec,
//! and the folders that it mounts.

use std::path::{Path, PathBuf};

use crate::cli::output::CliError;
use crate::cli::{SpecArguments, input, paths};
use crate::deploy::Inputs;
use crate::deploy::compose::{Build, Model};

/// What a folder of the image begins with.
const INSIDE: &str = "image:";
/// What every folder with a model has.
const CONFIG: &str = "config.json";

/// Where a deployment is written.
pub(super) struct Place {
    /// The folder of its file, which paths in it begin at.
    pub(super) folder: PathBuf,
    /// The folder that this was called in: the build context.
    context: PathBuf,
}

impl Place {
    /// The place of a file; standard output is taken for one of this folder.
    pub(super) fn of(output: Option<&str>) -> Result<Self, CliError> {
        let context = paths::whole(".")?;
        let folder = match output {
            Some(file) => paths::whole(file)?
                .parent()
                .map_or_else(|| context.clone(), Path::to_path_buf),
            None => context.clone(),
        };
        Ok(Self { folder, context })
    }

    /// How Compose builds the spec; it cannot where that is standard input, or a pipe.
    pub(super) fn build(
        &self,
        spec: &SpecArguments,
        inputs: &Inputs,
    ) -> Result<Option<Build>, CliError> {
        if input::read_once(&spec.file).is_some() {
            return Ok(None);
        }
        let file = paths::whole(&spec.file)?;
        let build = Build::new(
            &way(&self.folder, &self.context)?,
            &way(&self.context, &file)?,
            spec.target.as_deref(),
            input::build_args(&spec.build_args)?,
            spec.platform.first().map(String::as_str),
        );
        Ok(Some(build.given(inputs.clone())))
    }
}

/// A model as it is named on the command line.
pub(super) fn model(text: &str) -> Result<Model, CliError> {
    if text.trim().is_empty() {
        return Err(CliError::Usage(
            "`--model` names no model\n\
             help: name one of Hugging Face as in `Qwen/Qwen3-0.6B`, or leave it out"
                .to_owned(),
        ));
    }
    if let Some(path) = text.strip_prefix(INSIDE) {
        if path.starts_with('/') {
            return Ok(Model::Named(path.to_owned()));
        }
        return Err(CliError::Usage(format!(
            "`{text}` is no folder of the image\n\
             help: give its whole path, such as `{INSIDE}/workspace/models/{path}`"
        )));
    }
    if !is_path(text) {
        return Ok(Model::Named(text.to_owned()));
    }
    let folder = folder(
        text,
        "give the path of a folder of this machine; a model of Hugging Face is named as in \
         `Qwen/Qwen3-0.6B`",
    )?;
    if Path::new(&folder).join(CONFIG).is_file() {
        return Ok(Model::Folder(folder));
    }
    Err(CliError::Usage(format!(
        "the folder `{text}` has no `{CONFIG}`, so there is no model in it\n\
         help: name the folder with the files of one model"
    )))
}

/// What is good to know where a folder of this machine has the name of a model of
/// Hugging Face, which is what the name means.
pub(super) fn beside(text: &str) -> Option<String> {
    let is_there = !is_path(text) && Path::new(text).join(CONFIG).is_file();
    is_there.then(|| {
        format!(
            "note: `{text}` is the model of Hugging Face, not the folder of that name\n\
             help: the folder is `--model ./{text}`"
        )
    })
}

/// Whether a model is named as a folder of this machine.
fn is_path(text: &str) -> bool {
    text.starts_with(['.', '/', '~'])
}

/// The folder of this machine that keeps models.
pub(super) fn cache(text: &str) -> Result<String, CliError> {
    folder(
        text,
        "make it, or leave out `--hf-cache`: models are kept in a volume then",
    )
}

/// The whole path of a folder that has to be there.
fn folder(text: &str, help: &str) -> Result<String, CliError> {
    let path = paths::whole(text)?;
    if !path.is_dir() {
        return Err(CliError::Usage(format!(
            "there is no folder `{text}`\nhelp: {help}"
        )));
    }
    paths::text(&path)
}

fn way(folder: &Path, place: &Path) -> Result<String, CliError> {
    paths::text(&paths::way(folder, place))
}
