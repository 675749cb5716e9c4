//! Text in a Compose file, where `$` begins a variable.

use serde::{Serialize, Serializer};
use serde_saphyr::{Commented, SingleQuoted};

/// A text, or a variable that Compose puts in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::deploy) struct Text(String);

impl Text {
    /// A variable of Compose's, empty where it is not set.
    pub(super) fn variable(name: &str) -> Self {
        Self(format!("${{{name}:-}}"))
    }

    /// A variable without which Compose does nothing but say why it wants it.
    pub(super) fn required(name: &str, why: &str) -> Self {
        Self(format!("${{{name}:?{why}}}"))
    }
}

impl<T: AsRef<str>> From<T> for Text {
    /// The text as it is: what looks like a variable in it is none.
    fn from(text: T) -> Self {
        Self(text.as_ref().replace('$', "$$"))
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // JSON is read most easily as it is.
        let json = self.0.contains('"');
        if json && !self.0.contains(|one: char| one == '\'' || one.is_control()) {
            return SingleQuoted(self.0.as_str()).serialize(serializer);
        }
        serializer.serialize_str(&self.0)
    }
}

/// A text with what is good to know of it, which may be nothing.
pub(super) type Noted = Commented<Text>;

/// A text that needs no words.
pub(super) fn plain(text: impl AsRef<str>) -> Noted {
    noted(Text::from(text), "")
}

/// A text with a word to it.
pub(super) fn noted(text: Text, note: &str) -> Noted {
    Commented(text, note.to_owned())
}

/// Several texts.
pub(super) fn texts<T: AsRef<str>>(all: &[T]) -> Vec<Text> {
    all.iter().map(Text::from).collect()
}

/// Several texts that need no words.
pub(super) fn words<T: AsRef<str>>(all: &[T]) -> Vec<Noted> {
    all.iter().map(plain).collect()
}
