//! `epp`: the endpoint picker of the inference gateway, alone in its image.

use crate::plan::action::{Action, Link, LinkedFile, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::{apt, epp as component};
use crate::plan::{Base, Stage, Step, extend};
use crate::spec::ExtendedStage;

/// Plans the stage.
pub(in crate::plan) fn epp(builder: &mut Builder<'_>) -> String {
    let program = Tree::Stage(component::program(builder));
    builder.stage("epp", |builder| {
        let resolved = builder.resolved;
        let base = &resolved.images.epp_base;
        let packages = &resolved.packages.epp;
        let extra = extend::steps(builder, ExtendedStage::Epp);
        Stage {
            name: "epp".to_owned(),
            base: Base::of(base),
            steps: apt::install(resolved, base, "install system packages", packages)
                .into_iter()
                .chain(apt::install(
                    resolved,
                    base,
                    "install packages",
                    &resolved.extra_apt,
                ))
                .chain([link(program, resolved.dynamo.place())])
                .chain(extra)
                .collect(),
        }
    })
}

/// Puts the program into an image.
pub(super) fn link(tree: Tree, place: crate::diagnostic::Span) -> Step {
    Step {
        title: "add the endpoint picker".to_owned(),
        component: Some("epp".to_owned()),
        places: vec![place],
        action: Action::Link(Link {
            tree,
            files: vec![LinkedFile {
                mode: Some(0o755),
                ..LinkedFile::of_root("/epp", "/epp")
            }],
        }),
    }
}
