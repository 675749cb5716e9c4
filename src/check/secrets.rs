//! Secrets in what everybody can read: the config of the image.
//!
//! Owns what is said of them, which never repeats one. What one looks like is
//! `spec::secret`'s.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Sources, Span, Spanned};
use crate::spec::{EnvName, Keys, Text, abbreviate, secret};

/// Warns of values that look like secrets, and takes them out of the texts that
/// findings are shown with.
pub(super) fn report(keys: &Keys, sources: &mut Sources, diagnostics: &mut Diagnostics) {
    let mut say = |value: &Spanned<Text>, warning: Diagnostic| {
        sources.redact(value.span);
        diagnostics.push(warning);
    };
    for (name, value) in keys.env.iter().flat_map(|env| &env.value.0) {
        let (at, name) = (name.span, name.value.as_str());
        if let Some(what) = looks_like(name, value.value.as_str()) {
            let message = format!("the variable `{}` {what}", abbreviate(name));
            let start = format!(
                "give it to the container instead: `docker run -e {}`",
                abbreviate(name)
            );
            say(value, readable(at, message).help(start).help(STEP));
        }
    }
    for (name, value) in variables_of_steps(keys) {
        let (at, name) = (name.span, name.value.as_str());
        if let Some(what) = looks_like(name, value.value.as_str()) {
            let message = format!("the variable `{}` of a step {what}", abbreviate(name));
            let secret = format!("`secrets: [{{id: {0}, env: {0}}}]`", abbreviate(name));
            let warning = Diagnostic::warning(Code::SecretInConfig, at, message)
                .note("it is recorded in the provenance of the build")
                .help(format!("mount it instead, with {secret} in the step"))
                .help(format!(
                    "give it with `--secret id={0},env={0}`",
                    abbreviate(name)
                ));
            say(value, warning);
        }
    }
    for (name, value) in keys.labels.iter().flat_map(|labels| &labels.value.0) {
        let (at, name) = (name.span, name.value.as_str());
        if let Some(what) = looks_like(name, value.value.as_str()) {
            let message = format!("the label `{}` {what}", abbreviate(name));
            say(
                value,
                readable(at, message).help("remove it: a label is there to be read"),
            );
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
                say(value, readable(value.span, message).help(help));
            }
        }
    }
}

/// What to do about a secret that a step of the build needs.
const STEP: &str =
    "a step of the build that needs it can mount it, by `secrets` of a step of `extend`";

/// The variables that steps of `extend` have.
fn variables_of_steps(keys: &Keys) -> impl Iterator<Item = &(Spanned<EnvName>, Spanned<Text>)> {
    let stages = keys.extend.iter().flat_map(|extend| &extend.value.0);
    let steps = stages.flat_map(|(_, steps)| &steps.value);
    let tables = steps.filter_map(|step| step.value.env.as_ref());
    tables.flat_map(|table| &table.value.0)
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
