//! The wheel of the GPU memory service, a Python package of its own in the
//! Dynamo repository. It may have an extension in C++.

use super::compile::{self, OUT, Recipe};
use super::sccache::Caller;
use super::{repository, uv, wheels};
use crate::plan::builder::Builder;
use crate::plan::stage::build_tools;
use crate::spec::Feature;

/// The stage.
const NAME: &str = "gpu_memory_service";

/// Plans the stage, if the image has the feature and there are sources.
pub(super) fn stage(builder: &mut Builder<'_>) -> Option<String> {
    let resolved = builder.resolved;
    if !resolved.has(Feature::GpuMemoryService) || !repository::exists(resolved) {
        return None;
    }
    let tools = build_tools(builder);
    Some(builder.stage(NAME, |_| {
        let folder = &resolved.repository.gpu_memory_service;
        let paths = std::slice::from_ref(folder);
        let mut run = uv::run(resolved, wheels::build(OUT), None);
        run.env.extend(compile::env(resolved));
        run.mounts.push(wheels::sources(resolved, paths, &[]));
        run.cwd = format!("{}/{folder}", wheels::SOURCES);
        run.output = Some(OUT.to_owned());
        compile::add_cuda(resolved, &mut run);
        let recipe = Recipe {
            name: NAME,
            title: "build the wheel of the GPU memory service".to_owned(),
            places: wheels::place(resolved),
            caller: Caller::Compiler,
        };
        recipe.stage(resolved, tools, run)
    }))
}
