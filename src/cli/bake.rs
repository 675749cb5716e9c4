//! `dynamo-frontend bake`.

mod axes;
mod build;
mod existing;
mod recipe_arguments;
mod record;
mod sift;
mod spec_path;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, ValueHint};

use super::image_choice::RepositoryArguments;
use super::input_arguments::InputArguments;
use super::output::{CliError, FINDINGS, Manner, OK, data, error};
use super::{DEFAULT_FILE, files, input};
use crate::deploy::bake::{BakeFile, Entry, Job, Recipe};
use crate::deploy::{Repository, WrongRepository, shell_word};
use crate::diagnostic::listed;
use axes::AxisArguments;
use build::{BuildingArguments, Matrix};
use recipe_arguments::RecipeArguments;
use record::{Record, RecordArguments};
use sift::{Sifted, Written, sift};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The spec, as a file
    #[arg(short, long, value_name = "FILE", default_value = DEFAULT_FILE, value_hint = ValueHint::FilePath)]
    file: String,
    /// The build context, whose git says what the version is
    #[arg(long, value_name = "FOLDER", default_value = ".", value_hint = ValueHint::DirPath)]
    context: String,
    #[command(flatten)]
    axes: AxisArguments,
    /// Set a value of the spec in every image: `toolchain.python=3.12`
    #[arg(long = "build-arg", value_name = "KEY=VALUE", value_hint = ValueHint::Other)]
    build_args: Vec<String>,
    #[command(flatten)]
    record: RecordArguments,
    /// Name images as those of this registry, or of a folder in it; may be repeated
    #[arg(long, value_name = "PREFIX", value_hint = ValueHint::Other)]
    registry: Vec<String>,
    /// Leave out images whose tag of the version there is already
    #[arg(long)]
    skip_existing: bool,
    #[command(flatten)]
    recipe: RecipeArguments,
    #[command(flatten)]
    building: BuildingArguments,
    #[command(flatten)]
    repository: RepositoryArguments,
    #[command(flatten)]
    inputs: InputArguments,
    /// Where to write it; the default is standard output
    #[arg(short, long, value_name = "FILE", conflicts_with = "build", value_hint = ValueHint::FilePath)]
    output: Option<String>,
    /// Replace the file if there is one
    #[arg(long)]
    force: bool,
}

/// Writes the file of what can be built, or builds it, and says what cannot.
pub(super) fn run(arguments: &Arguments, manner: Manner) -> Result<ExitCode, CliError> {
    arguments.require_files()?;
    let build_args = input::build_args(&arguments.build_args)?;
    let sifted = arguments.sifted(&build_args, manner)?;
    if !can_be_built(&sifted) {
        return Ok(ExitCode::from(FINDINGS));
    }
    let recipe = arguments.recipe(build_args, manner)?;
    let mut entries = sifted.entries;
    let jobs = Job::chosen(&entries, &arguments.building.names)
        .map_err(|error| CliError::Usage(error.to_string()))?;
    if arguments.building.build {
        entries = jobs.iter().map(|job| job.entry.clone()).collect();
    }
    let mut there = BTreeMap::new();
    if arguments.skip_existing {
        let in_registry = !arguments.registry.is_empty();
        there = existing::skip(&mut entries, &recipe, in_registry, manner)?;
    }
    let file = serde_json::to_string_pretty(&BakeFile::new(&entries, &recipe))
        .map_err(|error| CliError::Write(error.into()))?;
    let file = format!("{file}\n");
    if !arguments.building.build {
        say_what_is_asked(&entries, manner);
        arguments.write(&file, manner)?;
        return Ok(ExitCode::from(OK));
    }
    let matrix = Matrix {
        jobs,
        there,
        left_out: sifted.left_out,
        recipe: &recipe,
        file: &file,
    };
    build::run(&matrix, &arguments.building, manner)
}

/// Whether the spec is in order, and something of the matrix is left.
fn can_be_built(sifted: &Sifted) -> bool {
    if !sifted.failed && sifted.entries.is_empty() {
        let helps = sifted.left_out.iter().filter_map(|one| one.help.as_ref());
        let helps: BTreeSet<String> = helps.map(|help| format!("\nhelp: {help}")).collect();
        let helps: String = helps.into_iter().collect();
        error(format!("nothing of the matrix can be built{helps}"));
    }
    !sifted.failed && !sifted.entries.is_empty()
}

