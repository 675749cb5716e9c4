//! `efa`: the AWS EFA layer, on a runtime or on a development image.

use crate::plan::action::{Action, Mount, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::apt;
use crate::plan::script::efa as script;
use crate::plan::{Base, Stage, Step, framework};
use crate::spec::Target;

/// Where the installer is bound: the folder of its archive.
const INSTALLER: &str = "/run/efa";

/// Plans the stage on another one, and nothing when the image has no such layer.
pub(in crate::plan) fn efa(builder: &mut Builder<'_>, base: String) -> String {
    let resolved = builder.resolved;
    let Some(efa) = &resolved.efa else {
        return base;
    };
    let trees = match resolved.target.value {
        Target::Runtime => framework::ending(builder),
        // These end with more.
        _ => Vec::new(),
    };
    builder.stage("efa", |_| {
        let installer = &efa.installer;
        let verify = (!efa.verify).then(|| "--no-verify".to_owned());
        let mut run = apt::run(resolved, &resolved.images.runtime, script::install(verify));
        INSTALLER.clone_into(&mut run.cwd);
        run.mounts.push(Mount::Bind {
            tree: Tree::Archive {
                url: installer.url.value.clone(),
                checksum: installer.checksum.as_ref().map(|sum| sum.value.clone()),
                place: installer.url.span,
            },
            source: "/aws-efa-installer".to_owned(),
            target: INSTALLER.to_owned(),
            // It writes what it did beside itself.
            scratch: true,
        });
        let checksum = installer.checksum.as_ref().map(|sum| sum.span);
        let step = Step {
            title: format!("install EFA {}", installer.version.value),
            component: Some("efa".to_owned()),
            places: [efa.place, installer.version.span]
                .into_iter()
                .chain(checksum)
                .collect(),
            action: Action::Run(run),
        };
        Stage {
            name: "efa".to_owned(),
            base: Base::Stage(base),
            steps: [step].into_iter().chain(trees).collect(),
        }
    })
}
