//! Every check that a change must pass, in the order in which a mistake costs
//! least to find. The first one that fails ends the run.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::terminal::phase;
use crate::{command, engine, image, python, release, repository, site, terminal, web, workflows};

/// The part of cargo-deny that needs no network.
const SUPPLY_CHAIN: [&str; 5] = ["deny", "check", "licenses", "bans", "sources"];

/// What the slow end-to-end tests of S3 run.
const S3_REQUIREMENTS: &str = "tests/e2e/requirements.txt";

/// Runs all of them.
pub(crate) fn run() -> Result<()> {
    let start = Instant::now();
    components()?;
    cargo("format", &["fmt", "--all", "--check"])?;
    // The same features and the same packages throughout: whatever differs in
    // either is compiled once more.
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
    web::run(&[])?;
    let examples = ["test", "--workspace", "--all-features", "--doc"];
    cargo("documentation tests", &examples)?;
    documentation()?;
    supply_chain()?;
    phase("workflows", workflows::check)?;
    archive()?;
    phase("site", site::build)?;
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
    test.args(["test", "--workspace", "--all-features", "--test", "e2e"]);
    test.args(["--", "--test-threads", "2"]);
    test.args(arguments.iter().map(|word| {
        if *word == "--all" {
            "--include-ignored"
        } else {
            word
        }
    }));
    engine.apply(&mut test);
    if arguments.contains(&"--all") {
        let releases = phase("releases", || engine::releases::up(&engine))?;
        test.env("RELEASES", releases);
        let tools = phase("server of S3", || {
            python::environment("s3", S3_REQUIREMENTS)
        })?;
        test.env("S3_TOOLS", tools);
        let arm64 = phase("arm64", || engine::arm64::up(&engine))?;
        if let engine::arm64::Arm64::Missing(reason) = &arm64 {
            terminal::note(&format!("arm64 stays untested: {reason}"));
        }
        test.envs(arm64.variables());
        let engines = phase("engines", engine::beside::up)?;
        if let engine::beside::Engines::Missing(reason) = &engines {
            terminal::note(&format!("other engines stay untested: {reason}"));
        }
        test.envs(engines.variables());
    }
    test.env("FRONTEND_IMAGE", image::pinned(&engine, &frontend)?);
    named("end to end", &mut test)
}

/// Writes the page about conformance. The test that compares it writes it where
/// it is asked to, so that there is one reader of the tests' names.
pub(crate) fn conformance() -> Result<()> {
    written("conformance", "conformance::the_page", "WRITE_CONFORMANCE")
}

/// Writes what the program says into the pages of the rules, and their index, in
/// the same way: the tests run what stands in the pages.
pub(crate) fn rules() -> Result<()> {
    written("rules", "rule_pages::", "WRITE_RULES")
}

/// Writes the page about every key of a spec.
pub(crate) fn reference() -> Result<()> {
    written(
        "reference",
        "reference::the_committed_page",
        "WRITE_REFERENCE",
    )
}

/// Runs tests that write what they compare when this variable is set.
fn written(name: &str, tests: &str, variable: &str) -> Result<()> {
    let mut test = repository::cargo()?;
    test.args([
        "test",
        "--workspace",
        "--all-features",
        "--test",
        "integration",
    ]);
    // One after the other: what one writes another reads.
    test.args(["--", "--test-threads", "1", tests]);
    test.env(variable, "1");
    named(name, &mut test)
}

/// Adds the parts of the toolchain that a minimal one lacks.
fn components() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !command::succeeds(repository::cargo()?.args([subcommand, "--version"])) {
            let mut rustup = Command::new("rustup");
            rustup.args(["component", "add", component]);
            named(component, rustup.current_dir(repository::root()?))?;
        }
    }
    Ok(())
}

/// What a release packs, of the program that the tests built: it is there by now.
fn archive() -> Result<()> {
    let own = std::env::current_exe().context("cannot tell where this program is")?;
    phase("archive", || {
        release::check_archive(&own.with_file_name("dynamo-frontend")).map(drop)
    })
}

fn tests() -> Result<()> {
    let name = "unit and integration tests";
    if command::succeeds(repository::cargo()?.args(["nextest", "--version"])) {
        let run = ["nextest", "run", "--workspace", "--all-features"];
        cargo(name, &[&run[..], &["-E", "not binary(e2e)"]].concat())
    } else {
        // cargo alone cannot leave out a test that the features include, so
        // the library is compiled once more for the end-to-end tests.
        cargo(name, &["test", "--workspace", "--tests"])
    }
}

fn documentation() -> Result<()> {
    let mut doc = repository::cargo()?;
    doc.args(["doc", "--workspace", "--no-deps", "--all-features"]);
    doc.arg("--document-private-items");
    doc.env("RUSTDOCFLAGS", "-D warnings");
    named("documentation", &mut doc)
}

fn supply_chain() -> Result<()> {
    if command::succeeds(repository::cargo()?.args(["deny", "--version"])) {
        return cargo("licences and sources of dependencies", &SUPPLY_CHAIN);
    }
    terminal::note("cargo-deny is not installed: licences and sources stay unchecked");
    Ok(())
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
