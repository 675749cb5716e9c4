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
    if is_plain(argument) {
        return Cow::Borrowed(argument);
    }
    match shlex::try_quote(argument) {
        Ok(quoted) => quoted,
        Err(_) => Cow::Owned(shell_word(&argument.replace('\0', "")).into_owned()),
    }
}

/// Whether no shell finds anything in it to expand. An equals sign is none of it
/// inside an argument, and quoting each `name=value` makes a line hard to read.
fn is_plain(argument: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:,@%+=".contains(&byte);
    !argument.is_empty() && !argument.starts_with('=') && argument.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    fn owned(arguments: &[&str]) -> Vec<String> {
        arguments.iter().map(|one| (*one).to_owned()).collect()
    }

    #[test]
    fn a_line_is_read_back_as_the_arguments_it_was_made_of() {
        let arguments = owned(&["docker", "it's", "", "a b", "$HOME", "x;y", "*", "--name=v"]);
        let line = command_line(&arguments);
        assert_eq!(shlex::split(&line), Some(arguments), "{line}");
    }

    #[test]
    fn what_is_plain_is_not_quoted() {
        let arguments = owned(&[
            "--ulimit",
            "memlock=-1",
            "a/b:c",
            "=ls",
            "~",
            "type=bind,src=/a",
        ]);
        assert_eq!(
            command_line(&arguments),
            "--ulimit memlock=-1 a/b:c '=ls' '~' type=bind,src=/a"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_real_shell_reads_hostile_arguments_as_they_are() {
        let arguments = owned(&[
            "; touch /canary",
            "$(id)`id`",
            "a\nb\t",
            "'\"\\",
            "!!",
            "-n",
            "{a,b}",
            "# no comment",
            "ünï©ode",
            "&& exit 3 ||",
        ]);
        let script = format!("printf '%s\\0' {}", command_line(&arguments));
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let read: Vec<&str> = said.trim_end_matches('\0').split('\0').collect();
        assert_eq!(read, arguments);
    }

    proptest! {
        #[test]
        fn any_arguments_come_back(arguments in proptest::collection::vec("[^\0]*", 0..6)) {
            let line = command_line(&arguments);
            prop_assert_eq!(shlex::split(&line), Some(arguments), "{}", line);
        }
    }
}
