//! The report as Markdown.

use super::{BuildReport, Outcome, Report};
use crate::diagnostic::{
    Code, markdown_block as block, markdown_code as code, markdown_escaped as escaped,
};

/// The page: how many, each build, why some failed, what there is not.
pub(super) fn page(report: &Report) -> String {
    let mut blocks = vec![
        format!("## Images of {}", escaped(&report.version)),
        report.count.to_string(),
    ];
    if !report.builds.is_empty() {
        blocks.push(table(&report.builds));
    }
    blocks.extend(report.builds.iter().filter_map(failure));
    if !report.left_out.is_empty() {
        let line = |what: &str, reason: &str| format!("- {}: {}", escaped(what), escaped(reason));
        let left_out = report.left_out.iter();
        let lines: Vec<String> = left_out.map(|one| line(&one.what, &one.reason)).collect();
        blocks.push("### Left out".to_owned());
        blocks.push(lines.join("\n"));
    }
    format!("{}\n", blocks.join("\n\n"))
}

fn table(builds: &[BuildReport]) -> String {
    let head = "| build | | time | image | digest |\n|---|---|---|---|---|";
    let rows = builds.iter().map(row);
    [head.to_owned()]
        .into_iter()
        .chain(rows)
        .collect::<Vec<String>>()
        .join("\n")
}

fn row(build: &BuildReport) -> String {
    let word = build.outcome.word();
    let (state, digest) = match &build.outcome {
        Outcome::Built { digest } => (word.to_owned(), digest.as_deref()),
        Outcome::Failed { .. } => (format!("**{word}**"), None),
        Outcome::Skipped { reason } => (format!("{word}: {}", escaped(reason)), None),
        Outcome::Cancelled | Outcome::Exists { .. } => (word.to_owned(), None),
    };
    let shown = |text: Option<&str>| text.map(code).unwrap_or_default();
    let cells = [
        code(&build.name),
        state,
        build.time().unwrap_or_default(),
        shown(build.tags.first().map(String::as_str)),
        shown(digest),
    ];
    format!("| {} |", cells.join(" | "))
}

/// Why a build failed, with the end of its progress folded.
fn failure(build: &BuildReport) -> Option<String> {
    let Outcome::Failed { failure } = &build.outcome else {
        return None;
    };
    let place = failure.place().map(|place| format!("{}: ", code(&place)));
    let codes = Code::ALL.iter();
    let rule = codes.filter(|code| Some(code.name()) == failure.rule);
    let rule = rule.map(|code| format!(" ([{}]({}))", code.name(), code.url()));
    Some(format!(
        "### {} failed\n\n{}{}{}\n\n<details><summary>the end of its progress</summary>\n\n\
         {}\n\n</details>",
        code(&build.name),
        place.unwrap_or_default(),
        code(&failure.message),
        rule.collect::<String>(),
        block(&failure.text),
    ))
}
