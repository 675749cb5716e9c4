//! `wheel_builder`: the build tools with everything that the steps that compile
//! bind, as an image to look into and to compile in by hand.

use super::build_tools;
use crate::check::Resolved;
use crate::plan::action::{Action, EnvChange, Link, LinkedFile, Tree};
use crate::plan::builder::Builder;
use crate::plan::component::{compile, native, protoc, rust, uv, wheels};
use crate::plan::{Base, Stage, Step, extend};
use crate::spec::ExtendedStage;

/// Plans the stage.
pub(in crate::plan) fn wheel_builder(builder: &mut Builder<'_>) -> String {
    let tools = build_tools(builder);
    let crates = wheels::crates(builder, &tools);
    let components = native::complete_links(builder);
    let protoc = protoc::stage(builder);
    builder.stage("wheel_builder", |builder| {
        let resolved = builder.resolved;
        let link = Link {
            tree: Tree::Stage(crates),
            files: vec![LinkedFile::of_root("/", wheels::CRATES)],
        };
        let crates = Step {
            title: "add the crates".to_owned(),
            component: None,
            places: wheels::place(resolved),
            action: Action::Link(link),
        };
        let mut steps = vec![uv::link(resolved), rust::link(resolved), crates];
        steps.extend(compile::link_cuda(resolved));
        steps.extend(protoc.and_then(|stage| protoc::link(resolved, &stage)));
        steps.extend(components);
        steps.extend(extend::steps(builder, ExtendedStage::WheelBuilder));
        Stage {
            name: "wheel_builder".to_owned(),
            base: Base::Stage(tools),
            steps,
        }
    })
}

/// The variables of the image, with which the steps of a build compile too.
pub(in crate::plan) fn env(resolved: &Resolved) -> Vec<(String, EnvChange)> {
    let mut env = rust::env();
    env.push(EnvChange::programs(&[&format!("{}/bin", wheels::TOOLS)]));
    env.extend(compile::compilers(resolved));
    env.extend([
        EnvChange::set("CARGO_BUILD_JOBS", resolved.cargo_jobs.to_string()),
        EnvChange::set("CARGO_TARGET_DIR", wheels::TARGET),
    ]);
    if resolved.cuda.is_some() {
        env.extend(compile::cuda_env(resolved));
        let capabilities = "video,compute,utility";
        env.push(EnvChange::set("NVIDIA_DRIVER_CAPABILITIES", capabilities));
    }
    env.extend(protoc::env(resolved));
    env.extend(native::env(resolved));
    env.extend(EnvChange::libraries(native::libraries(resolved)));
    env
}
