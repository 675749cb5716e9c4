//! Files of a build context on this machine that a spec names and that are not
//! there.

use std::fs;
use std::path::Path;

use super::output::CliError;
use crate::diagnostic::Diagnostic;
use crate::emit::TakenFrom;
use crate::pipeline::Outcome;
use crate::pipeline::missing::{
    Absence, Checkout, chosen_dynamo, context_files, nearest_name, not_there,
};

/// What is not there in a folder that is the build context.
pub(super) fn missing(folder: &str, outcome: &Outcome) -> Result<Vec<Diagnostic>, CliError> {
    let root = Path::new(folder);
    if !root.is_dir() {
        return Err(CliError::Usage(format!(
            "there is no folder `{folder}`\n\
             help: give the folder that stands at the end of `docker buildx build`"
        )));
    }
    let mut found = Vec::new();
    for plan in &outcome.plans {
        let mut checkout = Checkout::default();
        for file in context_files(plan, &outcome.sources) {
            // A link that leads nowhere is there.
            let is_missing = fs::symlink_metadata(root.join(file.path)).is_err();
            if file.of_dynamo {
                checkout.add(file.path, is_missing);
            } else if is_missing {
                let why = near(root, file.path);
                found.push(not_there(&TakenFrom::Context, file.path, file.place, &why));
            }
        }
        found.extend(checkout.finding(chosen_dynamo(outcome, plan)));
    }
    Ok(found)
}

/// What else is in the folder of a path that is spelt nearly so.
fn near(root: &Path, path: &str) -> Absence {
    let (folder, _) = path.rsplit_once('/').unwrap_or(("", path));
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let beside: Vec<String> = names
        .map(|name| match folder {
            "" => name,
            folder => format!("{folder}/{name}"),
        })
        .collect();
    let near = nearest_name(path, beside.iter().map(String::as_str));
    near.map_or(Absence::Unknown, |near| Absence::Near(near.to_owned()))
}
