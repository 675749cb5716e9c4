//! Secrets in what everybody can read: the config of the image, and the steps that
//! it is built by.
//!
//! Owns what is said of them, which never repeats one. What one looks like, and that
//! no text is shown with it, is `spec::secret`'s.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned};
use crate::spec::{Command, ExtendStep, Keys, Text, abbreviate, secret};

/// Warns of values that look like secrets.
pub(super) fn report(keys: &Keys, diagnostics: &mut Diagnostics) {
    of_image(keys, diagnostics);
    let steps = keys.extend.iter().flat_map(|extend| extend.value.steps());
    for (_, step) in steps {
        in_variables(step, diagnostics);
        in_command(step, diagnostics);
    }
}

fn of_image(keys: &Keys, diagnostics: &mut Diagnostics) {
    for (name, value) in keys.env.iter().flat_map(|env| &env.value.0) {
        let (at, name) = (name.span, name.value.as_str());
        if let Some(what) = looks_like(name, value.value.as_str()) {
            let message = format!("the variable `{}` {what}", abbreviate(name));
            let start = format!(
                "give it to the container instead: `docker run -e {}`",
                abbreviate(name)
            );
            diagnostics.push(readable(at, message).help(start).help(STEP));
        }
    }
    for (name, value) in keys.labels.iter().flat_map(|labels| &labels.value.0) {
        let (at, name) = (name.span, name.value.as_str());
        if let Some(what) = looks_like(name, value.value.as_str()) {
            let message = format!("the label `{}` {what}", abbreviate(name));
            diagnostics.push(readable(at, message).help("remove it: a label is there to be read"));
        }
    }
    let test = keys
        .healthcheck
        .as_ref()
        .and_then(|check| check.value.test.as_ref());
    for (key, arguments) in [
        ("entrypoint", keys.entrypoint.as_ref()),
        ("cmd", keys.cmd.as_ref()),
        ("healthcheck.test", test),
    ] {
        for value in arguments.iter().flat_map(|list| &list.value) {
            if let Some(what) = secret::by_shape(value.value.as_str()) {
                let message = format!("an argument of `{key}` holds what looks like {what}");
                let help = "let the program read it from a variable or a file: \
                            `docker run -e NAME`, or a mounted secret";
                diagnostics.push(readable(value.span, message).help(help));
            }
        }
    }
}

/// What to do about a secret that a step of the build needs.
const STEP: &str =
    "a step of the build that needs it can mount it, by `secrets` of a step of `extend`";

/// Variables of a step that is added.
fn in_variables(step: &ExtendStep, diagnostics: &mut Diagnostics) {
    for (name, value) in step.env.iter().flat_map(|env| &env.value.0) {
        let (at, name) = (name.span, name.value.as_str());
        if let Some(what) = looks_like(name, value.value.as_str()) {
            let name = abbreviate(name);
            let message = format!("the variable `{name}` of a step {what}");
            let mount = format!(
                "mount it instead, with `secrets: [{{id: {name}, env: {name}}}]` in the step"
            );
            diagnostics.push(
                recorded(at, message)
                    .help(mount)
                    .help(format!("give it with `--secret id={name},env={name}`")),
            );
        }
    }
}

/// What a step that is added runs.
fn in_command(step: &ExtendStep, diagnostics: &mut Diagnostics) {
    let mut say = |what: &str, text: &Text, at: Span| {
        if let Some(kind) = secret::by_shape(text.as_str()) {
            let message = format!("{what} of a step holds what looks like {kind}");
            diagnostics.push(
                recorded(at, message)
                    .help("mount it, with `secrets: [{id: TOKEN, env: TOKEN}]` in the step")
                    .help("let the program read the variable: `$TOKEN` in a script"),
            );
        }
    };
    if let Some(Spanned { value, span, .. }) = &step.run {
        match value {
            Command::Script(script) => say("the script", script, *span),
            Command::Program(words) => {
                for word in words {
                    say("an argument", &word.value, word.span);
                }
            }
        }
    }
}

/// What a value with this name looks like, if it looks like a secret.
fn looks_like(name: &str, value: &str) -> Option<String> {
    match secret::by_shape(value) {
        Some(what) => Some(format!("holds what looks like {what}")),
        None => secret::by_name(name, value).then(|| "looks like a secret".to_owned()),
    }
}

fn readable(at: Span, message: String) -> Diagnostic {
    Diagnostic::warning(Code::SecretInConfig, at, message).note("whoever has the image can read it")
}

fn recorded(at: Span, message: String) -> Diagnostic {
    Diagnostic::warning(Code::SecretInConfig, at, message)
        .note("it is recorded in the provenance of the build")
}
