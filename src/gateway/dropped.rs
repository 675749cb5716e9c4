//! What a daemon cannot do and the build does without.
//!
//! Owns which of it the user hears of: what they asked for and do not get.

use buildkit_llb::{CapError, CapSet, Dropped, caps};

use super::bridge::Warning;
use crate::diagnostic::Code;

/// The rule of these warnings.
pub(super) const RULE: Code = Code::UnsupportedByDaemon;
/// Lost without a warning: merging falls back to copying, a mount's leavings
/// are kept and not used, a content cache is not kept. All of it costs time or
/// room, the image is the same, and there is nothing the user asked for or
/// could do about it in the spec.
const SILENT: [&str; 3] = [
    caps::MERGE_OP,
    caps::EXEC_MOUNT_BIND_READ_WRITE_NO_OUTPUT,
    caps::EXEC_MOUNT_CONTENT_CACHE,
];

/// A warning for each feature, at the first place that asked for it: options of
/// the client hold for every step, and one sentence is enough.
pub(super) fn warnings(dropped: &[Dropped], known: &CapSet, loaded_by: &str) -> Vec<Warning> {
    let mut told: Vec<&str> = Vec::new();
    let mut warnings = Vec::new();
    for one in dropped {
        if SILENT.contains(&one.capability) || told.contains(&one.feature) {
            continue;
        }
        told.push(one.feature);
        let place = one.locations.first();
        warnings.push(Warning {
            info: place.map(|place| place.file.to_pb()),
            ranges: place
                .map(|place| place.ranges.iter().map(|range| range.to_pb()).collect())
                .unwrap_or_default(),
            ..warning(one.feature, known.check(one.capability), loaded_by)
        });
    }
    warnings
}

/// A warning about something that is left out, with what the daemon says.
pub(super) fn warning(feature: &str, reason: Result<(), CapError>, loaded_by: &str) -> Warning {
    Warning {
        digest: loaded_by.to_owned(),
        level: 1,
        short: format!("{RULE}: this daemon builds without {feature}"),
        detail: reason.err().iter().map(ToString::to_string).collect(),
        url: RULE.url().to_owned(),
        ..Warning::default()
    }
}
