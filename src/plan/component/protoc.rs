//! The protobuf compiler, where the distribution's is too old.

use super::wheels;
use crate::check::Resolved;
use crate::plan::action::{Action, EnvChange, Link, LinkedFile, Mount, Run, Tree};
use crate::plan::builder::Builder;
use crate::plan::script::native as script;
use crate::plan::stage::build_tools;
use crate::plan::{Base, Stage, Step};

/// Where a step finds it.
const FOLDER: &str = "/opt/protoc";
/// Where its archive is bound.
const ARCHIVE: &str = "/run/protoc.zip";
/// Where an image has it.
const PREFIX: &str = "/usr/local";

/// Plans the stage that unpacks it, if it is used.
pub(in crate::plan) fn stage(builder: &mut Builder<'_>) -> Option<String> {
    let protoc = builder.resolved.protoc.as_ref()?;
    let tools = build_tools(builder);
    Some(builder.stage("protoc", |_| {
        let python = format!("{}/bin/python", wheels::TOOLS);
        let script = script::unzip(&python, ARCHIVE, FOLDER);
        let archive = Mount::Bind {
            tree: Tree::Download {
                url: protoc.url.value.clone(),
                checksum: protoc.checksum.as_ref().map(|sum| sum.value.clone()),
                key: protoc.key.clone(),
                name: "protoc.zip".to_owned(),
                place: protoc.url.span,
                of_catalog: protoc.of_catalog,
            },
            source: "/protoc.zip".to_owned(),
            target: ARCHIVE.to_owned(),
            scratch: false,
        };
        let run = Run {
            mounts: vec![archive, script.mount],
            output: Some(FOLDER.to_owned()),
            ..Run::new(script.args)
        };
        let step = Step {
            title: format!("unpack protoc {}", protoc.version.value),
            component: Some("protoc".to_owned()),
            places: vec![protoc.version.span],
            action: Action::Run(run),
        };
        Stage {
            name: "protoc".to_owned(),
            base: Base::Stage(tools),
            steps: vec![step],
        }
    }))
}

/// Makes what [`stage`] left available to a step.
pub(in crate::plan) fn add(stage: Option<&str>, run: &mut Run) {
    let Some(stage) = stage else { return };
    run.mounts.push(Mount::Bind {
        tree: Tree::Stage(stage.to_owned()),
        source: "/".to_owned(),
        target: FOLDER.to_owned(),
        scratch: false,
    });
    run.env
        .push(EnvChange::set("PROTOC", format!("{FOLDER}/bin/protoc")));
}

/// Puts it into an image.
pub(in crate::plan) fn link(resolved: &Resolved, stage: &str) -> Option<Step> {
    let protoc = resolved.protoc.as_ref()?;
    let folder = |name: &str| LinkedFile::of_root(format!("/{name}"), format!("{PREFIX}/{name}"));
    Some(Step {
        title: format!("add protoc {}", protoc.version.value),
        component: Some("protoc".to_owned()),
        places: vec![protoc.version.span],
        action: Action::Link(Link {
            tree: Tree::Stage(stage.to_owned()),
            files: vec![folder("bin/protoc"), folder("include/google")],
        }),
    })
}

/// The variable under which an image has it.
pub(in crate::plan) fn env(resolved: &Resolved) -> Option<(String, EnvChange)> {
    let protoc = resolved.protoc.as_ref();
    protoc.map(|_| EnvChange::set("PROTOC", format!("{PREFIX}/bin/protoc")))
}
