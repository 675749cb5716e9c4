//! What is compared, as runs of `docker buildx build`: each has to end as it
//! should and find everything cached, or its time would mean something else.
//! None exports anything.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::progress::steps_that_ran;
use crate::engine::Environment;
use crate::{command, example, image, repository, terminal};

/// The folder with the Dockerfile of the reference.
const REFERENCE: &str = "xtask/src/bench/reference";
/// The folder with the Dockerfile of the frontend that only exits.
const FLOOR: &str = "xtask/src/bench/floor";
/// What BuildKit says of a frontend that ends without an answer.
const NO_RESULT: &str = "no result";

/// Whether everything has been built before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caches {
    Filling,
    Full,
}

/// One of the runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contestant {
    /// The example with our frontend.
    Hello,
    /// One copied file with the engine's own Dockerfile frontend.
    Dockerfile,
    /// The example with a frontend that only exits.
    Floor,
    /// Our frontend asked what it can be asked.
    HelloDescribe,
    /// The Dockerfile frontend asked the same.
    DockerfileDescribe,
}

/// An engine with all that is compared on it.
pub(super) struct Arena<'a> {
    engine: &'a Environment,
    hello: Vec<String>,
    floor: Vec<String>,
}

impl Contestant {
    pub(super) const ALL: [Self; 5] = [
        Self::Hello,
        Self::Dockerfile,
        Self::Floor,
        Self::HelloDescribe,
        Self::DockerfileDescribe,
    ];

    /// As it is called in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hello => "examples/hello",
            Self::Dockerfile => "one-file Dockerfile",
            Self::Floor => "container that exits",
            Self::HelloDescribe => "describe: ours",
            Self::DockerfileDescribe => "describe: Dockerfile's",
        }
    }
}

impl<'a> Arena<'a> {
    /// Prepares all that is not there yet.
    pub(super) fn new(engine: &'a Environment, frontend: &str) -> Result<Self> {
        let floor = build_floor(engine)?;
        Ok(Self {
            engine,
            hello: example::arguments(engine, frontend)?,
            floor: example::arguments(engine, &floor)?,
        })
    }

    /// Runs one of them to its end and returns how long that took.
    pub(super) fn run(&self, contestant: Contestant, caches: Caches) -> Result<Duration> {
        let mut command = self.command(contestant)?;
        let start = Instant::now();
        let output = command.output().context("cannot start `docker`")?;
        let time = start.elapsed();
        let progress = String::from_utf8_lossy(&output.stderr);
        let as_it_should = match contestant {
            Contestant::Floor => progress.contains(NO_RESULT),
            _ => output.status.success(),
        };
        ensure!(
            as_it_should,
            "`{}` did not end as it should:\n{}",
            contestant.name(),
            progress.trim_end()
        );
        let ran = steps_that_ran(&progress);
        ensure!(
            caches == Caches::Filling || ran.is_empty(),
            "`{}` had something to do: {}",
            contestant.name(),
            ran.join(", ")
        );
        Ok(time)
    }

    fn command(&self, contestant: Contestant) -> Result<Command> {
        let (arguments, context) = match contestant {
            Contestant::Hello | Contestant::HelloDescribe => (&self.hello[..], example::FOLDER),
            Contestant::Floor => (&self.floor[..], example::FOLDER),
            Contestant::Dockerfile | Contestant::DockerfileDescribe => (&[][..], REFERENCE),
        };
        let end = match contestant {
            Contestant::HelloDescribe | Contestant::DockerfileDescribe => {
                "--call=subrequests.describe"
            }
            _ => "--output=type=cacheonly",
        };
        let mut build = self.engine.docker();
        build.args(["buildx", "build", "--progress=plain", end]);
        build
            .args(arguments)
            .arg(context)
            .current_dir(repository::root()?);
        Ok(build)
    }
}

/// Builds and pushes the frontend that only exits, and returns its reference.
fn build_floor(engine: &Environment) -> Result<String> {
    let reference = format!("{}/bench/floor:dev", engine.registry);
    let mut build = engine.docker();
    build.args(["buildx", "build", "--provenance=false"]);
    build.args(image::rust(engine));
    build.args(["--push", "--tag", &reference, FLOOR]);
    // Standard output is for the table alone.
    build
        .current_dir(repository::root()?)
        .stdout(std::io::stderr());
    terminal::show(&build);
    command::run(&mut build)?;
    Ok(reference)
}
