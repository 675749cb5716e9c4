//! Closed sets of words: a value of the spec that is one of a few.
//!
//! Owns how such a type is declared, read and refused. Must not know any set.

use super::decode::{located, wrong_type};
use super::node::{Node, NodeKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, listed, nearest};

/// Declares a closed set of words, each with its other spellings; and words that
/// are none of it, with what to do about them and about all others.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident {
            $($(#[doc = $variant_doc:literal])+ $variant:ident = $word:literal $(| $alias:literal)*,)+
        }
        $($other:literal => $advice:literal),*
        $(else $rest:literal)?
        $(several $option:literal)?
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
        pub enum $name {
            $($(#[doc = $variant_doc])+ #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            const WORDS: &'static [&'static str] = &[$($word,)+];
            const SHAPE: &'static [crate::spec::shape::Word] = &[$(crate::spec::shape::Word {
                word: $word,
                doc: concat!($($variant_doc,)+),
                aliases: &[$($alias,)*],
            },)+];

            /// The word in the spec.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value of a word or one of its other spellings, in any case.
            pub fn from_word(word: &str) -> Option<Self> {
                match word.to_ascii_lowercase().as_str() {
                    $($word $(| $alias)* => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl crate::spec::decode::Decode for $name {
            fn decode(
                node: &crate::spec::node::Node,
                diagnostics: &mut crate::diagnostic::Diagnostics,
            ) -> Option<Self> {
                let advice = crate::spec::choice::Advice {
                    others: &[$(($other, $advice)),*],
                    rest: [$($rest)?].first().copied(),
                    several: [$($option)?].first().copied(),
                };
                let value =
                    crate::spec::choice::word(node, Self::from_word, Self::WORDS, &advice, diagnostics)?;
                crate::spec::choice::report_alias(node, value.word(), diagnostics);
                Some(value)
            }

            fn shape() -> crate::spec::shape::Shape {
                crate::spec::shape::Shape::Choice(Self::SHAPE)
            }
        }
    };
}
pub(super) use choice;

/// Warns of another spelling than `word`; letters of any case are none.
pub(super) fn report_alias(node: &Node, word: &str, diagnostics: &mut Diagnostics) {
    let NodeKind::Scalar { text, .. } = &node.kind else {
        return;
    };
    if !text.eq_ignore_ascii_case(word) {
        let message = format!("`{text}` is an older spelling of `{word}`");
        let older = Diagnostic::warning(Code::DeprecatedAlias, node.span, message);
        let at = node.defined.unwrap_or(node.span);
        diagnostics.push(located(older, node).write_instead(at, word));
    }
}

/// What to do about words that are not of a set.
pub(super) struct Advice<'a> {
    /// Words with what to do about each.
    pub(super) others: &'a [(&'a str, &'a str)],
    /// What to do about those that are near to nothing.
    pub(super) rest: Option<&'a str>,
    /// The option of `bake` that takes several words.
    pub(super) several: Option<&'a str>,
}

/// Reads a word out of a closed set.
pub(super) fn word<T: std::fmt::Display>(
    node: &Node,
    parse: impl Fn(&str) -> Option<T>,
    words: &[&'static str],
    advice: &Advice<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let NodeKind::Scalar { text, .. } = &node.kind else {
        let mut wrong = wrong_type(node, &format!("one of {}", listed(words)));
        if let NodeKind::Sequence(items) = &node.kind {
            let meant = |text: &str| parse(text).map(|value| value.to_string());
            wrong = wrong.help(one_of(items, meant, advice.several));
        }
        diagnostics.push(wrong);
        return None;
    };
    if let Some(value) = parse(text) {
        return Some(value);
    }
    let message = format!("{} is not one of {}", node.describe(), listed(words));
    let mut wrong = located(
        Diagnostic::error(Code::InvalidValue, node.span, message),
        node,
    );
    let others = advice.others.iter().map(|(other, _)| *other);
    let is_other = |(other, _): &&(&str, &str)| text.eq_ignore_ascii_case(other);
    if let Some((_, advice)) = advice.others.iter().find(is_other) {
        wrong = wrong.help(*advice);
    } else if let Some(near) = nearest(text, words.iter().copied()) {
        wrong = wrong.did_you_mean(node.defined.unwrap_or(node.span), near);
    } else if let Some(near) = nearest(text, others) {
        wrong = wrong.help(format!("did you mean `{near}`?"));
    } else if let Some(rest) = advice.rest {
        wrong = wrong.help(rest);
    }
    diagnostics.push(wrong);
    None
}

/// What to do about a list in the place of a word, where `meant` knows the words.
fn one_of(items: &[Node], meant: impl Fn(&str) -> Option<String>, several: Option<&str>) -> String {
    let words: Option<Vec<String>> = items
        .iter()
        .map(|item| match &item.kind {
            NodeKind::Scalar { text, .. } => meant(text),
            _ => None,
        })
        .collect();
    match (words.as_deref(), several) {
        (Some([word]), _) => format!("write `{word}`"),
        (Some([_, ..]), Some(option)) => format!(
            "name one; `dynamo-frontend bake {option} {}` builds an image of each",
            words.unwrap_or_default().join(",")
        ),
        _ => "name one".to_owned(),
    }
}
