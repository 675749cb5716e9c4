//! Packages of AlmaLinux, in the stage that builds wheels for every Linux.

use crate::check::Resolved;
use crate::diagnostic::Spanned;
use crate::image::Reference;
use crate::plan::action::{Action, EnvChange, Run};
use crate::plan::{Step, cache, script, title};

/// Installs packages on what stands on `base`; nothing when there are none.
pub(in crate::plan) fn install<T: std::fmt::Display>(
    resolved: &Resolved,
    base: &Spanned<Reference>,
    title: &str,
    packages: &[Spanned<T>],
) -> Option<Step> {
    if packages.is_empty() {
        return None;
    }
    let names: Vec<String> = packages
        .iter()
        .map(|package| package.value.to_string())
        .collect();
    let script = script::dnf_install(names.iter().cloned());
    let run = Run {
        env: vec![
            EnvChange::set("RETRIES", resolved.transfer.retries.to_string()),
            EnvChange::set("TIMEOUT", resolved.transfer.timeout.to_string()),
        ],
        mounts: vec![cache::dnf(resolved, &base.value), script.mount],
        network: true,
        ..Run::new(script.args)
    };
    Some(Step {
        title: format!("{title}: {}", title::list(&names)),
        component: None,
        places: packages.iter().map(|package| package.span).collect(),
        action: Action::Run(run),
    })
}
