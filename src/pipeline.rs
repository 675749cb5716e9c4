//! The pure passes, one after the other: text to plans.
//!
//! What the gateway and the command line both begin with, so that a spec means
//! the same behind either door.

mod digests;
mod directives;
pub mod ignore_file;
pub mod ignored;
mod layers;
mod lint_config;
pub mod missing;
pub mod near;
pub mod requirements;
mod unreachable;
mod unverified;

use std::collections::BTreeSet;

use directives::SYNTAX;
pub use lint_config::LintConfig;

use crate::catalog::CatalogError;
use crate::check::{self, Resolved};
use crate::diagnostic::{Diagnostics, Severity, SourceKind, Sources};
use crate::plan::Plan;
use crate::spec::{self, Architecture, Input};

/// What became of a spec.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The texts that findings and places point into.
    pub sources: Sources,
    /// What was found.
    pub diagnostics: Diagnostics,
    /// One plan per architecture, in the order asked for; empty when the spec
    /// cannot be built.
    pub plans: Vec<Plan>,
    /// The spec as meant, for the first of them.
    pub resolved: Option<Resolved>,
    /// Which rules the user wants to hear of. Findings of the others are gone.
    pub lint: LintConfig,
}

impl Outcome {
    /// Why a build with these warnings ends, if the user wants it to.
    pub fn violation(&self) -> Option<String> {
        let warnings = self.diagnostics.warnings();
        self.lint.violation(warnings.iter().map(|one| one.code))
    }

    /// Whether the first lines of the spec name a frontend. Docker takes a file without
    /// one for a Dockerfile, unless a build is told otherwise from outside.
    pub fn names_frontend(&self) -> bool {
        let mut texts = self.sources.iter().map(|(_, source)| source);
        let spec = texts.find(|source| source.kind == SourceKind::Spec);
        spec.is_none_or(|spec| directives::directives(&spec.text).any(|one| one.name == SYNTAX))
    }

    /// Forgets what the user does not want to hear of.
    fn skip(&mut self) {
        let wanted = |rule| self.lint.shows(rule);
        self.diagnostics
            .retain(|one| one.severity == Severity::Error || wanted(one.code));
    }
}

/// Adds what is good to know before a build and would only be in its way: what
/// `check` and the request `lint` say besides.
pub fn lint(outcome: &mut Outcome) {
    unverified::report(outcome);
    outcome.skip();
}

/// Reads, checks and plans a spec. An `Err` is a mistake in the catalog, which
/// is part of this program.
pub fn plan(input: Input<'_>, architectures: &[Architecture]) -> Result<Outcome, CatalogError> {
    let mut outcome = Outcome::default();
    let Outcome {
        sources,
        diagnostics,
        plans,
        resolved: first,
        lint,
    } = &mut outcome;
    let spec = spec::read(input, sources, diagnostics);
    *lint = LintConfig::read(input, spec.as_ref(), sources, diagnostics);
    let mut planned = BTreeSet::new();
    for architecture in architectures.iter().filter(|one| planned.insert(**one)) {
        let Some(spec) = &spec else { break };
        if let Some(resolved) = check::check(spec, *architecture, sources, diagnostics)? {
            plans.push(Plan::new(&resolved));
            first.get_or_insert(resolved);
        }
    }
    if !outcome.diagnostics.has_errors() {
        if let Some(spec) = &spec {
            unreachable::report(spec, &mut outcome);
        }
        layers::report(&mut outcome);
        digests::report(&mut outcome);
    }
    if outcome.diagnostics.has_errors() {
        outcome.plans.clear();
        outcome.resolved = None;
    }
    outcome.skip();
    Ok(outcome)
}
