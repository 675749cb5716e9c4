//! Diagnostics as a code quality report of GitLab, which every tier of it shows in
//! a merge request. Facts: GitLab's "Code Quality report format".

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::printable::printable;
use super::{Diagnostic, Severity, SourceKind, Sources, Span};

/// A list with an entry for each diagnostic, in the order given.
///
/// GitLab drops what has no file, so a finding without a place in the spec stands
/// at its first line. It compares the reports of two branches by fingerprints: they
/// do not hold a line, so that a line added above makes no finding a new one.
pub fn to_gitlab(diagnostics: &[&Diagnostic], sources: &Sources) -> Value {
    let mut seen = BTreeMap::new();
    let entries = diagnostics.iter().map(|one| entry(one, sources, &mut seen));
    entries.collect()
}

fn entry(diagnostic: &Diagnostic, sources: &Sources, seen: &mut BTreeMap<String, usize>) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Note => "info",
    };
    let name = diagnostic.code.name();
    let (path, begin, end) = place(diagnostic, sources);
    let identity = format!("{name}\n{path}\n{}", diagnostic.message);
    let before = seen.entry(identity.clone()).or_default();
    let fingerprint = fingerprint(&format!("{identity}\n{before}"));
    *before += 1;
    json!({
        "description": description(diagnostic),
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": begin, "end": end}},
    })
}

/// The file, and its first and last line that the finding is about.
fn place(diagnostic: &Diagnostic, sources: &Sources) -> (String, u32, u32) {
    // GitLab compares paths with those of the repository, as texts.
    let path = |name: &str| name.strip_prefix("./").unwrap_or(name).to_owned();
    let in_spec = |span: &Span| sources.kind(*span) == SourceKind::Spec;
    if let Some(span) = diagnostic.primary.filter(in_spec) {
        let (first, last) = sources.lines(span);
        return (path(&sources.get(span.source).name), first, last);
    }
    let mut specs = sources
        .iter()
        .filter(|(_, source)| source.kind == SourceKind::Spec);
    let spec = specs.next().map(|(_, source)| path(&source.name));
    (spec.unwrap_or_default(), 1, 1)
}

fn description(diagnostic: &Diagnostic) -> String {
    let help = diagnostic.help.iter().map(|help| format!("help: {help}"));
    let lines: Vec<String> = std::iter::once(diagnostic.message.clone())
        .chain(help)
        .map(|line| printable(&line))
        .collect();
    lines.join("; ")
}

/// Half a digest: long enough to be the only one.
fn fingerprint(identity: &str) -> String {
    let mut digest = format!("{:x}", Sha256::digest(identity.as_bytes()));
    digest.truncate(32);
    digest
}
