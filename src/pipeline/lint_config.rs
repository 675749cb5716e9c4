//! What the user wants of the rules: which to skip, which experiments to switch
//! on, and whether a warning ends the build.
//!
//! Said in one of three places, each of which stands in for those after it: the
//! build argument, `# check=skip=RuleA,RuleB;error=true` among the directives of
//! the spec, and its key `check`.
//!
//! Owns the words of this setting and what is wrong with them. Rules do not know
//! of it: they report, and the pipeline drops what is not wanted.

use std::collections::BTreeSet;

use super::directives::{Directive, comments, directives};
use crate::diagnostic::{
    Code, Diagnostic, Diagnostics, SourceId, SourceKind, Sources, Span, nearest,
};
use crate::spec::{Input, Named, Spec, abbreviate};

/// The build argument that replaces the directive.
const ARGUMENT: &str = "BUILDKIT_DOCKERFILE_CHECK";
/// The directive, and the key.
const DIRECTIVE: &str = "check";
/// The options there are.
const OPTIONS: [&str; 3] = ["skip", "error", "experimental"];
/// What stands for every rule.
const ALL: &str = "all";

/// Which rules are heard, and what comes of those that are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LintConfig {
    skipped: Rules,
    experimental: Rules,
    error: bool,
}

/// Some rules, or all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Rules {
    some: BTreeSet<Code>,
    all: bool,
}

impl Rules {
    fn have(&self, rule: Code) -> bool {
        self.all || self.some.contains(&rule)
    }

    fn add(&mut self, rules: impl IntoIterator<Item = Named>) {
        for rule in rules {
            match rule {
                Named::One(rule) => drop(self.some.insert(rule)),
                Named::All => self.all = true,
            }
        }
    }
}

impl LintConfig {
    /// Whether warnings of a rule are shown. One that is both switched on and
    /// skipped is skipped.
    pub fn shows(&self, rule: Code) -> bool {
        let on = !rule.is_experimental() || self.experimental.have(rule);
        let skipped = rule.can_be_skipped() && self.skipped.have(rule);
        on && !skipped
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
        spec: Option<&Spec>,
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
        let key = spec.and_then(|spec| spec.given.place(DIRECTIVE));
        match config.directive(sources, diagnostics) {
            Some(directive) => diagnostics.extend(key.map(|key| shadowed(key, directive))),
            None => config.take(spec),
        }
        config
    }

    /// Takes over the directive; where it is, if there is one.
    fn directive(&mut self, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Span> {
        let mut texts = sources.iter();
        let (source, spec) = texts.find(|(_, text)| text.kind == SourceKind::Spec)?;
        let span = |one: &Directive<'_>| Place::new(source, one.start).of(one.value);
        let mut given = directives(&spec.text).filter(|one| one.name == DIRECTIVE);
        let Some(first) = given.next() else {
            let mut comments = comments(&spec.text).filter(|one| one.name == DIRECTIVE);
            let meant = comments.find(|one| looks_meant(one.value));
            diagnostics.extend(meant.map(|one| only_a_comment(span(&one))));
            return None;
        };
        let at = Place::new(source, first.start);
        self.set(first.value, at, false, diagnostics);
        if let Some(second) = given.next() {
            let twice =
                Diagnostic::error(Code::InvalidCheck, span(&second), "`check` is given twice");
            let twice = twice.label(span(&first), "first given here");
            diagnostics.push(twice.help("write both into one line, with `;` between"));
        }
        Some(span(&first))
    }

    /// Takes over the key of the spec.
    fn take(&mut self, spec: Option<&Spec>) {
        let Some(check) = spec.and_then(|spec| spec.keys.check.as_ref()) else {
            return;
        };
        let check = &check.value;
        let skipped = check.skip.iter().flat_map(|list| &list.value);
        self.skipped.add(skipped.map(|one| one.value.0));
        let experimental = check.experimental.iter().flat_map(|list| &list.value);
        self.experimental.add(experimental.map(|one| one.value.0));
        self.error = check.error.as_ref().is_some_and(|error| error.value.0);
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
                "error" => self.end_builds(value, at_value, diagnostics),
                "skip" => {
                    let (rules, wrong) = named(&SKIP, value, at_value, shared);
                    self.skipped.add(rules);
                    diagnostics.extend(wrong);
                }
                "experimental" => {
                    let (rules, wrong) = named(&EXPERIMENTAL, value, at_value, shared);
                    self.experimental.add(rules);
                    diagnostics.extend(wrong);
                }
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
}

/// A list of rules.
struct RuleList {
    /// Whether a rule may be in it.
    takes: fn(Code) -> bool,
    /// What is said of another.
    other: &'static str,
}

const SKIP: RuleList = RuleList {
    takes: Code::can_be_skipped,
    other: "stops a build, and so it cannot be skipped",
};
const EXPERIMENTAL: RuleList = RuleList {
    takes: Code::is_experimental,
    other: "is no experiment: it is always on",
};

/// The rules that a list names, and what is wrong with the others. In a shared list a
/// name may be that of another frontend's rule.
fn named(list: &RuleList, text: &str, at: Place, shared: bool) -> (Vec<Named>, Vec<Diagnostic>) {
    let (mut rules, mut wrong) = (Vec::new(), Vec::new());
    for (name, at) in at.split(text, ',') {
        if name == ALL {
            rules.push(Named::All);
            continue;
        }
        let warning =
            |message: String| Diagnostic::warning(Code::InvalidCheck, at.of(name), message);
        let rule = Code::ALL.iter().find(|rule| rule.name() == name).copied();
        let near = nearest(name, Code::ALL.iter().map(|rule| rule.name()));
        match (rule, near) {
            (Some(rule), _) if (list.takes)(rule) => rules.push(Named::One(rule)),
            (Some(rule), _) => {
                wrong.push(warning(format!("`{rule}` {}", list.other)).help("remove it"));
            }
            (None, Some(near)) => {
                let unknown = warning(format!("there is no rule `{}`", abbreviate(name)));
                wrong.push(unknown.did_you_mean(at.of(name), near));
            }
            (None, None) if shared => {}
            (None, None) => {
                let unknown = warning(format!("there is no rule `{}`", abbreviate(name)));
                wrong.push(unknown.help("a finding names its rule, as in `UnknownBuildArg: …`"));
            }
        }
    }
    (rules, wrong)
}

/// The key `check` beside a directive.
fn shadowed(key: Span, directive: Span) -> Diagnostic {
    let message = "the key `check` has no effect: the directive `# check=` stands in for it";
    Diagnostic::warning(Code::WithoutEffect, key, message)
        .label(directive, "this counts")
        .help("keep one of the two")
}

/// A directive in a place where it is none.
fn only_a_comment(comment: Span) -> Diagnostic {
    let message = "this line is only a comment: directives come before anything else";
    Diagnostic::warning(Code::InvalidCheck, comment, message)
        .help("move it up, right below `# syntax=`, or use the key `check`")
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
        Some(near) => unknown.did_you_mean(at, near),
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
