//! `dynamo-frontend explain`.
//!
//! Owns what a name may mean: a rule, a key, a step, in this order. What is told
//! of each is made by the files below.

mod key;
mod page;
mod search;

use std::io;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::output::{CliError, FINDINGS, OK, data, findings, note, screen};
use super::{Format, SpecArguments, input};
use crate::pipeline::Outcome;
use crate::plan::{StepName, explain_step, step_to_text};
use crate::reference;
use search::Meant;

/// What is missing in the answer about a key.
const BROKEN: &str = "the spec has errors, so its values are not told; see `dynamo-frontend check`";

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A key (`components.nixl.ref`, `NIXL_REF`), a rule (`UnknownKey`), or a step as `plan`
    /// shows it (`runtime/3`, or words of its title)
    #[arg(required = true, value_name = "KEY|RULE|STEP")]
    name: Vec<String>,
    #[command(flatten)]
    spec: SpecArguments,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Tells about the one thing that the name means.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    let name = arguments.name.join(" ");
    if let Some(code) = search::rule(&name) {
        let text = page::text(code.page(), screen(&io::stdout()));
        let json = json!({"rule": code.name(), "url": code.url(), "page": code.page()});
        return written(arguments, text, &json);
    }
    let paths = reference::paths();
    let outcome = outcome(&arguments.spec)?;
    let plan = outcome.as_ref().and_then(|outcome| outcome.plans.first());
    let broken = outcome.as_ref().filter(|_| plan.is_none());
    let meant = match search::key(&name, &paths) {
        Some(key) => vec![Meant::Key(key)],
        None => search::nearly(&name, &paths, plan),
    };
    let (text, json) = match (&meant[..], &outcome) {
        ([Meant::Key(path)], _) => {
            if broken.is_some() {
                note(BROKEN);
            }
            key::told(path, &reference::keys()?, outcome.as_ref())
        }
        ([Meant::Step(step)], Some(outcome)) => step_told(step, outcome),
        _ => {
            // The name may be that of a step, if only the spec were right.
            let Some(broken) = broken else {
                return Err(search::refusal(&name, &meant, &paths, plan));
            };
            findings(&broken.diagnostics.errors(), &broken.sources);
            return Ok(ExitCode::from(FINDINGS));
        }
    };
    written(arguments, text, &json)
}

fn written(arguments: &Arguments, text: String, json: &Value) -> Result<ExitCode, CliError> {
    let text = match arguments.format {
        Format::Text => text,
        Format::Json => format!("{json:#}\n"),
    };
    data(text.as_bytes())?;
    Ok(ExitCode::from(OK))
}

/// The step on every platform that has it.
fn step_told(step: &StepName, outcome: &Outcome) -> (String, Value) {
    let stories: Vec<_> = outcome
        .plans
        .iter()
        .filter_map(|plan| explain_step(plan, step, &outcome.sources))
        .collect();
    let texts: Vec<String> = stories.iter().map(step_to_text).collect();
    (texts.join("\n"), json!({"steps": stories}))
}

/// What becomes of the spec; nothing where none is named and none is there.
fn outcome(arguments: &SpecArguments) -> Result<Option<Outcome>, CliError> {
    if arguments.file == super::DEFAULT_FILE && !Path::new(&arguments.file).exists() {
        return Ok(None);
    }
    input::outcome(arguments).map(Some)
}
