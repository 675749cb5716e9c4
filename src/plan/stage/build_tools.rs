//! `build_tools`: compilers and the Python tools that build wheels.
//!
//! Rust is not in it, nor CUDA: steps that compile bind them, which saves a copy.

use crate::check::WheelBuilderPackages;
use crate::plan::builder::Builder;
use crate::plan::component::{apt, dnf, uv, wheels};
use crate::plan::script::native as script;
use crate::plan::{Action, Base, Stage, Step, extend};
use crate::spec::ExtendedStage;

/// Plans the stage.
pub(in crate::plan) fn build_tools(builder: &mut Builder<'_>) -> String {
    builder.stage("build_tools", |builder| {
        let resolved = builder.resolved;
        let native = !resolved.components.is_empty() || resolved.ffmpeg.is_some();
        let tools: Vec<_> = resolved
            .python_tools
            .iter()
            .chain(resolved.native_tools.iter().filter(|_| native))
            .collect();
        let names: Vec<String> = tools.iter().map(|tool| tool.value.clone()).collect();
        let title = format!("install {}", names.join(" "));
        let python = &resolved.python.value;
        let script = script::environment(&uv::program(), python, wheels::TOOLS, names);
        let mut run = uv::run(resolved, script.args, None);
        run.mounts.push(script.mount);
        let environment = Step {
            title,
            component: None,
            places: tools.iter().map(|tool| tool.span).collect(),
            action: Action::Run(run),
        };
        let base = &resolved.images.wheel_builder;
        let packages = match &resolved.packages.wheel_builder {
            WheelBuilderPackages::Apt(all) => {
                apt::install(resolved, base, "install compilers", all)
            }
            WheelBuilderPackages::Dnf(all) => {
                dnf::install(resolved, base, "install compilers", all)
            }
        };
        let extra = extend::steps(builder, ExtendedStage::BuildTools);
        Stage {
            name: "build_tools".to_owned(),
            base: Base::of(base),
            steps: packages
                .into_iter()
                .chain([environment])
                .chain(extra)
                .collect(),
        }
    })
}
