//! `dynamo_base`: the base image with system packages and the account.

use crate::plan::builder::Builder;
use crate::plan::component::{account, apt};
use crate::plan::{Base, ImageSource, Stage};

/// Plans the stage.
pub(in crate::plan) fn dynamo_base(builder: &mut Builder<'_>) -> String {
    builder.stage("dynamo_base", |builder| {
        let resolved = builder.resolved;
        let base = ImageSource {
            reference: resolved.base.value.clone(),
            place: resolved.base.span,
        };
        let packages = apt::install(resolved, "install system packages", &resolved.apt);
        Stage {
            name: "dynamo_base".to_owned(),
            base: Base::Image(base),
            steps: packages
                .into_iter()
                .chain(account::steps(resolved))
                .collect(),
        }
    })
}
