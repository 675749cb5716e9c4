//! The command line: the same passes as in a build, without Docker.
//!
//! Owns arguments, files, streams and exit codes. Data goes to standard output,
//! everything else to standard error.

mod check;
mod diff;
mod explain;
mod graph;
mod input;
mod llb;
mod output;
mod plan;
mod schema;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

const ABOUT: &str = "Builds NVIDIA Dynamo container images from a dynamo.yaml";

/// The spec where none is named.
const DEFAULT_FILE: &str = "dynamo.yaml";

const EXAMPLES: &str = "\
A dynamo.yaml is built by Docker, which pulls this program as an image:

  docker buildx build -f dynamo.yaml .

Here it only looks, and needs neither Docker nor network:

  dynamo-frontend check                 all mistakes, with places and fixes
  dynamo-frontend plan                  what would be built, step by step
  dynamo-frontend plan --format json    the same for programs
  dynamo-frontend explain NIXL_REF      all about a key, a rule, or a step
  dynamo-frontend graph                 the same as a picture in Mermaid
  dynamo-frontend graph --format html > plan.html
  dynamo-frontend graph --format dot | dot -Tsvg > plan.svg
  dynamo-frontend llb | buildctl debug dump-llb
  dynamo-frontend llb --format json     the same graph, to be read by programs
  dynamo-frontend schema                the JSON Schema of specs, for editors

Exit codes: 0 all is well, 1 there are findings, 2 the command line is wrong.";

#[derive(Debug, Parser)]
#[command(name = "dynamo-frontend", version, about = ABOUT, after_help = EXAMPLES)]
#[command(subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show everything that is wrong with a spec
    Check(check::Arguments),
    /// Show what would be built: stages, steps, caches, sources, image config
    Plan(plan::Arguments),
    /// Tell all about a key of the spec, a rule, or a step of the plan
    Explain(explain::Arguments),
    /// Draw what would be built: stages, their steps, what they need
    Graph(graph::Arguments),
    /// Write the LLB definition that a build would solve, as bytes or as JSON
    Llb(llb::Arguments),
    /// Print the JSON Schema of specs, for editors
    Schema,
}

/// Which spec, and what is laid over it. As in `docker buildx build`.
#[derive(Debug, Args)]
struct SpecArguments {
    /// The spec; `-` is standard input
    #[arg(short, long, value_name = "FILE", default_value = DEFAULT_FILE)]
    file: String,
    /// Build this target instead of the spec's
    #[arg(long, value_name = "TARGET")]
    target: Option<String>,
    /// Build for these platforms, such as `linux/arm64`; the default is this machine's
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',')]
    platform: Vec<String>,
    /// Set a value of the spec: `toolchain.python=3.12`
    #[arg(long = "build-arg", value_name = "KEY=VALUE")]
    build_args: Vec<String>,
}

/// How data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Runs the command line and returns the exit code.
pub fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Graph(arguments) => graph::run(&arguments),
        Command::Llb(arguments) => llb::run(&arguments),
        Command::Schema => schema::run(),
    };
    outcome.unwrap_or_else(|error| output::fail(&error))
}
