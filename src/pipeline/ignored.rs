//! Which paths an ignore file leaves out of a build context.
//!
//! Owns what Docker's patterns match, for a folder that no client sends.

use regex_lite::Regex;
use thiserror::Error;

/// A pattern that Docker refuses.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no pattern")]
pub struct BadPattern(String);

/// The patterns of an ignore file.
#[derive(Debug)]
pub struct Ignored(Vec<Pattern>);

#[derive(Debug)]
struct Pattern {
    matcher: Regex,
    /// Whether it takes back what one before it leaves out.
    takes_back: bool,
}

impl Ignored {
    /// These patterns, as [`super::ignore_file::parse`] gives them.
    pub fn new(patterns: &[String]) -> Result<Self, BadPattern> {
        let patterns = patterns.iter().map(|written| {
            let (takes_back, pattern) = match written.strip_prefix('!') {
                Some(pattern) => (true, pattern),
                None => (false, written.as_str()),
            };
            let matcher = (!pattern.is_empty()).then(|| Regex::new(&expression(pattern)));
            match matcher {
                Some(Ok(matcher)) => Ok(Pattern {
                    matcher,
                    takes_back,
                }),
                _ => Err(BadPattern(written.clone())),
            }
        });
        patterns.collect::<Result<_, _>>().map(Self)
    }

    /// Whether this path is left out: the last pattern that matches it, or a folder
    /// that it is in, tells.
    pub fn leaves_out(&self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        let paths: Vec<&str> = folders.chain([path]).collect();
        let matches = |one: &&Pattern| paths.iter().any(|path| one.matcher.is_match(path));
        let last = self.0.iter().rev().find(matches);
        last.is_some_and(|pattern| !pattern.takes_back)
    }

    /// Whether something in a folder that is left out may be there all the same.
    pub fn takes_back(&self) -> bool {
        self.0.iter().any(|pattern| pattern.takes_back)
    }
}

/// A pattern as a regular expression for a whole path.
fn expression(pattern: &str) -> String {
    let mut expression = String::from("^");
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '*' if letters.next_if_eq(&'*').is_some() => {
                letters.next_if_eq(&'/');
                let is_last = letters.peek().is_none();
                expression.push_str(if is_last { ".*" } else { "(.*/)?" });
            }
            '*' => expression.push_str("[^/]*"),
            '?' => expression.push_str("[^/]"),
            '[' | ']' | '-' | '^' => expression.push(letter),
            '\\' => literal(letters.next().unwrap_or('\\'), &mut expression),
            letter => literal(letter, &mut expression),
        }
    }
    expression.push('$');
    expression
}

fn literal(letter: char, expression: &mut String) {
    expression.push_str(&regex_lite::escape(letter.encode_utf8(&mut [0; 4])));
}

#[cfg(test)]
mod tests {
    use super::super::ignore_file;
    use super::*;

    fn left_out(text: &str, path: &str) -> bool {
        let patterns = ignore_file::parse(text.as_bytes()).unwrap();
        Ignored::new(&patterns).unwrap().leaves_out(path)
    }

    #[test]
    fn paths_are_left_out_as_docker_leaves_them_out() {
        for (text, path, expected) in [
            ("*.txt", "more.txt", true),
            ("*.txt", "deps/more.txt", false),
            ("**/*.txt", "more.txt", true),
            ("**/*.txt", "a/b/more.txt", true),
            ("deps", "deps/a/more.txt", true),
            ("/deps/", "deps/more.txt", true),
            ("deps", "deps.txt", false),
            ("deps/**", "deps/a/b", true),
            ("deps/**", "deps", false),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("[a-c].txt", "b.txt", true),
            ("[^a-c].txt", "b.txt", false),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("a+(b).{c}|$", "a+(b).{c}|$", true),
            ("*\n!deps", "deps/more.txt", false),
            ("*\n!deps\ndeps/a", "deps/a/b", true),
            ("!deps\n*", "deps", true),
            ("ü*", "üb", true),
            ("", "a", false),
        ] {
            assert_eq!(left_out(text, path), expected, "{path} by {text:?}");
        }
    }

    #[test]
    fn what_docker_refuses_is_named() {
        for wrong in ["a[", "!", "!a[b"] {
            let refused = Ignored::new(&[wrong.to_owned()]).map(|_| ()).unwrap_err();
            assert_eq!(refused, BadPattern(wrong.to_owned()));
        }
    }
}
