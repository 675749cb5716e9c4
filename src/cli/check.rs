//! `dynamo-frontend check`.

use std::io;
use std::process::ExitCode;

use super::output::{CliError, FINDINGS, OK, color, data, note};
use super::{Format, SpecArguments, input};
use crate::diagnostic::{Severity, to_json, to_terminal};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// How to write the findings
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Prints every finding; they are the data of this command.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    let outcome = input::outcome(&arguments.spec)?;
    let found = outcome.diagnostics.sorted();
    let text = match arguments.format {
        Format::Json => format!("{:#}\n", to_json(&found, &outcome.sources)),
        Format::Text if found.is_empty() => String::new(),
        Format::Text => format!(
            "{}\n",
            to_terminal(&found, &outcome.sources, color(&io::stdout()))
        ),
    };
    data(text.as_bytes())?;
    let errors = found
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .count();
    match (found.len(), arguments.format) {
        (_, Format::Json) => {}
        (0, Format::Text) => note("no findings"),
        (all, Format::Text) => note(&format!(
            "\n{}, {}",
            count(errors, "error"),
            count(all - errors, "warning")
        )),
    }
    Ok(ExitCode::from(if found.is_empty() { OK } else { FINDINGS }))
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
