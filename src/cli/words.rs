//! Words that shells offer for an argument, and that do not limit it: what is
//! wrong about a spec is for the passes to say, at its place.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};

use crate::spec::{CHECK_IMAGE, Device, Framework, Target};

/// Takes any text, and offers some.
#[derive(Clone)]
pub(super) struct Words(Vec<&'static str>);

/// The targets of all frameworks, and the word for checks of the spec's.
pub(super) fn targets() -> Words {
    let targets = Target::ALL.iter().map(|one| one.word());
    Words(targets.chain([CHECK_IMAGE]).collect())
}

/// What stands for every value of an axis of a matrix.
pub(super) const ALL: &str = "all";

/// The targets of a matrix.
pub(super) fn all_targets() -> Words {
    let targets = Target::ALL.iter().map(|one| one.word());
    Words(targets.chain([ALL]).collect())
}

/// The frameworks of a matrix.
pub(super) fn all_frameworks() -> Words {
    let frameworks = Framework::ALL.iter().map(|one| one.word());
    Words(frameworks.chain([ALL]).collect())
}

/// The devices of a matrix.
pub(super) fn all_devices() -> Words {
    let devices = Device::ALL.iter().map(|one| one.word());
    Words(devices.chain([ALL]).collect())
}

/// The platforms that images are made for.
pub(super) fn platforms() -> Words {
    Words(vec!["linux/amd64", "linux/arm64"])
}

impl TypedValueParser for Words {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}
