//! The command line: the same passes as in a build, without Docker; only `run` and
//! `bake --build` start it, to build or to take their place.
//!
//! Owns arguments, files, streams and exit codes. Data goes to standard output,
//! everything else to standard error.

mod bake;
mod build_command;
mod check;
mod completions;
mod compose;
mod context_files;
mod devcontainer;
mod diff;
mod docker;
mod explain;
mod files;
mod git;
mod graph;
mod help;
mod host;
mod image_choice;
mod init;
mod input;
mod input_arguments;
mod llb;
mod man;
mod output;
mod paths;
mod plan;
mod run;
mod schema;
mod signals;
mod words;

use std::path::Path;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueHint};

use output::Manner;

/// The spec where none is named.
const DEFAULT_FILE: &str = "dynamo.yaml";

#[derive(Debug, Parser)]
#[command(name = "dynamo-frontend", version, about = help::ABOUT, after_help = help::examples())]
#[command(subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    manner: Manner,
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
    /// Write a dynamo.yaml to begin with, what can be changed as comments
    Init(init::Arguments),
    /// Start a container of the spec's image, or of another one
    Run(Box<run::Arguments>),
    /// Write the devcontainer.json of the spec's image for developers
    Devcontainer(devcontainer::Arguments),
    /// Write a Compose file that serves a model with the spec's image
    Compose(compose::Arguments),
    /// Write a bake file, or build it: the images of a matrix, all out of one spec
    Bake(Box<bake::Arguments>),
    /// Print what completes this command line in a shell
    Completions(completions::Arguments),
    /// Print the manual page: `dynamo-frontend man | man -l -`
    Man,
}

/// Which spec, and what is laid over it. As in `docker buildx build`.
#[derive(Debug, Clone, Args)]
struct SpecArguments {
    /// The spec; `-` is standard input
    #[arg(short, long, value_name = "FILE", default_value = DEFAULT_FILE, value_hint = ValueHint::FilePath)]
    file: String,
    /// The target, instead of the spec's
    #[arg(long, value_name = "TARGET", value_parser = words::targets())]
    target: Option<String>,
    /// The platforms, such as `linux/arm64`; the default is this machine's
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',', value_parser = words::platforms())]
    platform: Vec<String>,
    /// Set a value of the spec: `toolchain.python=3.12`
    #[arg(long = "build-arg", value_name = "KEY=VALUE", value_hint = ValueHint::Other)]
    build_args: Vec<String>,
}

/// Runs the command line and returns the exit code.
pub fn main() -> ExitCode {
    let Cli { manner, command } = Cli::try_parse().unwrap_or_else(|error| mend(error).exit());
    let outcome = match command {
        Command::Check(arguments) => check::run(&arguments, manner),
        Command::Plan(arguments) => plan::run(&arguments, manner),
        Command::Explain(arguments) => explain::run(&arguments, manner),
        Command::Graph(arguments) => graph::run(&arguments, manner),
        Command::Llb(arguments) => llb::run(&arguments, manner),
        Command::Schema => schema::run(),
        Command::Init(arguments) => init::run(&arguments, manner),
        Command::Run(arguments) => Ok(run::run(&arguments, manner)),
        Command::Devcontainer(arguments) => devcontainer::run(&arguments, manner),
        Command::Compose(arguments) => compose::run(&arguments, manner),
        Command::Bake(arguments) => bake::run(&arguments, manner),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man => man::run(),
    };
    outcome.unwrap_or_else(|error| output::fail(&error))
}

/// Says how a spec is named to who gave its name alone, and where the command of a
/// container goes to who gave it as to `docker run`.
fn mend(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let extension = Path::new(argument).extension();
    let is_spec = extension.is_some_and(|end| end == "yaml" || end == "yml");
    let usage = error.get(ContextKind::Usage).map(ToString::to_string);
    let takes_command = usage.is_some_and(|usage| usage.contains("[-- <COMMAND>"));
    let tip = match error.kind() {
        ErrorKind::UnknownArgument if is_spec => format!("a spec is named with '-f {argument}'"),
        ErrorKind::UnknownArgument if takes_command && !argument.starts_with('-') => {
            format!("what the container runs comes behind '--', as in '-- {argument}'")
        }
        _ => return error,
    };
    let tips = ContextValue::StyledStrs(vec![tip.into()]);
    error.insert(ContextKind::Suggested, tips);
    error
}
