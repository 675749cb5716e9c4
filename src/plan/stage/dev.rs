//! `dev`: the runtime with compilers, tools and the sources, as root.

use super::runtime;
use crate::check::Engine;
use crate::plan::builder::Builder;
use crate::plan::component::{developer, native, rust, workspace};
use crate::plan::{Base, Stage};

/// Plans the stage.
pub(in crate::plan) fn dev(builder: &mut Builder<'_>) -> String {
    let base = runtime(builder);
    let native = match builder.resolved.engine {
        // Its runtime has NIXL as a wheel alone.
        Engine::Sglang(_) => native::links(builder),
        Engine::Dynamo | Engine::Vllm(_) | Engine::Trtllm(_) => Vec::new(),
    };
    builder.stage("dev", |builder| {
        let resolved = builder.resolved;
        let sources = &resolved.repository.workspace;
        let mut steps = Vec::new();
        steps.extend(developer::tools(resolved));
        steps.extend([
            developer::requirements(resolved),
            developer::editable(resolved),
            developer::profile(resolved),
        ]);
        steps.extend(native);
        steps.extend([
            rust::link(resolved),
            workspace::link(resolved, "add the sources", sources),
        ]);
        Stage {
            name: "dev".to_owned(),
            base: Base::Stage(base),
            steps,
        }
    })
}
