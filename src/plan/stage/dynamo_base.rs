//! `dynamo_base`: the base image with system packages and the account.

use crate::plan::builder::Builder;
use crate::plan::component::{account, apt};
use crate::plan::{Base, Stage};

/// Plans the stage.
pub(in crate::plan) fn dynamo_base(builder: &mut Builder<'_>) -> String {
    builder.stage("dynamo_base", |builder| {
        let resolved = builder.resolved;
        let packages = apt::install(resolved, "install system packages", &resolved.apt);
        Stage {
            name: "dynamo_base".to_owned(),
            base: Base::of(resolved),
            steps: packages
                .into_iter()
                .chain(account::steps(resolved))
                .collect(),
        }
    })
}
