//! What can be built in place of the spec's target: `frontend.targets`.
//!
//! Owns the list. Which targets there are is the catalog's.

use serde::Serialize;

use super::error::FrontendError;
use super::parameters::{Location, spec_text};
use super::result::SubrequestResult;
use super::table::table;
use crate::catalog;
use crate::catalog::Combination;
use crate::check::Resolved;
use crate::diagnostic::Sources;
use crate::spec::{CHECK_IMAGE, Target};

/// The version of the answer's form.
pub(super) const VERSION: &str = "1.0.0";

#[derive(Serialize)]
struct List {
    targets: Vec<Entry>,
    sources: Vec<String>,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    default: bool,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

/// Every target of the framework on the device, the spec's own as the default, and
/// the checks of that one.
/// One that needs Dynamo from somewhere else than the spec says so.
pub(super) fn answer(
    resolved: &Resolved,
    sources: &Sources,
) -> Result<SubrequestResult, FrontendError> {
    let release = catalog::release(&resolved.release).map_err(FrontendError::bug)?;
    let file = release.frameworks.get(&resolved.framework.value);
    let rows = file.into_iter().flat_map(|file| &file.content.combinations);
    let rows: Vec<_> = rows
        .filter(|row| row.device.value == resolved.device.value)
        .collect();
    let source = resolved.dynamo.word();
    let known = Target::ALL.iter().copied();
    let known = known.filter(|target| rows.iter().any(|row| row.targets.contains(target)));
    let targets = known.map(|target| {
        let chosen = Some(&resolved.target).filter(|chosen| chosen.value == target);
        Entry {
            name: target.word(),
            default: chosen.is_some(),
            description: description(target, &rows, source),
            location: chosen.and_then(|chosen| Location::of(chosen.span, sources)),
        }
    });
    let checks = resolved.target.value.is_image().then(|| Entry {
        name: CHECK_IMAGE,
        default: false,
        description: format!(
            "reports of the checks of `{}`, and no image",
            resolved.target.value
        ),
        location: None,
    });
    let list = List {
        targets: targets.chain(checks).collect(),
        sources: spec_text(sources),
    };
    Ok(SubrequestResult {
        version: VERSION.to_owned(),
        json: serde_json::to_vec_pretty(&list).map_err(FrontendError::bug)?,
        text: Some(text(&list)),
        status_code: None,
    })
}

fn text(list: &List) -> String {
    let names: Vec<String> = list
        .targets
        .iter()
        .map(|target| {
            let default = if target.default { " (default)" } else { "" };
            format!("{}{default}", target.name)
        })
        .collect();
    let rows = names
        .iter()
        .zip(&list.targets)
        .map(|(name, target)| [name.as_str(), target.description.as_str()]);
    let rows: Vec<_> = [["TARGET", "DESCRIPTION"]]
        .into_iter()
        .chain(rows)
        .collect();
    table(&rows, 1)
}

fn description(target: Target, rows: &[&Combination], source: &str) -> String {
    let rows = rows.iter().filter(|row| row.targets.contains(&target));
    let sources: Vec<&str> = rows
        .flat_map(|row| &row.sources)
        .map(String::as_str)
        .collect();
    if sources.contains(&source) {
        return about(target).to_owned();
    }
    let others = sources.join("` or `");
    format!("{}; with `dynamo.source` `{others}`", about(target))
}

fn about(target: Target) -> &'static str {
    match target {
        Target::Runtime => "the image that serves",
        Target::Dev => "the runtime with compilers and tools, as root",
        Target::LocalDev => "the dev image with your own uid and gid",
        Target::Frontend => "the HTTP frontend alone",
        Target::Test => "the runtime with the test requirements",
        Target::Framework => "the engine's environment before Dynamo is added",
        Target::Wheels => "the built wheels as files, and no image",
        Target::WheelBuilder => "the stage that builds native components and wheels",
        Target::DynamoBase => "the stage that all others stand on",
        Target::Epp => "the endpoint picker of the inference gateway",
        Target::Docs => "the documentation",
    }
}
