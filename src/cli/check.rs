//! `dynamo-frontend check`.

use std::io;
use std::process::ExitCode;

use super::output::{CliError, FINDINGS, OK, color, data, note};
use super::{Format, SpecArguments, input};
use crate::diagnostic::{Severity, to_json, to_terminal};
use crate::pipeline;

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
    let mut outcome = input::outcome(&arguments.spec)?;
    pipeline::lint(&mut outcome);
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
    let number = |severity| found.iter().filter(|one| one.severity == severity).count();
    let (errors, warnings) = (number(Severity::Error), number(Severity::Warning));
    match (errors + warnings, arguments.format) {
        (_, Format::Json) => {}
        (0, Format::Text) => note("no findings"),
        (_, Format::Text) => note(&format!(
            "\n{}, {}",
            count(errors, "error"),
            count(warnings, "warning")
        )),
    }
    // A note is nothing that the user could mend.
    let clean = errors + warnings == 0;
    Ok(ExitCode::from(if clean { OK } else { FINDINGS }))
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
