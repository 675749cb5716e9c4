//! What was decided, in one line: the wish as it was understood, for whoever
//! watches a build or reads a plan.

use super::component::repository;
use crate::check::{Dynamo, Resolved};
use crate::spec::Target;

/// The line. Names and versions only, as everybody may read it.
pub(super) fn summary(resolved: &Resolved) -> String {
    let target = resolved.target.value;
    let mut parts = vec![format!(
        "{} {}",
        resolved.framework.value.word(),
        target.word()
    )];
    parts.push(match &resolved.cuda {
        Some(release) => format!("cuda {}", release.value.as_str()),
        None => resolved.device.value.word().to_owned(),
    });
    if resolved.efa.is_some() {
        parts.push("efa".to_owned());
    }
    // These two have nothing of Dynamo's.
    if !matches!(target, Target::DynamoBase | Target::Framework) {
        parts.push(match &resolved.dynamo {
            Dynamo::Index { version, .. } => format!("Dynamo {}", version.value),
            Dynamo::Context { .. } => "Dynamo from the build context".to_owned(),
            Dynamo::Git { git, .. } => format!("Dynamo from {}", repository::git(git)),
        });
    }
    parts.push(format!("catalog {}", resolved.release));
    parts.join(", ")
}
