//! Which combinations of a matrix are built, by the same check as in a build.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::check::Resolved;
use crate::cli::input;
use crate::cli::output::{CliError, Manner, error};
use crate::deploy::bake::{Ask, Combination, Entry, LeftOut};
use crate::diagnostic::{
    Code, Diagnostic, Diagnostics, MOST_SHOWN, Severity, SourceKind, Sources, Span,
};
use crate::pipeline::{self, Outcome};
use crate::spec::{self, Architecture, Input, Spec, Target};

/// Rules that refuse what the catalog does not have.
const REFUSALS: [Code; 2] = [Code::UnsupportedCombination, Code::UnsupportedPlatform];
/// Rules about what an image has no use for, and another of the matrix may have.
const OF_OTHERS: [Code; 3] = [
    Code::WithoutEffect,
    Code::UnreachableExtend,
    Code::UnusedMirror,
];
/// An id that stands for what only bake knows.
const ANY_ID: &str = "1000";

/// A matrix, sifted.
#[derive(Debug, Default)]
pub(super) struct Sifted {
    /// What is built.
    pub(super) entries: Vec<Entry>,
    /// What is not.
    pub(super) left_out: Vec<LeftOut>,
    /// Whether the spec is wrong, for whatever combination. That has been shown.
    pub(super) failed: bool,
}

/// A line for each, or for each reason where those would be too many to read.
pub(super) fn lines(left_out: &[LeftOut]) -> Vec<String> {
    if left_out.len() <= MOST_SHOWN {
        let line = |one: &LeftOut| format!("left out {}: {}", one.what, one.reason);
        return left_out.iter().map(line).collect();
    }
    let mut reasons: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for one in left_out {
        reasons.entry(&one.reason).or_default().push(&one.what);
    }
    let line = |(reason, all): (&str, Vec<&str>)| match all.as_slice() {
        [first, others @ ..] if !others.is_empty() => {
            format!("left out {first}, and {} more: {reason}", others.len())
        }
        all => format!("left out {}: {reason}", all.concat()),
    };
    reasons.into_iter().map(line).collect()
}

/// The spec, and what is laid over it.
pub(super) struct Written<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its bytes.
    pub(super) bytes: &'a [u8],
    /// Build arguments of every combination.
    pub(super) build_args: &'a BTreeMap<String, String>,
    /// Whether the targets are all there are, and not ones that somebody wants.
    pub(super) is_every_target: bool,
    /// The platforms of every image; none is the builder's, which is taken to be
    /// this machine's.
    pub(super) platforms: &'a [Architecture],
}

/// Checks every combination, and shows what is wrong with the spec.
pub(super) fn sift(
    written: &Written<'_>,
    combinations: Vec<Combination>,
    manner: Manner,
) -> Result<Sifted, CliError> {
    let mut sifted = Sifted::default();
    let mut shown = Shown {
        is_matrix: combinations.len() > 1,
        seen: BTreeSet::new(),
    };
    for combination in combinations {
        let candidate = Candidate::new(written, combination);
        candidate.sift(written, &mut sifted, &mut shown, manner)?;
    }
    Ok(sifted)
}

/// A combination that is looked at.
struct Candidate {
    combination: Combination,
    arguments: BTreeMap<String, String>,
    asks: Vec<Ask>,
    /// The spec with the combination laid over it, where it can be read.
    spec: Option<Spec>,
}

impl Candidate {
    fn new(written: &Written<'_>, combination: Combination) -> Self {
        let mut arguments = written.build_args.clone();
        arguments.append(&mut combination.build_args());
        let mut candidate = Self {
            combination,
            arguments,
            asks: Vec::new(),
            spec: None,
        };
        let mut diagnostics = Diagnostics::default();
        let mut sources = Sources::default();
        let input = candidate.input(written);
        let spec = spec::read(input, &mut sources, &mut diagnostics);
        candidate.spec = spec.filter(|_| !diagnostics.has_errors());
        if let Some(spec) = &candidate.spec {
            let target = spec.keys.target.as_ref().map(|one| one.value);
            let asks = Ask::ALL.into_iter();
            let asks = asks.filter(|ask| !spec.given.has(ask.key()));
            if target == Some(Target::LocalDev) {
                candidate.asks = asks.collect();
            }
        }
        let asked = candidate.asks.iter();
        let asked = asked.map(|ask| (ask.key().to_owned(), ANY_ID.to_owned()));
        candidate.arguments.extend(asked);
        candidate
    }

    fn input<'a>(&'a self, written: &Written<'a>) -> Input<'a> {
        Input {
            name: written.name,
            bytes: written.bytes,
            build_args: &self.arguments,
            target: self.combination.target.map(Target::word),
        }
    }

