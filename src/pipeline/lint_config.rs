//! What the user wants of the rules: which to skip, and whether a warning ends
//! the build. `# check=skip=RuleA,RuleB;error=true` among the directives of the
//! spec, or the build argument that stands in for it.
//!
//! Owns the words of this setting and what is wrong with them. Rules do not know
//! of it: they report, and the pipeline drops what is not wanted.

use std::collections::BTreeSet;

use super::directives::{Directive, comments, directives};
use crate::diagnostic::{
    Code, Diagnostic, Diagnostics, SourceId, SourceKind, Sources, Span, nearest,
};
use crate::spec::{Input, abbreviate};

/// The build argument that replaces the directive.
const ARGUMENT: &str = "BUILDKIT_DOCKERFILE_CHECK";
/// The directive.
const DIRECTIVE: &str = "check";
/// The options there are.
const OPTIONS: [&str; 3] = ["skip", "error", "experimental"];
/// What stands for every rule.
const ALL: &str = "all";

/// Which rules are heard, and what comes of those that are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LintConfig {
    skipped: BTreeSet<String>,
    all_skipped: bool,
    error: bool,
}

impl LintConfig {
    /// Whether warnings of a rule are shown.
    pub fn shows(&self, rule: Code) -> bool {
        !self.all_skipped && !self.skipped.contains(rule.name())
    }

    /// Why a build with warnings of these rules ends, if it does.
    pub fn violation(&self, rules: impl IntoIterator<Item = Code>) -> Option<String> {
        let names: BTreeSet<&str> = rules.into_iter().map(Code::name).collect();
        let names: Vec<&str> = names.into_iter().collect();
        (self.error && !names.is_empty())
            .then(|| format!("lint violation found for rules: {}", names.join(", ")))
    }

    /// Reads the setting of a request. Where a part of it is wrong, the rest
    /// counts.
    pub(super) fn read(
        input: Input<'_>,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut config = Self::default();
        if let Some(value) = input.build_args.get(ARGUMENT) {
            let option = format!("--build-arg {ARGUMENT}=");
            let text = format!("{option}{value}\n");
            let source = sources.add(SourceKind::CommandLine, "command line", text);
            config.set(value, Place::new(source, option.len()), true, diagnostics);
            return config;
        }
        let mut texts = sources.iter();
        let Some((source, spec)) = texts.find(|(_, text)| text.kind == SourceKind::Spec) else {
            return config;
        };
        let span = |one: &Directive<'_>| Place::new(source, one.start).of(one.value);
        let mut given = directives(&spec.text).filter(|one| one.name == DIRECTIVE);
        let mut comments = comments(&spec.text).filter(|one| one.name == DIRECTIVE);
        if let Some(first) = given.next() {
            config.set(
                first.value,
                Place::new(source, first.start),
                false,
                diagnostics,
            );
            if let Some(second) = given.next() {
                let twice =
                    Diagnostic::error(Code::InvalidCheck, span(&second), "`check` is given twice");
                let twice = twice.label(span(&first), "first given here");
                diagnostics.push(twice.help("write both into one line, with `;` between"));
            }
        } else if let Some(comment) = comments.find(|one| looks_meant(one.value)) {
            let message = "this line is only a comment: directives come before anything else";
            let warning = Diagnostic::warning(Code::InvalidCheck, span(&comment), message);
            diagnostics.push(warning.help("move it up, right below `# syntax=`"));
        }
        config
    }

    /// Takes over `option=value;option=value`. `shared` is whether frontends with
    /// other rules read it too.
    fn set(&mut self, text: &str, at: Place, shared: bool, diagnostics: &mut Diagnostics) {
        for (part, at) in at.split(text, ';') {
            let Some((option, value)) = part.split_once('=') else {
                let message = format!("`{}` has no value", abbreviate(part));
                let wrong = Diagnostic::error(Code::InvalidCheck, at.of(part), message);
                diagnostics
                    .push(wrong.help("write `option=value`, such as `skip=UnknownBuildArg`"));
                continue;
            };
            let at_value = at.after(option.len() + 1);
            match option.trim() {
                "skip" if value.trim() == ALL => self.all_skipped = true,
                "skip" => self.skip(value, at_value, shared, diagnostics),
                "error" => self.end_builds(value, at_value, diagnostics),
                // No rule is an experiment.
                "experimental" => {}
                unknown => diagnostics.push(unknown_option(unknown, at.of(option))),
            }
        }
    }

    fn end_builds(&mut self, text: &str, at: Place, diagnostics: &mut Diagnostics) {
        if let Some(error) = truth(text.trim()) {
            self.error = error;
            return;
        }
        let message = format!("`{}` is neither true nor false", abbreviate(text.trim()));
        let wrong = Diagnostic::error(Code::InvalidCheck, at.of(text), message);
        diagnostics.push(wrong.help("write `error=true`, or leave it out"));
    }

    fn skip(&mut self, rules: &str, at: Place, shared: bool, diagnostics: &mut Diagnostics) {
        for (rule, at) in at.split(rules, ',') {
            let known = Code::ALL.iter().map(|code| code.name());
            let near = nearest(rule, known.clone());
            if !known.into_iter().any(|name| name == rule) && (near.is_some() || !shared) {
                let message = format!("there is no rule `{}`", abbreviate(rule));
                let unknown = Diagnostic::warning(Code::InvalidCheck, at.of(rule), message);
                diagnostics.push(match near {
                    Some(near) => unknown.help(format!("did you mean `{near}`?")),
                    None => unknown.help("a finding names its rule, as in `UnknownBuildArg: …`"),
                });
            }
            self.skipped.insert(rule.to_owned());
        }
    }
}

/// Whether a comment is a setting rather than words.
fn looks_meant(value: &str) -> bool {
    let option = value.split('=').next().unwrap_or_default();
    OPTIONS.contains(&option.trim())
}

/// Truth as BuildKit reads it here.
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" => Some(true),
        "0" | "f" | "false" => Some(false),
        _ => None,
    }
}

fn unknown_option(option: &str, at: Span) -> Diagnostic {
    let message = format!("`{}` is no option of `check`", abbreviate(option));
    let unknown = Diagnostic::error(Code::InvalidCheck, at, message);
    match nearest(option, OPTIONS) {
        Some(near) => unknown.help(format!("did you mean `{near}`?")),
        None => unknown.help("the options are `skip`, `error` and `experimental`"),
    }
}

/// A place in a text, in front of some part of the setting.
#[derive(Debug, Clone, Copy)]
struct Place {
    source: SourceId,
    offset: usize,
}

impl Place {
    fn new(source: SourceId, offset: usize) -> Self {
        Self { source, offset }
    }

    fn after(self, bytes: usize) -> Self {
        Self::new(self.source, self.offset + bytes)
    }

    /// The span of a part that begins here, without the blanks around it.
    fn of(self, part: &str) -> Span {
        let start = self.offset + part.len() - part.trim_start().len();
        Span::new(self.source, start, start + part.trim().len())
    }

    /// The parts of a text that begins here, without blanks around them; none of
    /// them is empty.
    fn split(self, text: &str, separator: char) -> impl Iterator<Item = (&str, Self)> {
        let parts = text.split(separator).scan(self.offset, move |next, part| {
            let start = *next;
            *next += part.len() + separator.len_utf8();
            let blanks = part.len() - part.trim_start().len();
            Some((part.trim(), Self::new(self.source, start + blanks)))
        });
        parts.filter(|(part, _)| !part.is_empty())
    }
}
