//! `dev`: the runtime with compilers, tools and the sources, as root.
//!
//! In two stages: what is installed, and the trees laid over it. `local-dev` has
//! a step between them, and no step is to run again because an example has
//! changed.

use super::runtime;
use crate::plan::builder::Builder;
use crate::plan::component::{developer, launch_screen, legal, rust, workspace};
use crate::plan::{Base, Stage, Step, framework};

/// Plans the stage.
pub(in crate::plan) fn dev(builder: &mut Builder<'_>) -> String {
    let base = tools(builder);
    let trees = trees(builder);
    builder.stage("dev", |_| Stage {
        name: "dev".to_owned(),
        base: Base::Stage(base),
        steps: trees,
    })
}

/// Plans the stage of what is installed.
pub(super) fn tools(builder: &mut Builder<'_>) -> String {
    let base = runtime(builder);
    builder.stage("dev_tools", |builder| {
        let resolved = builder.resolved;
        let mut steps: Vec<Step> = developer::tools(resolved).into_iter().collect();
        steps.extend([
            developer::requirements(resolved),
            developer::editable(resolved),
            developer::profile(resolved),
        ]);
        Stage {
            name: "dev_tools".to_owned(),
            base: Base::Stage(base),
            steps,
        }
    })
}

/// What a development image ends with.
pub(super) fn trees(builder: &mut Builder<'_>) -> Vec<Step> {
    let mut steps = framework::all_trees(builder);
    let resolved = builder.resolved;
    steps.extend([
        rust::link(resolved),
        launch_screen::link(resolved, "runtime.txt"),
        legal::link(resolved),
        workspace::link(resolved, "add the sources", &resolved.repository.workspace),
    ]);
    steps
}
