//! libfabric: the transport of EFA, on CUDA.

use super::compile::{self, CUDA, OUT, Recipe};
use super::gdrcopy;
use crate::plan::builder::Builder;
use crate::plan::script::native as script;
use crate::plan::stage::build_tools;
use crate::spec::Component;

/// The stage.
pub(super) const NAME: &str = "libfabric";
/// Where it is installed.
pub(super) const PREFIX: &str = "/usr/local/libfabric";

/// Options that depend on nothing.
const OPTIONS: &[&str] = &[
    "--disable-verbs",
    "--disable-psm3",
    "--disable-opx",
    "--disable-usnic",
    "--disable-rstream",
    "--enable-efa",
];

/// Plans the stage, if the component is wanted.
pub(super) fn stage(builder: &mut Builder<'_>) -> Option<String> {
    let source = builder.resolved.components.get(&Component::Libfabric)?;
    let tools = build_tools(builder);
    let gdrcopy = gdrcopy::stage(builder);
    Some(builder.stage(NAME, |builder| {
        let resolved = builder.resolved;
        let mut options = vec![format!("--prefix={PREFIX}")];
        options.extend(OPTIONS.iter().map(|&option| option.to_owned()));
        if compile::has_cuda(resolved) {
            options.push(format!("--with-cuda={CUDA}"));
            options.push("--enable-cuda-dlopen".to_owned());
        }
        if gdrcopy.is_some() {
            let folder = compile::prefix_of(gdrcopy::NAME);
            options.push(format!("--with-gdrcopy={folder}"));
            options.push("--enable-gdrcopy-dlopen".to_owned());
        }
        let script = script::autotools(OUT, "./configure", options);
        let mut run = compile::run(resolved, compile::git(source), "", script);
        compile::add_cuda(resolved, &mut run);
        run.mounts
            .extend(gdrcopy.as_deref().map(compile::bind_prefix));
        Recipe::of(NAME, "libfabric", source).stage(resolved, tools, run)
    }))
}
