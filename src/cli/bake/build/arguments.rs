//! What is said of building a matrix, where it is built and not only written.

use std::num::NonZeroUsize;

use clap::{Args, ValueHint};

use super::report_file::ReportPath;
use crate::cli::output::CliError;
use crate::deploy::bake::Delivery;

/// Images that are built at a time: their steps share the machine anyway.
const JOBS: NonZeroUsize = NonZeroUsize::new(4).expect("four is not zero");
/// Options of bake that make another thing of a call than a build with a log.
const OURS: [&str; 6] = [
    "--call",
    "--check",
    "--list",
    "--metadata-file",
    "--print",
    "--progress",
];

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(in crate::cli::bake) struct BuildingArguments {
    /// Build the matrix with `docker buildx bake` instead of writing the file
    #[arg(long)]
    pub(in crate::cli::bake) build: bool,
    /// What to build of it: images or groups, such as `vllm`, `runtime`, `check`; the
    /// default is every image
    #[arg(value_name = "NAME", requires = "build", value_hint = ValueHint::Other)]
    pub(in crate::cli::bake) names: Vec<String>,
    /// Push the images
    #[arg(long, requires = "build", conflicts_with = "load")]
    push: bool,
    /// Load the images into Docker, where the builder is another one
    #[arg(long, requires = "build")]
    load: bool,
    /// Build the other images when one fails, each by a call of its own
    #[arg(long, requires = "build")]
    keep_going: bool,
    /// How many images are built at a time with `--keep-going`; the default is 4
    #[arg(long, requires = "keep_going", value_name = "NUMBER")]
    jobs: Option<NonZeroUsize>,
    /// Keep the progress of each image in this folder; the default is a temporary one,
    /// which is kept when an image fails
    #[arg(long, requires = "keep_going", value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub(super) logs: Option<String>,
    /// Write what came of each image to this file: `.md`, `.json`, or `.xml` for JUnit;
    /// may be repeated
    #[arg(long, requires = "keep_going", value_name = "FILE", value_parser = ReportPath::parse, value_hint = ValueHint::FilePath)]
    pub(super) report: Vec<ReportPath>,
    /// Print the commands instead
    #[arg(long, requires = "build")]
    pub(super) dry_run: bool,
    /// More arguments of `docker buildx bake`: `-- --no-cache`
    #[arg(last = true, requires = "build", value_name = "ARG")]
    pub(super) more: Vec<String>,
}

impl BuildingArguments {
    /// What becomes of the images.
    pub(super) fn delivery(&self) -> Option<Delivery> {
        let push = self.push.then_some(Delivery::Push);
        push.or(self.load.then_some(Delivery::Load))
    }

    /// How many calls there are at a time; none where there is one for all.
    pub(super) fn at_a_time(&self) -> Result<Option<usize>, CliError> {
        let is_ours = |word: &&String| {
            let option = word.split('=').next().unwrap_or_default();
            OURS.contains(&option)
        };
        match self.more.iter().find(is_ours) {
            Some(word) if self.keep_going => Err(CliError::Usage(format!(
                "`{word}` does not go with `--keep-going`, where each image has a call of its own\n\
                 help: `--logs` keeps the progress and the metadata of each image, and `--report` \
                 what came of it"
            ))),
            _ => {
                let jobs = self.jobs.unwrap_or(JOBS).get();
                Ok(self.keep_going.then_some(jobs))
            }
        }
    }
}
