//! `dynamo-frontend graph`.

use std::process::ExitCode;

use serde_json::Value;

use super::output::{CliError, FINDINGS, OK, data};
use super::{SpecArguments, input};
use crate::plan::{graph_to_json, to_dot, to_html, to_mermaid};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// How to draw the graph
    #[arg(long, value_enum, default_value_t = Language::Mermaid)]
    format: Language,
}

/// How a graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Language {
    /// A flowchart for Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// A page to be read in a browser, the same of all platforms
    Html,
    /// For programs
    Json,
}

/// Draws the plan of each platform, each as a document of its own but in HTML.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    let outcome = input::outcome(&arguments.spec)?;
    let plans = &outcome.plans;
    if !input::goes_on(&outcome) {
        return Ok(ExitCode::from(FINDINGS));
    }
    let text = match arguments.format {
        Language::Mermaid => plans.iter().map(to_mermaid).collect::<Vec<_>>().join("\n"),
        Language::Dot => plans.iter().map(to_dot).collect::<Vec<_>>().join("\n"),
        Language::Html => to_html(plans, &outcome.sources),
        Language::Json => {
            let all: Value = plans.iter().map(graph_to_json).collect();
            format!("{all:#}\n")
        }
    };
    data(text.as_bytes())?;
    Ok(ExitCode::from(OK))
}
