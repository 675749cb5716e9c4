//! `dynamo-frontend plan --diff`.

use std::process::ExitCode;

use super::output::{CliError, FINDINGS, OK, data, findings};
use super::plan::PlanFormat;
use super::{SpecArguments, input};
use crate::emit::{self, BuildContext, Images, Settings};
use crate::pipeline::Outcome;
use crate::plan::{
    Comparison, Diff, Keyed, Plan, StepKeys, diff_to_json, diff_to_markdown, diff_to_text,
};

/// Prints what changes when the other spec becomes this one. A difference is no
/// finding.
pub(super) fn run(
    other: &str,
    spec: &SpecArguments,
    format: PlanFormat,
) -> Result<ExitCode, CliError> {
    if other == "-" && spec.file == "-" {
        return Err(CliError::Usage(
            "standard input can be one spec, and not both\nhelp: name the new one with `-f FILE`"
                .to_owned(),
        ));
    }
    let old = input::outcome_of(other, spec)?;
    let new = input::outcome(spec)?;
    // Of the old spec only what is in the way matters.
    if old.plans.is_empty() {
        findings(&old.diagnostics.sorted(), &old.sources);
    }
    if !input::goes_on(&new) || old.plans.is_empty() {
        return Ok(ExitCode::from(FINDINGS));
    }
    let mut diffs = Vec::new();
    // Both were planned for the same platforms.
    for (was, is) in old.plans.iter().zip(&new.plans) {
        let (old_keys, new_keys) = (keys(was, &old)?, keys(is, &new)?);
        let diff = Diff::new(
            Keyed {
                plan: was,
                keys: &old_keys,
            },
            Keyed {
                plan: is,
                keys: &new_keys,
            },
        );
        diffs.push((is.architecture, diff));
    }
    let comparison = Comparison::new(name(other), name(&spec.file), diffs);
    let text = match format {
        PlanFormat::Text => diff_to_text(&comparison),
        PlanFormat::Markdown => diff_to_markdown(&comparison),
        PlanFormat::Json => format!("{:#}\n", diff_to_json(&comparison)),
    };
    data(text.as_bytes())?;
    Ok(ExitCode::from(OK))
}

/// The digests of the plan's steps, where images are what their tags say. A step
/// that takes files of the build context has those in its own operation; which
/// others a client sends for other steps makes no difference to it.
fn keys(plan: &Plan, outcome: &Outcome) -> Result<StepKeys, CliError> {
    let bug = |error: &dyn std::error::Error| CliError::Graph(error.to_string());
    let settings = Settings {
        context: BuildContext::Local {
            session: None,
            excludes: Vec::new(),
            whole: true,
        },
        ..Settings::default()
    };
    let emitted = emit::emit(plan, &Images::default(), &outcome.sources, &settings)
        .map_err(|error| bug(&error))?;
    emitted.step_keys(plan).map_err(|error| bug(&error))
}

fn name(file: &str) -> &str {
    if file == "-" { "standard input" } else { file }
}
