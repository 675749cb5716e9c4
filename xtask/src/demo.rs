//! The demonstration: from a machine with nothing on it to a Dynamo container
//! that was built through a `# syntax=` line. Every command is shown before it
//! runs, so that it can be repeated by hand.

use std::process::Command;

use anyhow::{Context, Result};

use crate::engine::{Environment, images};
use crate::terminal::phase;
use crate::{command, engine, image, repository, terminal};

/// What the first line of the example asks for.
const SYNTAX: &str = "nvidia/dynamo-frontend:1";
const EXAMPLE: &str = "examples/hello";
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
    eprintln!("== {RESULT} was built from {EXAMPLE}/dynamo.yaml, and Dynamo starts in it");
    Ok(())
}

fn build(engine: &Environment, frontend: &str) -> Result<()> {
    let root = repository::root()?;
    let spec = format!("{EXAMPLE}/dynamo.yaml");
    std::fs::metadata(root.join(&spec)).with_context(|| format!("there is no {spec}"))?;
    let mut build = engine.docker();
    build.args(["buildx", "build", "--file", &spec]);
    // The frontend that was just built, in place of the released one.
    build.arg(format!(
        "--build-context={SYNTAX}=docker-image://{frontend}"
    ));
    for argument in stand_ins(engine) {
        build.args(["--build-arg", &argument]);
    }
    build
        .args(["--load", "--tag", RESULT, EXAMPLE])
        .current_dir(root);
    shown(&mut build)
}

/// Where public images cannot be had, the spec's own knobs put others in their
/// place.
fn stand_ins(engine: &Environment) -> Vec<String> {
    let images = &engine.images;
    if !images::stands_in(&images.uv) {
        return Vec::new();
    }
    vec![
        format!("images.base={}", images.base),
        format!("images.uv={}", images.uv),
        format!("toolchain.python={}", images.python),
    ]
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
