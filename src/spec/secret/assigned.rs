//! Values that a text assigns to the names of secrets: `HF_TOKEN=…`, `--token=…`, and a
//! line of its own as `HF_TOKEN: …`.
//!
//! Owns where in a text they are. Which names are those of secrets is not its business.

use std::ops::Range;

use super::{ENDS, MASK, by_name, is_name};

/// What may stand around names and values.
const QUOTES: [char; 2] = ['"', '\''];
/// Bytes of a value that are looked at, however long its line is.
const LONGEST: usize = 512;

/// Where they are, in order.
pub(super) fn assigned(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        match of_line(content) {
            Some(at) => all.push(start + at..start + content.len()),
            None => within(content, start, &mut all),
        }
        start += line.len();
    }
    all
}

/// Where the value of a line begins that is one assignment, or an item of a list that
/// is one: it may have blanks in it.
fn of_line(line: &str) -> Option<usize> {
    let opens = |c: char| c.is_whitespace() || QUOTES.contains(&c);
    let item = line.trim_start();
    let item = item.strip_prefix("- ").unwrap_or(item);
    let item = item.trim_start_matches(opens);
    let sign = item.find(['=', ':'])?;
    let (name, value) = (item[..sign].trim_end_matches(opens), &item[sign + 1..]);
    // A colon within a word is more often that of an image or a port.
    let is_word = item[sign..].starts_with(':') && !value.starts_with(char::is_whitespace);
    if !name.chars().all(is_part) || (is_word && name.contains(char::is_lowercase)) {
        return None;
    }
    is_secret(name, value).then(|| line.len() - value.trim_start().len())
}

/// Adds those that words of a line are.
fn within(line: &str, start: usize, all: &mut Vec<Range<usize>>) {
    let mut done = 0;
    for (at, sign) in line.match_indices('=') {
        if at < done {
            continue;
        }
        let before = &line[done..at];
        let name = before.rsplit(|c| !is_part(c)).next().unwrap_or_default();
        let from = at + sign.len();
        if is_secret(name, &line[from..]) {
            done = from + length(&line[from..]);
            all.push(start + from..start + done);
        }
    }
}

/// How long a value is that other words follow.
fn length(rest: &str) -> usize {
    let quote = rest.chars().next().filter(|first| QUOTES.contains(first));
    match quote {
        Some(quote) => rest[1..].find(quote).map_or(rest.len(), |end| end + 2),
        None => rest.find(ENDS).unwrap_or(rest.len()),
    }
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-.".contains(c)
}

/// Whether a value that a text begins with is a secret by its name. `==` compares.
fn is_secret(name: &str, rest: &str) -> bool {
    if !is_name(name) || rest.starts_with('=') {
        return false;
    }
    let rest = rest[..rest.floor_char_boundary(LONGEST)].trim_start();
    let value = rest.trim_start_matches(QUOTES);
    let value = value.split(ENDS).next().unwrap_or_default();
    // What is masked already is none.
    value != MASK && by_name(name, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with `#` for what is found.
    fn without(text: &str) -> String {
        let mut shown = text.to_owned();
        for value in assigned(text).into_iter().rev() {
            shown.replace_range(value, "#");
        }
        shown
    }

    #[test]
    fn what_is_assigned_to_the_name_of_a_secret_is_found() {
        for (text, shown) in [
            ("HF_TOKEN=hunter2", "HF_TOKEN=#"),
            ("DB_PASSWORD=correct horse", "DB_PASSWORD=#"),
            ("DB_PASSWORD: correct horse", "DB_PASSWORD: #"),
            ("\"API_KEY\" = 'a b'", "\"API_KEY\" = #"),
            ("API_KEY:hunter2", "API_KEY:#"),
            ("serve --token=hunter2 --port=1", "serve --token=# --port=1"),
            ("export TOKEN=\"a b\" A=1", "export TOKEN=# A=1"),
            ("[A=1, MY_TOKEN=hunter2, B=2]", "[A=1, MY_TOKEN=#, B=2]"),
            (
                "env:\n  - A=1\n  - MY_TOKEN=a b\n",
                "env:\n  - A=1\n  - MY_TOKEN=#\n",
            ),
            (
                "get https://x.y/z?token=hunter2",
                "get https://x.y/z?token=#",
            ),
        ] {
            assert_eq!(without(text), shown, "{text}");
        }
    }

    #[test]
    fn what_is_no_value_of_a_secret_stays() {
        for text in [
            "HF_TOKEN=$HF_TOKEN serve",
            "HF_TOKEN=\"${OTHER}\" serve",
            "DB_PASSWORD=/run/secrets/password",
            "token==1.0",
            "token:latest",
            "registry.example.com/secret:latest",
            "if [ \"$TOKEN\" = x ]",
            "error: the token: is missing",
            "MAX_TOKENS=lots",
            "TOKEN=",
            "\"TOKEN=***\"",
            "A=1 B=2",
        ] {
            assert_eq!(without(text), text);
        }
    }
}
