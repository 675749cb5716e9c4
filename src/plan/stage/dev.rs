//! `dev`: the runtime with compilers, tools and the sources, as root.
//!
//! In three stages: tools with what is required, Dynamo, and the trees laid over
//! them. `local-dev` has a step between the last two. No tool is installed again
//! because a source has changed, and nothing at all because an example has.

use super::runtime;
use crate::plan::builder::Builder;
use crate::plan::component::{developer, launch_screen, legal, rust, workspace};
use crate::plan::{Base, Stage, Step, extend, framework};
use crate::spec::ExtendedStage;

/// Plans the stage.
pub(in crate::plan) fn dev(builder: &mut Builder<'_>) -> String {
    let base = packages(builder);
    let ending = ending(builder);
    builder.stage("dev", |_| Stage {
        name: "dev".to_owned(),
        base: Base::Stage(base),
        steps: ending,
    })
}

/// Plans the stage of what is installed, Dynamo last.
pub(super) fn packages(builder: &mut Builder<'_>) -> String {
    let base = tools(builder);
    let mut steps = framework::all_of_dynamo(builder);
    builder.stage("dev_packages", |builder| {
        steps.push(developer::editable(builder.resolved));
        Stage {
            name: "dev_packages".to_owned(),
            base: Base::Stage(base),
            steps,
        }
    })
}

/// Plans the stage of the tools.
fn tools(builder: &mut Builder<'_>) -> String {
    let base = runtime(builder);
    builder.stage("dev_tools", |builder| {
        let resolved = builder.resolved;
        let mut steps: Vec<Step> = developer::tools(resolved).into_iter().collect();
        steps.extend([
            developer::requirements(resolved),
            developer::profile(resolved),
        ]);
        Stage {
            name: "dev_tools".to_owned(),
            base: Base::Stage(base),
            steps,
        }
    })
}

/// What a development image ends with: trees, and what the spec adds to it and to
/// the runtime.
pub(super) fn ending(builder: &mut Builder<'_>) -> Vec<Step> {
    let mut steps = framework::all_trees(builder);
    let resolved = builder.resolved;
    steps.extend([
        rust::link(resolved),
        launch_screen::link(resolved, "runtime.txt"),
        legal::link(resolved),
        workspace::link(resolved, "add the sources", &resolved.repository.workspace),
    ]);
    steps.extend(extend::steps(builder, ExtendedStage::Runtime));
    steps.extend(extend::steps(builder, ExtendedStage::Dev));
    steps
}
