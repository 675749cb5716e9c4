//! What the user sees: data goes to standard output, everything else to
//! standard error, so that `eval "$(cargo xtask engine env)"` is safe.
//! Nothing else in this crate prints.

use std::process::Command;
use std::time::{Duration, Instant};

/// Writes one line of data to standard output.
#[expect(
    clippy::print_stdout,
    reason = "the one place where data leaves the program"
)]
pub(crate) fn data(line: &str) {
    println!("{line}");
}

/// Says what is going on.
pub(crate) fn note(text: &str) {
    eprintln!("  {text}");
}

/// Shows a command as it could be typed, so that a reader can repeat it.
pub(crate) fn show(command: &Command) {
    eprintln!("$ {}", as_typed(command));
}

/// Runs one named phase under a heading and says how long it took.
pub(crate) fn phase<T>(name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    eprintln!("== {name}");
    let start = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "done" } else { "FAILED" };
    eprintln!("== {name}: {verdict} after {}", seconds(start.elapsed()));
    outcome
}

/// A duration with as many digits as a reader needs.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn as_typed(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| quote(&word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Quotes one word for a POSIX shell, only where the shell needs it.
pub(crate) fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let mut command = Command::new("docker");
        command.args([
            "build",
            "-t",
            "a b",
            "--build-arg",
            "images.base=host:1/x@sha256:0",
        ]);
        assert_eq!(
            as_typed(&command),
            "docker build -t 'a b' --build-arg images.base=host:1/x@sha256:0"
        );
    }

    #[test]
    fn quotes_and_empty_words_survive_a_shell() {
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("$HOME"), "'$HOME'");
    }
}
