//! The native components together: what they leave in an image.

use super::wheels::Wheels;
use crate::check::Resolved;
use crate::plan::Step;
use crate::plan::action::EnvChange;
use crate::plan::builder::Builder;

/// Wheels that come out of native components.
pub(in crate::plan) fn wheels(_builder: &mut Builder<'_>) -> Vec<Wheels> {
    Vec::new()
}

/// Lays what the components leave over an image.
pub(in crate::plan) fn links(_builder: &mut Builder<'_>) -> Vec<Step> {
    Vec::new()
}

/// The variables under which they are found.
pub(in crate::plan) fn env(_resolved: &Resolved) -> Vec<(String, EnvChange)> {
    Vec::new()
}

/// Folders of their libraries, in the order in which they are looked into.
pub(in crate::plan) fn libraries(_resolved: &Resolved) -> Vec<String> {
    Vec::new()
}
