//! `runtime` of the framework `dynamo`: the environment with Dynamo in it.
//!
//! Order is by change rate: what the spec adds comes after what the catalog
//! brings, and trees that no step needs are linked last, so that a new NATS
//! runs nothing again.

use super::{dynamo_base, wheels};
use crate::check::Dynamo;
use crate::plan::builder::Builder;
use crate::plan::component::{apt, download, python, uv};
use crate::plan::{Base, Stage};

/// Plans the stage.
pub(in crate::plan) fn runtime(builder: &mut Builder<'_>) -> String {
    let base = dynamo_base(builder);
    let built = match builder.resolved.dynamo {
        Dynamo::Context { .. } => Some(wheels(builder)),
        Dynamo::Index { .. } => None,
    };
    builder.stage("runtime", |builder| {
        let resolved = builder.resolved;
        let mut steps = vec![python::environment(resolved)];
        steps.extend(python::release(resolved));
        steps.extend(built.map(|wheels| python::built(resolved, &wheels)));
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
            base: Base::Stage(base),
            steps,
        }
    })
}
