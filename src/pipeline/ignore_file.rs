//! The text of a `.dockerignore`.
//!
//! Owns Docker's rules for it, line by line; what the patterns match is
//! `ignored`'s business, and in a build the client's.

use thiserror::Error;

/// The ignore file of a build context. One beside the spec, with this after the spec's
/// name, takes its place.
pub const IGNORE_FILE: &str = ".dockerignore";
/// The longest line that Docker reads.
const LINE_LIMIT: usize = 64 << 10;

/// A line that Docker does not read.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("line {line} is longer than {} KiB", LINE_LIMIT >> 10)]
pub struct LongLine {
    line: usize,
}

/// The patterns in their order; those that take files back begin with `!`.
pub fn parse(bytes: &[u8]) -> Result<Vec<String>, LongLine> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut patterns = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.len() >= LINE_LIMIT {
            return Err(LongLine { line: index + 1 });
        }
        // A comment is one only from the first column on.
        if !line.starts_with('#') {
            patterns.extend(pattern(line.trim()));
        }
    }
    Ok(patterns)
}

fn pattern(line: &str) -> Option<String> {
    if line.is_empty() {
        return None;
    }
    let (back, pattern) = match line.strip_prefix('!') {
        Some(rest) => ("!", rest.trim()),
        None => ("", line),
    };
    if pattern.is_empty() {
        return Some(back.to_owned());
    }
    let clean = clean(pattern);
    // A leading slash is the context's root, as is none.
    let relative = clean.strip_prefix('/').filter(|rest| !rest.is_empty());
    Some(format!("{back}{}", relative.unwrap_or(&clean)))
}

/// The shortest path that means the same, as Go's `path.Clean` gives it.
pub(super) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.join("/")) {
        (true, rest) => format!("/{rest}"),
        (false, rest) if rest.is_empty() => ".".to_owned(),
        (false, rest) => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_patterns_as_docker_reads_them() {
        let text = "\u{feff}a\r\n# comment\n # a name\n\n  b/  \n/c\n/\n!/d\n! e/../f \n./g//h/.\n../i\nj\\*\n";
        let wanted = [
            "a", "# a name", "b", "c", "/", "!d", "!f", "g/h", "../i", "j\\*",
        ];
        assert_eq!(parse(text.as_bytes()).unwrap(), wanted);
        assert_eq!(parse(b"!\n./\n/../x\n").unwrap(), ["!", ".", "x"]);
        assert!(parse(b"").unwrap().is_empty());
    }

    #[test]
    fn a_line_that_docker_does_not_read_is_named() {
        let text = format!("a\n{}\n", "b".repeat(LINE_LIMIT));
        assert_eq!(parse(text.as_bytes()), Err(LongLine { line: 2 }));
    }
}