    /// Adds what becomes of it.
    fn sift(
        self,
        written: &Written<'_>,
        sifted: &mut Sifted,
        shown: &mut Shown,
        manner: Manner,
    ) -> Result<(), CliError> {
        let Verdict {
            built,
            refused,
            resolved,
            failed,
        } = self.judge(written, shown, manner)?;
        let is_whole = built.is_empty() && !failed;
        let mut refused = left_out(&self.combination, refused, is_whole);
        sifted.left_out.append(&mut refused);
        sifted.failed |= failed;
        if let (Some(spec), Some(resolved)) = (self.spec, resolved) {
            let is_chosen = !written.platforms.is_empty();
            let platforms = if is_chosen { built } else { Vec::new() };
            let (combination, asks) = (self.combination, self.asks);
            let entry = Entry::new(combination, &spec, &resolved, platforms, asks);
            sifted.entries.push(entry);
        }
        Ok(())
    }

    /// Checks it on every platform.
    fn judge(
        &self,
        written: &Written<'_>,
        shown: &mut Shown,
        manner: Manner,
    ) -> Result<Verdict, CliError> {
        // Where the matrix chose nothing, the spec did.
        let can_be_left_out = self.spec.is_some() && self.combination != Combination::default();
        let platforms = match written.platforms {
            [] => input::architectures(&[])?,
            platforms => platforms.to_vec(),
        };
        let mut verdict = Verdict::default();
        for platform in platforms {
            let outcome = pipeline::plan(self.input(written), &[platform])?;
            match self.refusal(&outcome, written).filter(|_| can_be_left_out) {
                Some(refusal) => verdict.refused.push((platform, refusal)),
                None if shown.findings(&outcome, manner) => {
                    verdict.built.push(platform);
                    verdict.resolved = verdict.resolved.or(outcome.resolved);
                }
                None => verdict.failed = true,
            }
        }
        Ok(verdict)
    }

    /// What there is not of an outcome: what the catalog does not have, and of all
    /// targets one that this spec cannot have.
    fn refusal(&self, outcome: &Outcome, written: &Written<'_>) -> Option<Diagnostic> {
        let is_of_target = |one: &Diagnostic| {
            let word = self.combination.target.map(Target::word);
            written.is_every_target && one.primary.is_some_and(|at| given(outcome, at) == word)
        };
        let errors = outcome.diagnostics.errors();
        let mut refusals = errors.into_iter();
        let refusal = refusals.find(|one| REFUSALS.contains(&one.code) || is_of_target(one));
        refusal.cloned()
    }
}

/// What the command line has at a place of it.
fn given(outcome: &Outcome, at: Span) -> Option<&str> {
    let source = outcome.sources.get(at.source);
    let is_given = source.kind == SourceKind::CommandLine;
    let range = at.start as usize..at.end as usize;
    source.text.get(range).filter(|_| is_given)
}

/// What becomes of a combination.
#[derive(Default)]
struct Verdict {
    /// Where it is built.
    built: Vec<Architecture>,
    /// Where the catalog does not have it.
    refused: Vec<(Architecture, Diagnostic)>,
    /// What is built, on the first of them.
    resolved: Option<Resolved>,
    /// Whether the spec is wrong.
    failed: bool,
}

/// What is left out: the whole combination, or those of its platforms that are
/// refused, where others are built or have another reason.
fn left_out(
    combination: &Combination,
    refused: Vec<(Architecture, Diagnostic)>,
    is_whole: bool,
) -> Vec<LeftOut> {
    let first = refused.first().map(|(_, one)| one.message.clone());
    let is_one = refused
        .iter()
        .all(|(_, one)| Some(&one.message) == first.as_ref());
    let one = |what, refusal: Diagnostic| LeftOut {
        what,
        reason: refusal.message,
        help: refusal.help.into_iter().next(),
    };
    let all = refused.into_iter();
    if is_whole && is_one {
        let mut all = all.map(|(_, refusal)| one(combination.to_string(), refusal));
        return all.next().into_iter().collect();
    }
    let on = |platform: Architecture| format!("{combination} on {}", platform.platform());
    all.map(|(platform, refusal)| one(on(platform), refusal))
        .collect()
}

/// Findings that have been shown. Those of one line are the same for every
/// combination, and shown once.
struct Shown {
    is_matrix: bool,
    seen: BTreeSet<(&'static str, Option<u32>, String)>,
}

impl Shown {
    /// Shows the findings of an outcome. Whether a build would go on.
    fn findings(&mut self, outcome: &Outcome, manner: Manner) -> bool {
        let violation = outcome.violation();
        let found = outcome.diagnostics.sorted();
        let counts = |one: &&Diagnostic| {
            one.severity == Severity::Error
                || !self.is_matrix
                || violation.is_some()
                || !OF_OTHERS.contains(&one.code)
        };
        let new: Vec<&Diagnostic> = found
            .into_iter()
            .filter(counts)
            .filter(|one| {
                // The same option stands elsewhere in the command line of each.
                let of_spec = |span: &Span| outcome.sources.kind(*span) == SourceKind::Spec;
                let place = one.primary.filter(of_spec).map(|span| span.start);
                let key = (one.code.name(), place, one.message.clone());
                self.seen.insert(key)
            })
            .collect();
        manner.findings(&new, &outcome.sources);
        if let (Some(violation), false) = (&violation, new.is_empty()) {
            error(violation);
        }
        violation.is_none() && !outcome.plans.is_empty()
    }
}
