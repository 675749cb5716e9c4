//! Commands as lists whose first word is a whole command line: no program has such a
//! name, and the step, the check or the container would end with "not found".
//!
//! Owns what is no name of a program: one with blanks that is no path.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Spanned};
use crate::spec::{Command, Keys, Text, abbreviate, flow};

/// Refuses such names.
pub(super) fn report(keys: &Keys, diagnostics: &mut Diagnostics) {
    let health = keys.healthcheck.as_ref();
    let health = health.and_then(|health| health.value.test.as_ref());
    // Without a program of the spec's, the first argument is mostly the program.
    let alone = keys.cmd.as_ref().filter(|_| keys.entrypoint.is_none());
    for list in [keys.entrypoint.as_ref(), alone, health]
        .into_iter()
        .flatten()
    {
        let mend = |line: &str| {
            format!(
                "write each word as one of its own: `{}`",
                flow::arguments(line)
            )
        };
        diagnostics.extend(no_name(&list.value, mend));
    }
    let steps = keys.extend.iter().flat_map(|extend| extend.value.steps());
    let runs = steps.filter_map(|(_, step)| step.run.as_ref());
    let tests = keys.tests.as_ref();
    let checks = tests.and_then(|tests| tests.value.checks.as_ref());
    let checks = checks.iter().flat_map(|checks| &checks.value.0);
    let commands = checks.filter_map(|(_, check)| check.value.command.as_ref());
    for command in runs.chain(commands) {
        if let Command::Program(list) = &command.value {
            let mend = |line: &str| {
                format!(
                    "write it as a text, without the brackets: `{}`",
                    abbreviate(&flow::scalar(line))
                )
            };
            diagnostics.extend(no_name(list, mend));
        }
    }
}

/// A program whose name is none, with the whole command as one line for `mend`.
fn no_name(list: &[Spanned<Text>], mend: impl Fn(&str) -> String) -> Option<Diagnostic> {
    let name = list.first()?;
    let text = name.value.as_str();
    if !text.trim().contains(char::is_whitespace) || text.starts_with('/') {
        return None;
    }
    let shown = abbreviate(text);
    let message = format!("`{shown}` is no name of a program, and a list begins with one");
    let refused = Diagnostic::error(Code::InvalidValue, name.span, message);
    let arguments = list.iter().skip(1).map(|word| word.value.as_str());
    let arguments = arguments.map(|word| shlex::try_quote(word).unwrap_or(word.into()));
    let words: Vec<_> = std::iter::once(text.into()).chain(arguments).collect();
    Some(refused.help(mend(&words.join(" "))))
}
