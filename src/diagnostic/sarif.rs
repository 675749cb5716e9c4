//! Diagnostics as SARIF, which code scanning of GitHub and GitLab and editors
//! read. Facts: OASIS SARIF 2.1.0.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

use super::printable::printable;
use super::{Code, Diagnostic, Label, Severity, SourceKind, Sources, Span};

/// Where the format is defined.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What stays as it is in a path of an address.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'\\')
    .add(b':');

/// A SARIF log of one run with a result for each diagnostic, in the order given.
/// The rules are those that were broken, in the order of their names.
///
/// Columns count characters. What has no place in a file, such as a wrong build
/// argument, stands at the spec, because readers of SARIF drop results without
/// a file.
pub fn to_sarif(diagnostics: &[&Diagnostic], sources: &Sources) -> Value {
    let mut codes: Vec<Code> = diagnostics.iter().map(|one| one.code).collect();
    codes.sort_by_key(|code| code.name());
    codes.dedup();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|one| result(one, &codes, sources))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "dynamo-frontend",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": codes.into_iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.name(),
        "shortDescription": {"text": code.summary()},
        "helpUri": code.url(),
    })
}

fn result(diagnostic: &Diagnostic, codes: &[Code], sources: &Sources) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut text = vec![diagnostic.message.clone()];
    text.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    let index = codes.iter().position(|code| *code == diagnostic.code);
    let places: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| related(label, sources))
        .collect();
    let mut result = json!({
        "ruleId": diagnostic.code.name(),
        "ruleIndex": index,
        "level": level,
        "message": message(text.iter().map(String::as_str)),
        "locations": primary(diagnostic, sources).into_iter().collect::<Vec<_>>(),
    });
    if !places.is_empty() {
        result["relatedLocations"] = Value::Array(places);
    }
    if let Some(fix) = fix(diagnostic, sources) {
        result["fixes"] = json!([fix]);
    }
    result
}

/// The change of the spec that mends it.
fn fix(diagnostic: &Diagnostic, sources: &Sources) -> Option<Value> {
    let fix = diagnostic.fix.as_ref()?;
    if sources.kind(fix.span) != SourceKind::Spec {
        return None;
    }
    let place = location(fix.span, sources)["physicalLocation"].take();
    Some(json!({"artifactChanges": [{
        "artifactLocation": place["artifactLocation"],
        "replacements": [{
            "deletedRegion": place["region"],
            "insertedContent": {"text": fix.replacement},
        }],
    }]}))
}

/// A second place. One that is in no file of the user is said in its message.
fn related(label: &Label, sources: &Sources) -> Value {
    let source = sources.get(label.span.source);
    if source.kind != SourceKind::Spec {
        let line = source.position(label.span.start).line;
        let text = format!("{}:{line}: {}", source.name, label.text);
        return json!({"message": message([text.as_str()])});
    }
    let mut place = location(label.span, sources);
    place["message"] = message([label.text.as_str()]);
    place
}

fn primary(diagnostic: &Diagnostic, sources: &Sources) -> Option<Value> {
    let mut specs = sources
        .iter()
        .filter(|(_, source)| source.kind == SourceKind::Spec);
    let spec = specs.next().map(|(id, _)| Span::new(id, 0, 0));
    let in_spec = |span: &Span| sources.kind(*span) == SourceKind::Spec;
    let span = diagnostic.primary.filter(in_spec).or(spec)?;
    let mut place = location(span, sources);
    if !diagnostic.note.is_empty() && diagnostic.primary == Some(span) {
        place["message"] = message([diagnostic.note.as_str()]);
    }
    Some(place)
}

fn location(span: Span, sources: &Sources) -> Value {
    let source = sources.get(span.source);
    let (start, end) = (source.position(span.start), source.position(span.end));
    let path = utf8_percent_encode(&source.name, PATH).to_string();
    let uri = if path.starts_with('/') {
        format!("file://{path}")
    } else {
        path
    };
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri},
        "region": {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        },
    }})
}

/// A message of these lines.
fn message<'a>(lines: impl IntoIterator<Item = &'a str>) -> Value {
    let lines: Vec<String> = lines.into_iter().map(printable).collect();
    json!({"text": lines.join("\n")})
}
