//! Words for what a spec can say, as arguments. Those of a spec are offered by
//! shells and do not limit it: what is wrong about one is for the passes to say, at
//! its place. Those of a command of its own are the only ones it takes.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};

use crate::spec::{CHECK_IMAGE, Device, Framework, Target};

/// What stands for every value of an axis of a matrix.
pub(super) const ALL: &str = "all";

/// Takes any text, and offers some.
#[derive(Clone)]
pub(super) struct Words(Vec<&'static str>);

/// The targets of all frameworks, and the word for checks of the spec's.
pub(super) fn targets() -> Words {
    let targets = Target::ALL.iter().map(|one| one.word());
    Words(targets.chain([CHECK_IMAGE]).collect())
}

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

/// Takes a framework. `none` is what `dynamo` was called once.
pub(super) fn framework() -> impl TypedValueParser<Value = Framework> {
    let words = Framework::ALL.iter().map(|one| match one {
        Framework::Dynamo => PossibleValue::new(one.word()).alias("none"),
        _ => PossibleValue::new(one.word()),
    });
    one_of(words, Framework::from_word)
}

/// Takes a target.
pub(super) fn target() -> impl TypedValueParser<Value = Target> {
    one_of(Target::ALL.iter().map(|one| one.word()), Target::from_word)
}

/// Takes a device.
pub(super) fn device() -> impl TypedValueParser<Value = Device> {
    one_of(Device::ALL.iter().map(|one| one.word()), Device::from_word)
}

/// Takes the name of an image, or its digest. Docker knows more of what is wrong with
/// one; a name that a variable had nothing for would be none at all.
pub(super) fn image() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().try_map(|name| {
        if name.is_empty() || name.starts_with('-') || name.contains(char::is_whitespace) {
            Err(format!("`{name}` is no name of an image"))
        } else {
            Ok(name)
        }
    })
}

fn one_of<T: Clone + Send + Sync + 'static>(
    words: impl Iterator<Item = impl Into<PossibleValue>>,
    read: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words).map(move |word| read(&word).expect("a word of the set"))
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
