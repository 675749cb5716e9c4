//! `dynamo-frontend plan`.

use std::process::ExitCode;

use super::output::{CliError, FINDINGS, OK, data};
use super::{Format, SpecArguments, input};
use crate::plan::{to_json, to_text};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// How to write the plan
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Prints the plan of each platform.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    let outcome = input::outcome(&arguments.spec)?;
    if !input::goes_on(&outcome) {
        return Ok(ExitCode::from(FINDINGS));
    }
    let text = match arguments.format {
        Format::Text => {
            let all: Vec<String> = outcome
                .plans
                .iter()
                .map(|plan| to_text(plan, &outcome.sources))
                .collect();
            all.join("\n")
        }
        Format::Json => {
            let all = outcome
                .plans
                .iter()
                .map(|plan| to_json(plan, &outcome.sources));
            format!("{:#}\n", all.collect::<serde_json::Value>())
        }
    };
    data(text.as_bytes())?;
    Ok(ExitCode::from(OK))
}
