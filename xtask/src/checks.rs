//! Every check that a change must pass, in the order in which a mistake costs
//! least to find. The first one that fails ends the run.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::terminal::phase;
use crate::{command, engine, image, repository, terminal};

/// Runs all of them.
pub(crate) fn run() -> Result<()> {
    let start = Instant::now();
    cargo("format", &["fmt", "--all", "--check"])?;
    let lint = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ];
    cargo("lint", &lint)?;
    tests()?;
    cargo("documentation tests", &["test", "--workspace", "--doc"])?;
    documentation()?;
    end_to_end(&[])?;
    eprintln!(
        "== all checks passed after {}",
        terminal::seconds(start.elapsed())
    );
    Ok(())
}

/// Runs the end-to-end tests on a real engine. `arguments` go to the tests:
/// filters, and `--all` for those that are ignored otherwise.
pub(crate) fn end_to_end(arguments: &[&str]) -> Result<()> {
    let engine = phase("engine", engine::up)?;
    let frontend = phase("frontend image", || image::build(&engine))?;
    let mut test = repository::cargo()?;
    test.args([
        "test",
        "--package",
        "dynamo-frontend",
        "--features",
        "e2e",
        "--test",
        "e2e",
        "--",
    ]);
    test.args(["--test-threads", "2"]);
    test.args(arguments.iter().map(|word| {
        if *word == "--all" {
            "--include-ignored"
        } else {
            word
        }
    }));
    engine.apply(&mut test);
    test.env("FRONTEND_IMAGE", image::pinned(&engine, &frontend)?);
    named("end to end", &mut test)
}

fn tests() -> Result<()> {
    let name = "unit and integration tests";
    if command::succeeds(repository::cargo()?.args(["nextest", "--version"])) {
        cargo(name, &["nextest", "run", "--workspace"])
    } else {
        cargo(name, &["test", "--workspace", "--lib", "--bins", "--tests"])
    }
}

fn documentation() -> Result<()> {
    let mut doc = repository::cargo()?;
    doc.args(["doc", "--workspace", "--no-deps"]);
    doc.env("RUSTDOCFLAGS", "-D warnings");
    named("documentation", &mut doc)
}

fn cargo(name: &str, arguments: &[&str]) -> Result<()> {
    named(name, repository::cargo()?.args(arguments))
}

fn named(name: &str, command: &mut Command) -> Result<()> {
    phase(name, || {
        terminal::show(command);
        command::run(command)
    })
    .with_context(|| format!("the phase `{name}` failed"))
}
