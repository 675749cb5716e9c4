//! The demonstration: from a machine with nothing on it to a Dynamo container
//! that was built through a `# syntax=` line. Every command is shown before it
//! runs, so that it can be repeated by hand.

use std::process::Command;

use anyhow::Result;

use crate::engine::Environment;
use crate::terminal::phase;
use crate::{command, engine, example, image, repository, terminal};

const RESULT: &str = "dynamo-hello";

/// Runs the whole demonstration.
pub(crate) fn run() -> Result<()> {
    let engine = phase("bring up a Docker Engine", engine::up)?;
    terminal::note("the commands below work in a shell after this one:");
    eprintln!("$ eval \"$(cargo xtask engine env)\"");
    let frontend = phase("build the frontend image", || image::build(&engine))?;
    phase("build examples/hello/dynamo.yaml with it", || {
        build(&engine, &frontend)
    })?;
    phase("start Dynamo in the image", || start(&engine))?;
    let folder = example::FOLDER;
    eprintln!("== {RESULT} was built from {folder}/dynamo.yaml, and Dynamo starts in it");
    Ok(())
}

fn build(engine: &Environment, frontend: &str) -> Result<()> {
    let mut build = engine.docker();
    build.args(["buildx", "build"]);
    build.args(example::arguments(engine, frontend)?);
    build
        .args(["--load", "--tag", RESULT, example::FOLDER])
        .current_dir(repository::root()?);
    shown(&mut build)
}

fn start(engine: &Environment) -> Result<()> {
    let mut run = engine.docker();
    run.args([
        "run",
        "--rm",
        RESULT,
        "python",
        "-m",
        "dynamo.frontend",
        "--help",
    ]);
    shown(&mut run)
}

fn shown(command: &mut Command) -> Result<()> {
    terminal::show(command);
    command::run(command)
}
