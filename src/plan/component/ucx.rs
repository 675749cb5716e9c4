//! UCX: the transport under NIXL.

use super::compile::{self, CUDA, OUT, Recipe};
use super::gdrcopy;
use crate::check::Resolved;
use crate::plan::builder::Builder;
use crate::plan::script::native as script;
use crate::plan::stage::build_tools;
use crate::spec::{Component, Device};

/// The stage.
pub(super) const NAME: &str = "ucx";
/// Where it is installed.
pub(super) const PREFIX: &str = "/usr/local/ucx";

/// Options for every device.
const OPTIONS: &[&str] = &[
    "--enable-shared",
    "--disable-static",
    "--disable-doxygen-doc",
    "--enable-optimizations",
    "--enable-cma",
    "--enable-devel-headers",
    "--enable-mt",
    "--with-verbs",
];

/// Plans the stage, if the component is wanted.
pub(super) fn stage(builder: &mut Builder<'_>) -> Option<String> {
    let source = builder.resolved.components.get(&Component::Ucx)?;
    let tools = build_tools(builder);
    let gdrcopy = gdrcopy::stage(builder);
    Some(builder.stage(NAME, |builder| {
        let resolved = builder.resolved;
        let options = options(resolved, gdrcopy.is_some());
        let script = script::autotools(OUT, "./contrib/configure-release", options);
        let mut run = compile::run(resolved, compile::git(source), "", script);
        compile::add_cuda(resolved, &mut run);
        run.mounts
            .extend(gdrcopy.as_deref().map(compile::bind_prefix));
        Recipe::of(NAME, "UCX", source).stage(resolved, tools, run)
    }))
}

/// What it supports follows from the device, and never from what happens to be
/// installed.
fn options(resolved: &Resolved, gdrcopy: bool) -> Vec<String> {
    let mut options = vec![format!("--prefix={PREFIX}")];
    options.extend(OPTIONS.iter().map(|&option| option.to_owned()));
    match resolved.device.value {
        Device::Cuda => {
            options.push(format!("--with-cuda={CUDA}"));
            options.extend(["--with-dm", "--with-efa"].map(str::to_owned));
            options.push(if gdrcopy {
                format!("--with-gdrcopy={}", compile::prefix_of(gdrcopy::NAME))
            } else {
                "--without-gdrcopy".to_owned()
            });
        }
        Device::Xpu => options.extend(["--with-ze", "--without-cuda"].map(str::to_owned)),
        Device::Cpu => options.push("--without-cuda".to_owned()),
    }
    options
}
