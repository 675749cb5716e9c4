//! `build_tools`: compilers and the Python tools that build wheels.
//!
//! Rust is not in it: steps that compile bind it, which saves a copy.

use crate::check::WheelBuilderPackages;
use crate::plan::builder::Builder;
use crate::plan::component::{apt, dnf, uv, wheels};
use crate::plan::{Action, Base, Stage, Step};

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
        let python = format!("{}/bin/python", wheels::TOOLS);
        let uv_step = |title: String, args: Vec<String>| Step {
            title,
            component: None,
            places: tools.iter().map(|tool| tool.span).collect(),
            action: Action::Run(uv::run(resolved, args, None)),
        };
        let venv = [
            &uv::program(),
            "venv",
            "--python",
            &resolved.python.value,
            wheels::TOOLS,
        ];
        let install = [&uv::program(), "pip", "install", "--python", &python];
        let install = install
            .map(str::to_owned)
            .into_iter()
            .chain(names.iter().cloned())
            .collect();
        let base = &resolved.images.wheel_builder;
        let packages = match &resolved.packages.wheel_builder {
            WheelBuilderPackages::Apt(all) => {
                apt::install(resolved, base, "install compilers", all)
            }
            WheelBuilderPackages::Dnf(all) => {
                dnf::install(resolved, base, "install compilers", all)
            }
        };
        Stage {
            name: "build_tools".to_owned(),
            base: Base::of(base),
            steps: packages
                .into_iter()
                .chain([
                    uv_step(
                        "make the environment of the build tools".to_owned(),
                        venv.map(str::to_owned).to_vec(),
                    ),
                    uv_step(format!("install {}", names.join(" ")), install),
                ])
                .collect(),
        }
    })
}
