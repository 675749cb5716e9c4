//! What a daemon cannot do, and the build does without or ends for.
//!
//! Owns which of it the user hears of: what they asked for and do not get. Where
//! a daemon shows no warnings, such a build ends: nothing is left out unsaid.

use buildkit_llb::{
    CapError, CapSet, Dropped, Location, MarshalError, MarshalErrorKind, Position, caps,
};

use super::bridge::Warning;
use super::errdefs;
use super::error::FrontendError;
use crate::diagnostic::Code;

/// What to do about a daemon that is too old.
const UPDATE: &str =
    "update the daemon: from Docker 26 on, with BuildKit 0.13, it has all that a build needs";

/// The rule of these warnings.
pub(super) const RULE: Code = Code::UnsupportedByDaemon;
/// Lost without a warning: merging falls back to copying, a mount's leavings
/// are kept and not used, a content cache is not kept. All of it costs time or
/// room, the image is the same, and there is nothing the user asked for or
/// could do about it in the spec. A check that gets no GPU says so itself.
const SILENT: [&str; 4] = [
    caps::EXEC_META_CDI,
    caps::MERGE_OP,
    caps::EXEC_MOUNT_BIND_READ_WRITE_NO_OUTPUT,
    caps::EXEC_MOUNT_CONTENT_CACHE,
];

/// A warning for each feature, at the first place that asked for it: options of
/// the client hold for every step, and one sentence is enough.
pub(super) fn warnings(dropped: &[Dropped], known: &CapSet, loaded_by: &str) -> Vec<Warning> {
    let warning = |one: &Dropped| {
        let place = one.locations.first();
        Warning {
            info: place.map(|place| place.file.to_pb()),
            ranges: place
                .map(|place| place.ranges.iter().map(|range| range.to_pb()).collect())
                .unwrap_or_default(),
            ..warning(one.feature, known.check(one.capability), loaded_by)
        }
    };
    missed(dropped).into_iter().map(warning).collect()
}

/// The end of a build that would go without something, on a daemon that shows no
/// warnings.
pub(super) fn refusal(dropped: &[Dropped], known: &CapSet) -> Option<FrontendError> {
    let refuse = |one: &Dropped| {
        let mut message = format!("this daemon builds without {}", one.feature);
        if let Err(reason) = known.check(one.capability) {
            message = format!("{message}: {reason}");
        }
        FrontendError::new(message)
    };
    let refused = FrontendError::all(missed(dropped).into_iter().map(refuse))?;
    Some(refused.help(format_args!(
        "update the daemon, or skip the rule `{RULE}` to build without"
    )))
}

/// What is left out and missed, each once, where it is first.
fn missed(dropped: &[Dropped]) -> Vec<&Dropped> {
    let mut missed: Vec<&Dropped> = Vec::new();
    for one in dropped {
        let told = missed.iter().any(|told| told.feature == one.feature);
        if !told && !SILENT.contains(&one.capability) {
            missed.push(one);
        }
    }
    missed
}

/// A graph that cannot be made for this daemon, with the lines that asked for
/// what is missing.
pub(super) fn unsupported(error: &MarshalError) -> FrontendError {
    let failure = placed(FrontendError::new(error.to_string()), error.locations());
    match error.kind() {
        MarshalErrorKind::Capability(CapError::Missing { .. }) => failure.help(UPDATE),
        _ => failure,
    }
}

fn placed(failure: FrontendError, locations: &[Location]) -> FrontendError {
    locations.iter().fold(failure, |failure, location| {
        let position = |at: Position| errdefs::Position {
            line: i32::try_from(at.line).unwrap_or(i32::MAX),
            character: i32::try_from(at.character).unwrap_or(i32::MAX),
        };
        let file = &location.file;
        let ranges = location.ranges.iter().map(|range| errdefs::Range {
            start: position(range.start),
            end: position(range.end),
        });
        failure.with_source(errdefs::Source {
            info: Some(errdefs::SourceInfo {
                filename: file.filename.clone(),
                data: file.data.clone(),
                language: file.language.clone(),
            }),
            ranges: ranges.collect(),
        })
    })
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
