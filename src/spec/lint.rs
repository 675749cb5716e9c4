//! Which rules are heard: the section `check`.
//!
//! Owns the words of the section. What becomes of findings is `pipeline`'s.

use super::decode::{Decode, located, mapping, wrong_type};
use super::node::{Node, NodeKind, abbreviate};
use super::scalar::Flag;
use super::sections::List;
use super::shape::{Shape, Word};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest};

mapping! {
    /// Which rules are heard, and what comes of warnings. The directive `# check=` at the top of the file stands in for the whole section.
    pub struct Check {
        /// Rules whose warnings are not wanted, or `all`.
        skip: List<SkippedRule>,
        /// Whether a build with warnings fails before it starts.
        error: Flag,
        /// Rules that are off unless they are named here, or `all`.
        experimental: List<ExperimentalRule>,
    }
}

/// A rule by its name, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// Every rule.
    All,
    /// This rule.
    One(Code),
}

/// A rule whose warnings are not wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SkippedRule(pub Named);

/// A rule that is off by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExperimentalRule(pub Named);

/// What stands for every rule.
const ALL: Word = Word {
    word: "all",
    doc: "Every one of them.",
    aliases: &[],
};
const SKIPPED: [Word; count(false)] = words(false);
const EXPERIMENTAL: [Word; count(true)] = words(true);

/// Whether a rule is offered: as an experiment, or as one to skip.
const fn is_offered(rule: Code, experimental: bool) -> bool {
    rule.can_be_skipped() && (rule.is_experimental() || !experimental)
}

const fn count(experimental: bool) -> usize {
    let (mut number, mut at) = (1, 0);
    while at < Code::ALL.len() {
        if is_offered(Code::ALL[at], experimental) {
            number += 1;
        }
        at += 1;
    }
    number
}

const fn words<const N: usize>(experimental: bool) -> [Word; N] {
    let mut words = [ALL; N];
    let (mut next, mut at) = (1, 0);
    while at < Code::ALL.len() {
        let rule = Code::ALL[at];
        if is_offered(rule, experimental) {
            words[next] = Word {
                word: rule.name(),
                doc: rule.summary(),
                aliases: &[],
            };
            next += 1;
        }
        at += 1;
    }
    words
}

impl Decode for SkippedRule {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        rule(
            node,
            &SKIPPED,
            "stops a build, and so it cannot be skipped",
            diagnostics,
        )
        .map(Self)
    }

    fn shape() -> Shape {
        Shape::Choice(&SKIPPED)
    }
}

impl Decode for ExperimentalRule {
    fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        rule(
            node,
            &EXPERIMENTAL,
            "is no experiment: it is always on",
            diagnostics,
        )
        .map(Self)
    }

    fn shape() -> Shape {
        Shape::Choice(&EXPERIMENTAL)
    }
}

/// Reads the name of a rule, or `all`. `other` is what is said of a rule that is
/// none of `offered`.
fn rule(
    node: &Node,
    offered: &[Word],
    other: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Named> {
    let NodeKind::Scalar { text, .. } = &node.kind else {
        diagnostics.push(wrong_type(node, "the name of a rule"));
        return None;
    };
    if text.eq_ignore_ascii_case(ALL.word) {
        return Some(Named::All);
    }
    let named = |one: &&Code| one.name().eq_ignore_ascii_case(text);
    let known = Code::ALL.iter().copied().find(|one| named(&one));
    let is_offered = |rule: Code| offered.iter().any(|word| word.word == rule.name());
    let wrong = |message: String| {
        let wrong = Diagnostic::error(Code::InvalidValue, node.span, message);
        located(wrong, node)
    };
    diagnostics.push(match known {
        Some(rule) if is_offered(rule) => return Some(Named::One(rule)),
        Some(rule) => wrong(format!("`{rule}` {other}")).help("remove it"),
        None => {
            let wrong = wrong(format!("there is no rule `{}`", abbreviate(text)));
            match nearest(text, offered.iter().map(|one| one.word)) {
                Some(near) => wrong.did_you_mean(node.defined.unwrap_or(node.span), near),
                None => wrong.help("a finding names its rule, as in `warning[UnknownBuildArg]`"),
            }
        }
    });
    None
}
