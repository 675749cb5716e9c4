//! A `PATH` without what the image has in it: programs of the image, and of every step
//! after it, are not found.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::spec::{EnvTable, Keys, flow};

/// Where an image has its programs. Who names both has thought of the others.
const FOLDERS: [&str; 2] = ["/opt/dynamo/venv/bin", "/usr/bin"];

/// Warns of a `PATH` that has nothing of the image's, of the image and of its steps.
pub(super) fn report(keys: &Keys, diagnostics: &mut Diagnostics) {
    let steps = keys.extend.iter().flat_map(|extend| extend.value.steps());
    let of_steps = steps.filter_map(|(_, step)| step.env.as_ref());
    for env in keys.env.iter().chain(of_steps) {
        table(&env.value, diagnostics);
    }
}

fn table(env: &EnvTable, diagnostics: &mut Diagnostics) {
    for (_, value) in env
        .0
        .iter()
        .filter(|(name, _)| name.value.as_str() == "PATH")
    {
        let text = value.value.as_str();
        let has = |folder: &&str| {
            text.split(':')
                .any(|one| one.trim_end_matches('/') == *folder)
        };
        // One without braces has a rule of its own.
        if text.contains("${PATH}") || text.contains("$PATH") || FOLDERS.iter().all(has) {
            continue;
        }
        let help = if text.is_empty() {
            "leave it out, or add a folder: `\"/opt/tools/bin:${PATH}\"`".to_owned()
        } else {
            format!("write `{}`", flow::scalar(&format!("{text}:${{PATH}}")))
        };
        diagnostics.push(
            Diagnostic::warning(
                Code::ReplacedPath,
                value.span,
                "this `PATH` takes the place of the one that the image has",
            )
            .note("programs in other folders are not found")
            .help(help),
        );
    }
}
