//! `dynamo-frontend plan`.

use std::process::ExitCode;

use clap::ValueEnum;

use super::output::{CliError, FINDINGS, OK, data};
use super::{SpecArguments, diff, input};
use crate::plan::{to_json, to_text};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// Show what changes when OTHER becomes this spec: what is added, removed, or
    /// defined otherwise, and which steps run again although nothing changed in them
    #[arg(long, value_name = "OTHER")]
    diff: Option<String>,
    /// How to write the plan
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    format: PlanFormat,
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanFormat {
    /// For people
    Text,
    /// A difference as a comment on a pull request, with `--diff`
    Markdown,
    /// For programs
    Json,
}

/// Prints the plan of each platform, or what is different from another one.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    if let Some(other) = &arguments.diff {
        return diff::run(other, &arguments.spec, arguments.format);
    }
    if arguments.format == PlanFormat::Markdown {
        return Err(CliError::Usage(
            "a plan is no Markdown\nhelp: add `--diff OTHER`, or draw it with `dynamo-frontend graph`"
                .to_owned(),
        ));
    }
    let outcome = input::outcome(&arguments.spec)?;
    if !input::goes_on(&outcome) {
        return Ok(ExitCode::from(FINDINGS));
    }
    let text = if arguments.format == PlanFormat::Json {
        let all = outcome
            .plans
            .iter()
            .map(|plan| to_json(plan, &outcome.sources));
        format!("{:#}\n", all.collect::<serde_json::Value>())
    } else {
        let all = outcome.plans.iter();
        let all: Vec<String> = all.map(|plan| to_text(plan, &outcome.sources)).collect();
        all.join("\n")
    };
    data(text.as_bytes())?;
    Ok(ExitCode::from(OK))
}
