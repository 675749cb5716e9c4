//! `runtime` of the framework `dynamo`: the environment with Dynamo in it.
//!
//! Order is by change rate: what the spec adds comes after what the catalog
//! brings, and trees that no step needs are linked last, so that a new NATS
//! runs nothing again.

use crate::check::Resolved;
use crate::plan::component::{apt, download, python, uv};
use crate::plan::{Base, Stage};

/// Plans the stage.
pub(in crate::plan) fn runtime(resolved: &Resolved) -> Stage {
    let mut steps = vec![python::environment(resolved), python::dynamo(resolved)];
    steps.extend(apt::install(
        resolved,
        "install packages",
        &resolved.extra_apt,
    ));
    steps.extend(python::extras(resolved));
    steps.push(uv::link(resolved));
    steps.extend(resolved.downloads.iter().map(download::link));
    Stage {
        name: "runtime".to_owned(),
        base: Base::Stage("dynamo_base".to_owned()),
        steps,
    }
}
