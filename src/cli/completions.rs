//! `dynamo-frontend completions`.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::Cli;
use super::output::{CliError, OK, data};

#[derive(Debug, clap::Args)]
#[command(after_help = WHERE)]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

const WHERE: &str = "\
Where shells look for it:

  bash   ~/.local/share/bash-completion/completions/dynamo-frontend
  zsh    \"${fpath[1]}/_dynamo-frontend\"
  fish   ~/.config/fish/completions/dynamo-frontend.fish";

/// Prints the script that a shell reads.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, &name, &mut script);
    let script = String::from_utf8_lossy(&script);
    data(consistent(&script, &name).as_bytes())?;
    Ok(ExitCode::from(OK))
}

/// The script for bash names a state of a command with a hyphen in two ways, so
/// that nothing is completed after a subcommand
/// (<https://github.com/clap-rs/clap/issues/6421>). This leaves one of them.
fn consistent(script: &str, name: &str) -> String {
    let wrong = format!("{}__subcmd__", name.replace('-', "__subcmd__"));
    let right = format!("{}__subcmd__", name.replace('-', "__"));
    script.replace(&wrong, &right)
}