/// Says how bake is given what it fills in.
fn say_what_is_asked(entries: &[Entry], manner: Manner) {
    if let Some(entry) = entries.iter().find(|one| !one.asks.is_empty()) {
        let asked = entry.asks.iter();
        let variables = listed(asked.clone().map(|ask| ask.variable()));
        let set: Vec<String> = asked
            .map(|ask| format!("{}=$(id {})", ask.variable(), ask.option_of_id()))
            .collect();
        manner.note(&format!(
            "`{}` takes the ids of who works in it from {variables}:\n  {} docker buildx bake",
            entry.name(),
            set.join(" ")
        ));
    }
}

impl Arguments {
    /// Writes the file where it is wanted, and says how it is used.
    fn write(&self, text: &str, manner: Manner) -> Result<(), CliError> {
        let Some(output) = self.output.as_deref().filter(|output| *output != "-") else {
            return data(text.as_bytes());
        };
        files::write_new(Path::new(output), text, self.force, "-o")?;
        // Named, because bake reads a Compose file beside it as well.
        let file = shell_word(output);
        manner.note(&format!(
            "wrote {output}\nnext:\n  docker buildx bake -f {file}"
        ));
        Ok(())
    }

    /// What of the matrix can be built, after it was said what cannot.
    fn sifted(
        &self,
        build_args: &BTreeMap<String, String>,
        manner: Manner,
    ) -> Result<Sifted, CliError> {
        let combinations = self.axes.axes()?.combinations();
        let platforms = self.axes.platforms()?;
        let (name, bytes) = input::read(&self.file)?;
        let written = Written {
            name: &name,
            bytes: &bytes,
            build_args,
            is_every_target: self.axes.is_every_target(),
            platforms: &platforms,
        };
        let sifted = sift(&written, combinations, manner)?;
        for line in sift::lines(&sifted.left_out) {
            manner.note(&line);
        }
        Ok(sifted)
    }

    /// Refuses what no bake file can name.
    fn require_files(&self) -> Result<(), CliError> {
        if let Some(spec) = input::read_once(&self.file) {
            return Err(CliError::Usage(format!(
                "a bake file names its spec, and {spec} is gone once it is read\n\
                 help: write the spec to a file, and name it with `-f FILE`"
            )));
        }
        if !Path::new(&self.context).is_dir() {
            return Err(CliError::Usage(format!(
                "there is no folder `{}`\n\
                 help: give the build context as a folder of this machine with `--context`",
                self.context
            )));
        }
        Ok(())
    }

    /// What is the same for every image.
    fn recipe(
        &self,
        build_args: BTreeMap<String, String>,
        manner: Manner,
    ) -> Result<Recipe, CliError> {
        let said = &self.recipe;
        let cache_to = said.caches_to_write()?;
        let inputs = self.inputs.read()?;
        let cache_from = said.caches_to_read()?;
        let repositories = self.repositories()?;
        // What is said of the version is said of a command line that is in order.
        let Record {
            version,
            commit,
            labels,
            latest,
        } = self.record.read(&self.context, manner)?;
        Ok(Recipe {
            context: self.context.clone(),
            spec: spec_path::from_context(&self.context, &self.file)?,
            build_args,
            inputs,
            no_cache_filter: said.no_cache_filter.clone(),
            repositories,
            version,
            latest,
            commit,
            labels,
            cache_from,
            cache_to,
            attestations: said.attestations(),
        })
    }

    fn repositories(&self) -> Result<Vec<Repository>, CliError> {
        let repository = self.repository.read()?;
        if self.registry.is_empty() {
            return Ok(vec![repository]);
        }
        axes::once("--registry", &self.registry, String::clone)?;
        let wrong = |error: WrongRepository| {
            let help = match error {
                WrongRepository::Registry(_) => "leave out `--registry`",
                _ => "give a host and folders, such as `--registry registry.example.com/team`",
            };
            CliError::Usage(format!("{error}\nhelp: {help}"))
        };
        let registries = self.registry.iter();
        registries
            .map(|prefix| repository.in_registry(prefix).map_err(wrong))
            .collect()
    }
}
