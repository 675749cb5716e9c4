//! The AWS EFA layer: the libraries of the network of Amazon's machines.
//!
//! Below Dynamo, because its installer changes least of all; what stands on the
//! runtime has it too.

use super::apt;
use crate::check::Resolved;
use crate::plan::Step;
use crate::plan::action::{Action, Mount, Tree};
use crate::plan::script::efa as script;

/// Where the installer is bound: the folder of its archive.
const INSTALLER: &str = "/run/efa";

/// Installs it, in an image that has it.
pub(in crate::plan) fn install(resolved: &Resolved) -> Option<Step> {
    let efa = resolved.efa.as_ref()?;
    let installer = &efa.installer;
    let verify = (!efa.verify).then(|| "--no-verify".to_owned());
    let mut run = apt::run(resolved, &resolved.images.runtime, script::install(verify));
    INSTALLER.clone_into(&mut run.cwd);
    run.mounts.push(Mount::Bind {
        tree: Tree::Archive {
            url: installer.url.value.clone(),
            checksum: installer.checksum.as_ref().map(|sum| sum.value.clone()),
            key: installer.key.clone(),
            place: installer.url.span,
            of_catalog: installer.of_catalog,
        },
        source: "/aws-efa-installer".to_owned(),
        target: INSTALLER.to_owned(),
        // It writes what it did beside itself.
        scratch: true,
    });
    let checksum = installer.checksum.as_ref().map(|sum| sum.span);
    Some(Step {
        title: format!("install EFA {}", installer.version.value),
        component: Some("efa".to_owned()),
        places: [efa.place, installer.version.span]
            .into_iter()
            .chain(checksum)
            .collect(),
        action: Action::Run(run),
    })
}
