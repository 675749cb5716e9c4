//! `dynamo-frontend init`.

use std::path::Path;
use std::process::ExitCode;

use clap::ValueHint;

use super::files::write_new;
use super::host::account;
use super::output::{CliError, FINDINGS, Manner, OK, data};
use super::{docker, words};
use crate::deploy::shell_word;
use crate::spec::{Device, Framework, Target};
use crate::starter::{Wish, starter};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The inference engine
    #[arg(long, default_value = "vllm", ignore_case = true, value_parser = words::framework())]
    framework: Framework,
    /// What is built
    #[arg(long, default_value = "runtime", value_parser = words::target())]
    target: Target,
    /// What it computes on
    #[arg(long, default_value = "cuda", value_parser = words::device())]
    device: Device,
    /// Where to write it; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "dynamo.yaml", value_hint = ValueHint::FilePath)]
    file: String,
    /// Replace the file if there is one
    #[arg(long)]
    force: bool,
}

/// Writes the starter and says what to do next.
pub(super) fn run(arguments: &Arguments, manner: Manner) -> Result<ExitCode, CliError> {
    let wish = Wish {
        framework: arguments.framework,
        target: arguments.target,
        device: arguments.device,
        account: account(),
    };
    let file = match arguments.file.as_str() {
        "-" => "dynamo.yaml",
        file => file,
    };
    let build = build(&wish, file);
    let text = match starter(&wish, &build)? {
        Ok(text) => text,
        Err(refusal) => {
            manner.findings(&refusal.diagnostics.sorted(), &refusal.sources);
            return Ok(ExitCode::from(FINDINGS));
        }
    };
    if arguments.file == "-" {
        data(text.as_bytes())?;
        return Ok(ExitCode::from(OK));
    }
    write_new(Path::new(file), &text, arguments.force, "-f")?;
    manner.note(&next(&wish, file, &build));
    Ok(ExitCode::from(OK))
}

/// The command that builds it.
fn build(wish: &Wish, file: &str) -> String {
    let result = if wish.is_files() {
        "--output type=local,dest=wheels".to_owned()
    } else {
        format!("-t {} --load", wish.image_name())
    };
    format!("docker buildx build -f {} {result} .", shell_word(file))
}

/// A shell to look around in, which would end at once without a terminal; not for
/// images that start a server.
fn shell(target: Target) -> &'static str {
    match target {
        Target::Epp | Target::Frontend => "",
        _ => " -it -- bash",
    }
}

fn next(wish: &Wish, file: &str, build: &str) -> String {
    let name = if file == "dynamo.yaml" {
        String::new()
    } else {
        format!(" -f {}", shell_word(file))
    };
    let docker = if docker::is_missing() {
        format!("\n{}", docker::MISSING)
    } else {
        String::new()
    };
    let run = if wish.is_files() {
        String::new()
    } else {
        format!("\n  dynamo-frontend run{name}{}", shell(wish.target))
    };
    format!(
        "wrote {file}\nnext:\n  dynamo-frontend check{name}\n  dynamo-frontend plan{name}\n  {build}{run}{docker}"
    )
}
