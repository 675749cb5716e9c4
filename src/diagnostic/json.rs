//! Diagnostics as JSON, for programs.

use serde_json::{Value, json};

use super::{Diagnostic, Sources, Span};

/// An array with one object per diagnostic, in the order given:
/// `code`, `url`, `severity`, `message`, `note`, `primary`, `labels`, `help`, `fix`.
/// A place is `{file, start: {line, column}, end: {line, column}}`, counted from 1;
/// `fix` is the change of the text that `help` speaks of, `{place, replacement}`, or
/// null.
pub fn to_json(diagnostics: &[&Diagnostic], sources: &Sources) -> Value {
    let place = |span: Span| {
        let source = sources.get(span.source);
        let at = |offset| {
            let position = source.position(offset);
            json!({"line": position.line, "column": position.column})
        };
        json!({"file": source.name, "start": at(span.start), "end": at(span.end)})
    };
    let one = |diagnostic: &&Diagnostic| {
        let labels: Vec<Value> = diagnostic
            .labels
            .iter()
            .map(|label| json!({"place": place(label.span), "text": label.text}))
            .collect();
        let fix = diagnostic
            .fix
            .as_ref()
            .map(|fix| json!({"place": place(fix.span), "replacement": fix.replacement}));
        json!({
            "code": diagnostic.code.name(),
            "url": diagnostic.code.url(),
            "severity": diagnostic.severity,
            "message": diagnostic.message,
            "note": diagnostic.note,
            "primary": diagnostic.primary.map(place),
            "labels": labels,
            "help": diagnostic.help,
            "fix": fix,
        })
    };
    Value::Array(diagnostics.iter().map(one).collect())
}
