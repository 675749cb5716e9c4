//! An argument vector as a line that a shell reads back as it is.

use std::borrow::Cow;

/// The line. What no shell can take, a null byte, is left out: no program could
/// have got it either.
pub fn command_line(arguments: &[String]) -> String {
    let words: Vec<Cow<'_, str>> = arguments.iter().map(|one| shell_word(one)).collect();
    words.join(" ")
}

/// One argument of such a line.
pub fn shell_word(argument: &str) -> Cow<'_, str> {
    match shlex::try_quote(argument) {
        Ok(quoted) => quoted,
        Err(_) => Cow::Owned(shell_word(&argument.replace('\0', "")).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_back_as_the_arguments_it_was_made_of() {
        let arguments = ["docker", "it's", "", "a b", "$HOME", "x;y", "*", "--name=v"];
        let arguments: Vec<String> = arguments.map(str::to_owned).into();
        let line = command_line(&arguments);
        assert_eq!(shlex::split(&line), Some(arguments), "{line}");
    }
}
