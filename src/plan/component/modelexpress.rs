//! `ModelExpress`'s Python client, which moves weights from instance to instance.

use super::account::owner;
use super::{python, repository};
use crate::check::Resolved;
use crate::plan::action::Mount;
use crate::plan::{Step, script};

/// Where its repository is bound.
const SOURCES: &str = "/run/modelexpress";
/// The package in it.
const CLIENT: &str = "/run/modelexpress/modelexpress_client/python";

/// Installs the client, when the image has the feature.
pub(in crate::plan) fn install(resolved: &Resolved) -> Option<Step> {
    let git = resolved.modelexpress.as_ref()?;
    let sources = Mount::Bind {
        tree: repository::owned(git, false, owner(resolved), ""),
        source: "/".to_owned(),
        target: SOURCES.to_owned(),
        // Builds write beside the sources.
        scratch: true,
    };
    let args = script::python::install(python::install(resolved, [CLIENT.to_owned()]));
    let step = python::step(
        resolved,
        format!("install ModelExpress {}", git.reference.value),
        vec![git.reference.span],
        args,
        Some(sources),
    );
    Some(Step {
        component: Some("modelexpress".to_owned()),
        ..step
    })
}
