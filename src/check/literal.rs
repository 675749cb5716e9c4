//! Names of variables where nothing replaces them: in the values of variables, of
//! which only the variable's own is replaced, and only in braces; and in the arguments
//! of programs that no shell starts.
//!
//! Owns what is taken for a name that was meant to be replaced: one that the value
//! can only have by mistake, so that other texts with a `$` stay what they are.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Spanned};
use crate::spec::{Command, EnvTable, Keys, Text};

/// Variables that every image or shell has.
const KNOWN: [&str; 7] = [
    "HOME",
    "LD_LIBRARY_PATH",
    "PATH",
    "PWD",
    "PYTHONPATH",
    "USER",
    "VIRTUAL_ENV",
];

/// Warns of names that stay in values as they are.
pub(super) fn report(keys: &Keys, diagnostics: &mut Diagnostics) {
    let of_image = keys.env.iter();
    let steps = keys.extend.iter().flat_map(|extend| extend.value.steps());
    let of_steps = steps.filter_map(|(_, step)| step.env.as_ref());
    for env in of_image.chain(of_steps) {
        table(env, diagnostics);
    }
    programs(keys, diagnostics);
}

/// What to do about a variable in the arguments of what a container starts.
const SHELL: &str = "only a shell replaces it: begin the list with `bash`, `-c`, and write the command as the one text after them";
/// The same in a step or a check.
const SCRIPT: &str =
    "only a shell replaces it: write the command as a text, which is a script for bash";
/// Programs that read variables in their arguments.
const SHELLS: [&str; 8] = [
    "sh", "bash", "dash", "ash", "zsh", "ksh", "fish", "envsubst",
];

/// Warns of names in the arguments of programs.
fn programs(keys: &Keys, diagnostics: &mut Diagnostics) {
    let of_image = names(keys.env.as_ref());
    let started = [&keys.entrypoint, &keys.cmd].into_iter().flatten();
    let started: Vec<_> = started.flat_map(|list| &list.value).collect();
    arguments(&started, &of_image, SHELL, diagnostics);
    let health = keys.healthcheck.as_ref();
    let health = health.and_then(|health| health.value.test.as_ref());
    let health: Vec<_> = health.iter().flat_map(|list| &list.value).collect();
    arguments(&health, &of_image, SHELL, diagnostics);
    let steps = keys.extend.iter().flat_map(|extend| extend.value.steps());
    for (_, step) in steps {
        let known = [names(step.env.as_ref()), of_image.clone()].concat();
        command(step.run.as_ref(), &known, diagnostics);
    }
    let tests = keys.tests.as_ref();
    let checks = tests.and_then(|tests| tests.value.checks.as_ref());
    for (_, check) in checks.iter().flat_map(|checks| &checks.value.0) {
        command(check.value.command.as_ref(), &of_image, diagnostics);
    }
}

/// The variables of a table.
fn names(env: Option<&Spanned<EnvTable>>) -> Vec<&str> {
    let all = env.into_iter().flat_map(|env| &env.value.0);
    all.map(|(name, _)| name.value.as_str()).collect()
}

/// Warns of names in the arguments of a step or a check; a script is a shell's.
fn command(command: Option<&Spanned<Command>>, set: &[&str], diagnostics: &mut Diagnostics) {
    if let Some(Command::Program(list)) = command.map(|command| &command.value) {
        let words: Vec<_> = list.iter().collect();
        arguments(&words, set, SCRIPT, diagnostics);
    }
}

/// Warns of names in the arguments of one program; `set` are variables besides those
/// that every image has.
fn arguments(words: &[&Spanned<Text>], set: &[&str], help: &str, diagnostics: &mut Diagnostics) {
    let is_shell = |word: &&Spanned<Text>| {
        let name = word.value.as_str().rsplit('/').next();
        name.is_some_and(|name| SHELLS.contains(&name))
    };
    if words.iter().any(is_shell) {
        return;
    }
    for word in words {
        let mentions = mentions(word.value.as_str()).into_iter();
        let is_known = |one: &Mention<'_>| KNOWN.contains(&one.name) || set.contains(&one.name);
        for Mention { written, .. } in mentions.filter(is_known) {
            let message = format!("`{written}` is not replaced: the program gets it as it is");
            let stays = Diagnostic::warning(Code::LiteralVariable, word.span, message);
            diagnostics.push(stays.help(help));
        }
    }
}

fn table(env: &Spanned<EnvTable>, diagnostics: &mut Diagnostics) {
    let all = &env.value.0;
    let is_set = |name: &str| all.iter().any(|(known, _)| known.value.as_str() == name);
    for (name, value) in all {
        let own = name.value.as_str();
        let mentions = mentions(value.value.as_str()).into_iter();
        let meant = mentions.filter(|one| {
            let is_known = KNOWN.contains(&one.name) || is_set(one.name);
            if one.name == own {
                !one.braced
            } else {
                is_known
            }
        });
        for Mention { name, written, .. } in meant {
            let message =
                format!("`{written}` is not replaced: the value of `{own}` has it as it is");
            let stays = Diagnostic::warning(Code::LiteralVariable, value.span, message);
            diagnostics.push(if name == own {
                stays.help(format!("write `${{{own}}}` for what `{own}` is otherwise"))
            } else {
                stays
                    .help(format!("write the value of `{name}` itself"))
                    .help(format!(
                        "only `${{{own}}}` is replaced here, by what `{own}` is otherwise"
                    ))
            });
        }
    }
}

/// A name of a variable in a text.
#[derive(Debug, PartialEq, Eq)]
struct Mention<'t> {
    name: &'t str,
    /// The name with what marks it.
    written: &'t str,
    braced: bool,
}

/// The names of variables in a text, each once. `$$` and `\$` mark none.
fn mentions(text: &str) -> Vec<Mention<'_>> {
    let mut all: Vec<Mention<'_>> = Vec::new();
    for (at, _) in text.match_indices('$') {
        if text[..at].ends_with(['$', '\\']) {
            continue;
        }
        let rest = &text[at + 1..];
        let braced = rest.starts_with('{');
        let inner = &rest[usize::from(braced)..];
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = inner.find(|c| !is_name(c)).unwrap_or(inner.len());
        let name = &inner[..length];
        if name.is_empty() || (braced && !inner[length..].starts_with('}')) {
            continue;
        }
        let end = at + 1 + length + if braced { 2 } else { 0 };
        let one = Mention {
            name,
            written: &text[at..end],
            braced,
        };
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_and_without_braces_and_no_other_text() {
        let written = |text| -> Vec<String> {
            let all = mentions(text).into_iter();
            all.map(|one| one.written.to_owned()).collect()
        };
        assert_eq!(written("$PATH:/opt/${HOME}/x:$PATH"), ["$PATH", "${HOME}"]);
        assert_eq!(written("$${HOME} \\$HOME $ ${} ${HOME:-x} 5$"), [""; 0]);
    }
}
