//! GDRCopy: copies between GPU and host memory, for UCX and libfabric.
//!
//! The library and its header. The kernel module is the host's.

use super::compile::{self, OUT, Recipe};
use crate::plan::Stage;
use crate::plan::builder::Builder;
use crate::plan::script::native as script;
use crate::plan::stage::build_tools;
use crate::spec::Component;

/// The stage.
pub(super) const NAME: &str = "gdrcopy";
/// Its libraries among those of `/usr/local/lib`.
pub(super) const LIBRARIES: &[&str] = &["libgdrapi.so*"];

/// Plans the stage, if the component is wanted.
pub(super) fn stage(builder: &mut Builder<'_>) -> Option<String> {
    let source = builder.resolved.components.get(&Component::Gdrcopy)?;
    let tools = build_tools(builder);
    Some(builder.stage(NAME, |builder| -> Stage {
        let resolved = builder.resolved;
        let script = script::gdrcopy(OUT, "/usr/local");
        let mut run = compile::run(resolved, compile::git(source), "", script);
        compile::add_cuda(resolved, &mut run);
        Recipe::of(NAME, "GDRCopy", source).stage(resolved, tools, run)
    }))
}
