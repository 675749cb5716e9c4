//! The KV block manager's wheel: a crate with a lock file of its own in the
//! Dynamo repository, compiled against NIXL.

use super::compile::{self, Recipe};
use super::sccache::Caller;
use super::{nixl, repository, ucx, wheels};
use crate::plan::action::EnvChange;
use crate::plan::builder::Builder;
use crate::plan::cache;
use crate::plan::stage::build_tools;
use crate::spec::Feature;

/// The stage.
const NAME: &str = "kvbm";

/// Plans the stage, if the image has the feature and there are sources.
pub(super) fn stage(builder: &mut Builder<'_>) -> Option<String> {
    let resolved = builder.resolved;
    if !resolved.has(Feature::Kvbm) || !repository::exists(resolved) {
        return None;
    }
    let tools = build_tools(builder);
    let needs = wheels::Needs::plan(builder, &tools);
    let nixl = nixl::stage(builder);
    let ucx = ucx::stage(builder);
    Some(builder.stage(NAME, |_| {
        let repository = &resolved.repository;
        let mut run = wheels::maturin(
            resolved,
            &needs,
            &repository.kvbm,
            wheels::sources(
                resolved,
                &repository.rust_sources,
                std::slice::from_ref(&repository.gpu_memory_service),
            ),
            wheels::unrepaired(resolved),
        );
        run.mounts
            .push(cache::cargo_target_of_kvbm(resolved, wheels::TARGET));
        compile::add_cuda(resolved, &mut run);
        let mut libraries = Vec::new();
        if let Some(nixl) = &nixl {
            let prefix = nixl::prefix(resolved);
            run.mounts.push(compile::bind(nixl, prefix));
            run.env.push(EnvChange::set("NIXL_PREFIX", prefix));
            libraries.push(nixl::libraries(resolved));
        }
        if let Some(ucx) = &ucx {
            run.mounts.push(compile::bind(ucx, ucx::PREFIX));
            libraries.push(format!("{}/lib", ucx::PREFIX));
        }
        run.env.extend(EnvChange::libraries(libraries));
        let recipe = Recipe {
            name: NAME,
            title: "compile the wheel of the KV block manager".to_owned(),
            places: wheels::place(resolved),
            caller: Caller::Cargo,
        };
        recipe.stage(resolved, tools, run)
    }))
}
