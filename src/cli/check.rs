//! `dynamo-frontend check`.

use std::io;
use std::process::ExitCode;

use clap::ValueHint;

use super::output::{CliError, FINDINGS, Manner, OK, data};
use super::{SpecArguments, context_files, host, input};
use crate::diagnostic::{Severity, to_github, to_gitlab, to_json, to_sarif, to_terminal};
use crate::pipeline;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// How to write the findings
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The build context, to look for the files that the spec names
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    context: Option<String>,
}

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// Annotations of a pull request, as GitHub Actions reads them from a log
    Github,
    /// A code quality report, which GitLab shows in a merge request
    Gitlab,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
}

impl Format {
    /// Whether it is read by a service that knows files by their path in a repository,
    /// whatever folder a job is in.
    fn is_for_repositories(self) -> bool {
        matches!(self, Self::Github | Self::Gitlab | Self::Sarif)
    }
}

/// What to do about a spec that Docker would take for a Dockerfile. No finding: it is
/// right for this program, and for a build with `BUILDKIT_SYNTAX`.
const NO_FRONTEND: &str = "help: Docker takes a file for a Dockerfile unless its first line names a frontend: begin with `# syntax=nvidia/dynamo-frontend:1`";

/// Prints every finding; they are the data of this command.
pub(super) fn run(arguments: &Arguments, manner: Manner) -> Result<ExitCode, CliError> {
    let mut outcome = input::outcome(&arguments.spec)?;
    if let Some(folder) = &arguments.context {
        let missing = context_files::missing(folder, &arguments.spec.file, &outcome)?;
        outcome.diagnostics.extend(missing);
    }
    pipeline::lint(&mut outcome);
    if arguments.format.is_for_repositories()
        && input::read_once(&arguments.spec.file).is_none()
        && let Some(path) = host::path_in_checkout(&arguments.spec.file)?
    {
        outcome.sources.name_spec(&path);
    }
    let found = outcome.diagnostics.sorted();
    let sources = &outcome.sources;
    let text = match arguments.format {
        Format::Json => format!("{:#}\n", to_json(&found, sources)),
        Format::Gitlab => format!("{:#}\n", to_gitlab(&found, sources)),
        Format::Sarif => format!("{:#}\n", to_sarif(&found, sources)),
        Format::Github => to_github(&found, sources),
        Format::Text if found.is_empty() => String::new(),
        Format::Text => {
            let screen = manner.screen(&io::stdout());
            format!("{}\n", to_terminal(&found, sources, screen))
        }
    };
    data(text.as_bytes())?;
    let number = |severity| found.iter().filter(|one| one.severity == severity).count();
    let (errors, warnings) = (number(Severity::Error), number(Severity::Warning));
    if arguments.format == Format::Text {
        let notes = found.len() - errors - warnings;
        manner.note(&summary(errors, warnings, notes));
        if !outcome.names_frontend() {
            manner.note(NO_FRONTEND);
        }
    }
    // A note is nothing that the user could mend.
    let clean = errors + warnings == 0;
    Ok(ExitCode::from(if clean { OK } else { FINDINGS }))
}

/// The last line, apart from what was found above it.
fn summary(errors: usize, warnings: usize, notes: usize) -> String {
    if errors + warnings + notes == 0 {
        return "no findings".to_owned();
    }
    let mut text = format!(
        "\n{}, {}",
        count(errors, "error"),
        count(warnings, "warning")
    );
    if notes > 0 {
        text.push_str(", ");
        text.push_str(&count(notes, "note"));
    }
    text
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
