//! Values in YAML's flow style, for suggestions that can be pasted.

use super::node::{Node, NodeKind, abbreviate};
use super::secret::{masked, masked_value};

/// The longest suggestion; a longer one would not be read.
const LONGEST: usize = 400;

/// A text as the list that is meant by it: split at commas where it has some, or else
/// as a shell splits it.
pub(super) fn list(text: &str) -> String {
    let has_commas = text.contains(", ") || text.ends_with(',');
    let words = if has_commas && !text.contains(['"', '\'']) {
        let words = text.split(',').map(|word| word.trim().to_owned());
        words.filter(|word| !word.is_empty()).collect()
    } else {
        let blanks = || text.split_whitespace().map(str::to_owned).collect();
        shlex::split(text).unwrap_or_else(blanks)
    };
    let words: Vec<String> = words
        .iter()
        .map(|word| {
            if word.contains(' ') {
                quoted(word)
            } else {
                scalar(word)
            }
        })
        .collect();
    short(format!("[{}]", words.join(", ")), text)
}

/// A text as the arguments of a program: of a shell, where only one does what it says.
pub(crate) fn arguments(text: &str) -> String {
    let is_variable = |(at, _): (usize, &str)| {
        let rest = text[at + 1..].chars().next();
        rest.is_some_and(|c| c.is_ascii_alphabetic() || "_{(".contains(c))
    };
    let signs = ["&&", "|", ";", ">", "<", "*", "`"];
    let needs_shell =
        text.match_indices('$').any(is_variable) || signs.iter().any(|sign| text.contains(sign));
    let words = shlex::split(text).unwrap_or_default();
    let has_shell = words
        .iter()
        .any(|word| matches!(word.as_str(), "sh" | "bash" | "-c"));
    if !needs_shell || has_shell {
        return list(text);
    }
    short(format!("[bash, -c, {}]", quoted(text.trim())), text)
}

/// A text, in quotes where YAML would read it otherwise.
pub(crate) fn scalar(text: &str) -> String {
    let text = masked(text);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./=+@$~<>^;%".contains(c);
    let is_word =
        ["true", "false", "null", "~", "-", "---"].contains(&text.to_lowercase().as_str());
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || "_-./$+".contains(c));
    let within = text
        .split(' ')
        .all(|word| !word.is_empty() && word.chars().all(is_plain));
    if begins && within && !is_word {
        text
    } else {
        quoted(&text)
    }
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let text = masked(text);
    if text.contains(['"', '\\']) && !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    serde_json::Value::from(text).to_string()
}

/// Items such as `A=1`, or mappings with one key, as one mapping.
pub(super) fn table(items: &[Node]) -> Option<String> {
    let pairs: Option<Vec<String>> = items.iter().map(pair).collect();
    let pairs = pairs.filter(|pairs| !pairs.is_empty())?;
    let whole = format!("{{{}}}", pairs.join(", "));
    (whole.len() <= LONGEST).then_some(whole)
}

fn pair(item: &Node) -> Option<String> {
    let (key, value) = match &item.kind {
        NodeKind::Scalar { text, .. } => text.split_once('=')?,
        NodeKind::Mapping(entries) => match (entries.as_slice(), entries.first()) {
            ([_], Some(entry)) => match &entry.value.kind {
                NodeKind::Scalar { text, .. } => (entry.key.as_str(), text.as_str()),
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    let (key, value) = (key.trim(), masked_value(key.trim(), value));
    Some(format!("{}: {}", scalar(key), quoted(value)))
}

fn short(whole: String, text: &str) -> String {
    if whole.len() <= LONGEST {
        whole
    } else {
        format!("[{}]", abbreviate(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_the_list_that_a_shell_or_a_reader_sees_in_it() {
        for (text, meant) in [
            ("echo $HOME", "[echo, $HOME]"),
            ("sh -c \"a b\"", "[sh, -c, \"a b\"]"),
            ("sh -c 'a, b'", "[sh, -c, \"a, b\"]"),
            ("sh -c 'echo \"x\"'", "[sh, -c, 'echo \"x\"']"),
            ("echo it's", "[echo, \"it's\"]"),
            ("jq, htop", "[jq, htop]"),
            ("jq,", "[jq]"),
            ("a[b]>1,<2", "[\"a[b]>1,<2\"]"),
            ("echo true # no", "[echo, \"true\"]"),
            ("", "[]"),
        ] {
            assert_eq!(list(text), meant);
        }
    }

    #[test]
    fn what_only_a_shell_does_is_given_to_one() {
        for (text, meant) in [
            ("echo $HOME", "[bash, -c, \"echo $HOME\"]"),
            ("a && b", "[bash, -c, \"a && b\"]"),
            ("sh -c 'a && b'", "[sh, -c, \"a && b\"]"),
            ("price 5$", "[price, 5$]"),
        ] {
            assert_eq!(arguments(text), meant);
        }
    }

    #[test]
    fn what_yaml_would_read_otherwise_is_quoted() {
        for (text, written) in [
            ("echo hi", "echo hi"),
            ("a: b", "\"a: b\""),
            ("*", "\"*\""),
            ("null", "\"null\""),
            ("", "\"\""),
            (" a", "\" a\""),
            ("a\nb", "\"a\\nb\""),
            ("a\\b'", "'a\\b'''"),
        ] {
            assert_eq!(scalar(text), written);
        }
    }
}
