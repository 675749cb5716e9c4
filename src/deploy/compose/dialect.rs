//! What the programs of a release of Dynamo understand: how discovery is spelled,
//! who knows of an event plane, who wants a NATS server.
//!
//! Found by asking the released programs themselves, from 0.8.0 to 1.6.1, with
//! `--help` and by starting them with and without NATS.

use super::version::Version;

/// The oldest release that is known: the first with a request plane to choose.
pub const OLDEST: Version = Version(0, 8, 0);

/// How a program is told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// By a flag.
    Flag(&'static str),
    /// By a variable of its environment, as it has no flag.
    Variable(&'static str),
}

/// What a release understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// The first release that does.
    pub since: Version,
    /// The flag for discovery.
    pub discovery: &'static str,
    /// How frontend and engines are told the event plane; none where NATS is the
    /// only one.
    pub event_plane: Option<Spelling>,
    /// How the mocker is told.
    pub mocker_event_plane: Option<Spelling>,
    /// Whether the mocker wants a NATS server whatever planes it is told.
    pub mocker_wants_nats: bool,
}

const EVENT_FLAG: Spelling = Spelling::Flag("--event-plane");
const EVENT_VARIABLE: Spelling = Spelling::Variable("DYN_EVENT_PLANE");

/// Each release that understands something else than the one before.
const DIALECTS: [Dialect; 4] = [
    Dialect {
        since: OLDEST,
        discovery: "--store-kv",
        event_plane: None,
        mocker_event_plane: None,
        mocker_wants_nats: true,
    },
    Dialect {
        since: Version(0, 9, 0),
        discovery: "--store-kv",
        event_plane: Some(EVENT_FLAG),
        mocker_event_plane: Some(EVENT_VARIABLE),
        mocker_wants_nats: true,
    },
    Dialect {
        since: Version(1, 0, 0),
        discovery: "--discovery-backend",
        event_plane: Some(EVENT_FLAG),
        mocker_event_plane: Some(EVENT_VARIABLE),
        mocker_wants_nats: true,
    },
    Dialect {
        since: Version(1, 1, 0),
        discovery: "--discovery-backend",
        event_plane: Some(EVENT_FLAG),
        mocker_event_plane: Some(EVENT_FLAG),
        mocker_wants_nats: false,
    },
];

impl Dialect {
    /// That of a release; none of one that is too old. One that is newer than all
    /// that are known speaks as the newest of them.
    pub fn of(version: Version) -> Option<Self> {
        let spoken = |one: &&Self| one.since <= version;
        DIALECTS.iter().rev().find(spoken).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_release_is_told_what_it_understands() {
        let of = |version: &str| Dialect::of(version.parse().expect("a version"));
        assert_eq!(of("0.7.1"), None);
        let spoken = |version: &str| {
            let dialect = of(version).expect("a dialect");
            (
                dialect.discovery,
                dialect.event_plane.is_some(),
                dialect.mocker_wants_nats,
            )
        };
        assert_eq!(spoken("0.8.1.post3"), ("--store-kv", false, true));
        assert_eq!(spoken("0.9.1"), ("--store-kv", true, true));
        assert_eq!(spoken("1.0.2"), ("--discovery-backend", true, true));
        assert_eq!(spoken("1.1.0"), ("--discovery-backend", true, false));
        assert_eq!(spoken("9.0.0"), ("--discovery-backend", true, false));
    }

    #[test]
    fn dialects_are_in_the_order_of_their_releases() {
        assert!(DIALECTS.is_sorted_by(|one, next| one.since < next.since));
    }
}
