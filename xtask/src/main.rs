//! The project's own commands, run as `cargo xtask COMMAND`. This file reads
//! the command line; each command is a module of its own.

#![forbid(unsafe_code)]

mod apt;
mod bench;
mod checks;
mod command;
mod demo;
mod engine;
mod example;
mod image;
mod python;
mod release;
mod repository;
mod schema;
mod site;
mod terminal;
mod web;
mod workflows;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
The project's own commands.

usage: cargo xtask COMMAND

  engine up     bring up a Docker Engine, a registry and base images
  engine env    print what the engine needs in a shell: eval \"$(cargo xtask engine env)\"
  engine down   end what `engine up` started
  releases      fetch what the ignored end-to-end tests build on, print where it
                is for a shell: eval \"$(cargo xtask releases)\"
  arm64         let the engine run programs of arm64, make the images that the
                ignored end-to-end tests build on, print both for a shell
  engines       bring up the engines of Debian 12 and 13, and one that keeps images
                in containerd, beside the engine that is up, for the ignored
                end-to-end tests; print where they are for a shell
  image         build the frontend image, push it to the engine's registry
  demo          build examples/hello with it and run the result
  conformance   write docs/conformance.md from tests/conformance.yaml and the names of
                the tests
  rules         write what the program says into docs/rules, and their index
  schema        write what is made from the decoders anew: the JSON Schema of specs,
                docs/dynamo.schema.json, and the page about every key, docs/spec.md
  release ...   one step of a release: tags, image, index, move, archive; `release` alone
                tells of each
  site          build the static site out of the Markdown files, print where it is
  workflows     hold workflows, manifests and examples for CI against their schemas and
                the linters of their kinds
  test          every check there is, end to end included
  web [NAME...] the tests that run in Node.js: `page`, what `graph --format html` writes,
                in a headless Chromium; `editor`, the schema in yaml-language-server
  e2e [--all] [NAME...]
                the end-to-end tests; --all runs those that are ignored too
  bench [--rounds N] [--frontend IMAGE]
                how long a build with nothing to do takes, beside the engine's
                own Dockerfile frontend and a container that only exits: the
                table on standard output; 20 rounds, and the frontend of this
                source, unless said otherwise

An engine that answers is used; otherwise one is brought up from Debian
packages, which takes two minutes the first time, the root user, and 7 GB in
~/.cache/dynamo-frontend (set DYNAMO_FRONTEND_CACHE for another folder).
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match dispatch(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(words: &[&str]) -> Result<()> {
    match words {
        ["engine", "up"] => engine::up().map(drop),
        ["engine", "down"] => engine::down(),
        ["engine", "env"] => {
            engine::environment()?
                .exports()
                .iter()
                .for_each(|line| terminal::data(line));
            Ok(())
        }
        ["releases"] => {
            let folder = engine::releases::up(&engine::up()?)?;
            let folder = terminal::quote(&folder.display().to_string());
            terminal::data(&format!("export RELEASES={folder}"));
            Ok(())
        }
        ["arm64"] => {
            for (name, value) in engine::arm64::up(&engine::up()?)?.variables() {
                terminal::data(&format!("export {name}={}", terminal::quote(value)));
            }
            Ok(())
        }
        ["engines"] => {
            engine::up()?;
            for (name, value) in engine::beside::up()?.variables() {
                terminal::data(&format!("export {name}={}", terminal::quote(&value)));
            }
            Ok(())
        }
        ["image"] => {
            let reference = image::build(&engine::up()?)?;
            terminal::data(&reference);
            Ok(())
        }
        ["demo"] => demo::run(),
        ["conformance"] => checks::conformance(),
        ["rules"] => checks::rules(),
        ["schema"] => {
            schema::write()?;
            checks::reference()
        }
        ["site"] => {
            let page = site::build()?;
            terminal::data(&page.display().to_string());
            Ok(())
        }
        ["release", words @ ..] => release::run(words),
        ["workflows"] => workflows::check(),
        ["test"] => checks::run(),
        ["web", names @ ..] => web::run(names),
        ["e2e", arguments @ ..] => checks::end_to_end(arguments),
        ["bench", arguments @ ..] => bench::run(arguments),
        [] | ["help" | "--help" | "-h"] => {
            eprint!("{HELP}");
            Ok(())
        }
        _ => bail!("no such command: {}\n\n{HELP}", words.join(" ")),
    }
}
