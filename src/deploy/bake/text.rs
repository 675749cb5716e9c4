//! Texts of a bake file, in whose JSON every string is a template: `${` and `%{`
//! begin what bake computes.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// A text that bake takes as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Literal(pub(super) String);

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<&String> for Literal {
    fn from(text: &String) -> Self {
        Self(text.clone())
    }
}

impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let escaped = self.0.replace("${", "$${").replace("%{", "%%{");
        serializer.serialize_str(&escaped)
    }
}

/// The value of a build argument.
#[derive(Debug)]
pub(super) enum Value {
    /// A text.
    Literal(Literal),
    /// What a variable is set to.
    Variable(&'static str),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(text) => text.serialize(serializer),
            Self::Variable(name) => serializer.serialize_str(&format!("${{{name}}}")),
        }
    }
}

/// Texts by name; names are templates too.
pub(super) fn literals<'t>(
    texts: impl IntoIterator<Item = (&'t String, &'t String)>,
) -> BTreeMap<Literal, Literal> {
    let texts = texts.into_iter();
    texts
        .map(|(name, text)| (name.into(), text.into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_computed() {
        for (text, written) in [
            ("a$b %c", "a$b %c"),
            ("${HOME}", "$${HOME}"),
            ("$${HOME}", "$$${HOME}"),
            ("%{if x}", "%%{if x}"),
        ] {
            let written = serde_json::Value::from(written);
            assert_eq!(
                serde_json::to_value(Literal::from(text)).ok(),
                Some(written)
            );
        }
    }
}
