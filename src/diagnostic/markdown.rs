//! Text that only shows, in Markdown.

use super::printable::printable;

/// The text as code on one line, whatever backticks it has.
pub fn markdown_code(text: &str) -> String {
    let text = printable(text);
    let fence = "`".repeat(longest_fence(&text) + 1);
    if text.is_empty() {
        return "nothing".to_owned();
    }
    if text.starts_with('`') || text.ends_with('`') {
        return format!("{fence} {text} {fence}");
    }
    format!("{fence}{text}{fence}")
}

/// The lines as a block of code, whatever backticks they have.
pub fn markdown_block(lines: &str) -> String {
    let fence = "`".repeat(longest_fence(lines).max(2) + 1);
    format!("{fence}text\n{lines}\n{fence}")
}

fn longest_fence(text: &str) -> usize {
    let fences = text.split(|c| c != '`').map(str::len);
    fences.max().unwrap_or(0)
}

/// The text as itself: no character of it is Markdown or HTML.
pub fn markdown_escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in printable(text).chars() {
        if "\\`*_[]<>#|~&@".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_code_whatever_is_in_it() {
        assert_eq!(markdown_code("a"), "`a`");
        assert_eq!(markdown_code("a`b"), "``a`b``");
        assert_eq!(markdown_code("`a"), "`` `a ``");
        assert_eq!(markdown_code("a\nb"), "`a\\nb`");
        assert_eq!(markdown_code(""), "nothing");
        assert_eq!(markdown_escaped("env A_B"), "env A\\_B");
        assert_eq!(markdown_block("a\n```"), "````text\na\n```\n````");
    }
}
