//! Regular expressions of the spec: whether they are some, as far as can be told
//! without the program that reads them.
//!
//! It is the `grep -E` of the image, and so the extended ones of POSIX. What other
//! dialects have and it does not is the more common mistake: it is no error there
//! and never matches what was meant.

/// What is wrong with a regular expression, and what to do about it.
pub(super) fn problem(text: &str) -> Option<(String, String)> {
    let problem = |problem: &str, help: String| {
        let message = format!("this is no regular expression of `grep -E`: {problem}");
        Some((message, help))
    };
    if text.contains('\n') {
        let help = "write one for each line, as a list".to_owned();
        return problem("it is compared with lines, and has several", help);
    }
    let mut open = 0_usize;
    let mut chars = text.chars().peekable();
    // Whether there is something that a `*` could repeat.
    let mut repeatable = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                None => return problem("it ends in `\\`", "write `\\\\`".to_owned()),
                Some(class @ ('d' | 'D')) => {
                    let not = if class == 'D' { "^" } else { "" };
                    let help = format!("write `[{not}0-9]`");
                    return problem(&format!("it has no `\\{class}`"), help);
                }
                Some(_) => repeatable = true,
            },
            '[' => {
                if !bracket(&mut chars) {
                    return problem("a `[` has no `]`", "write `\\[` for the sign".to_owned());
                }
                repeatable = true;
            }
            '(' => {
                if chars.peek() == Some(&'?') {
                    let help = "write `(` alone, or `\\(` and `\\?` for the signs".to_owned();
                    return problem("it has no `(?`", help);
                }
                open += 1;
                repeatable = false;
            }
            ')' if open > 0 => {
                open -= 1;
                repeatable = true;
            }
            ')' => return problem("a `)` has no `(`", "write `\\)` for the sign".to_owned()),
            '*' | '+' | '?' if !repeatable => {
                let help = format!("write `\\{c}` for the sign");
                return problem(&format!("there is nothing for `{c}` to repeat"), help);
            }
            '|' | '^' => repeatable = false,
            _ => repeatable = true,
        }
    }
    if open > 0 {
        return problem("a `(` has no `)`", "write `\\(` for the sign".to_owned());
    }
    None
}

/// Goes to the end of a bracket expression, in which a `]` at the beginning is one
/// of the signs; tells whether there is one.
fn bracket(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    chars.next_if_eq(&'^');
    chars.next_if_eq(&']');
    while let Some(c) = chars.next() {
        if c == ']' {
            return true;
        }
        // A class such as `[:alpha:]` has an end of its own.
        if c == '['
            && let Some(mark @ (':' | '.' | '=')) = chars.peek().copied()
        {
            chars.next();
            while chars.next().is_some_and(|c| c != mark) {}
            chars.next_if_eq(&']');
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grep_reads_is_taken() {
        for text in [
            "",
            "a",
            "^usage: .*$",
            r"\[-h\]",
            "(a|b)+c?",
            "[]a]",
            "[^]a]x",
            "[[:alpha:]_][[:alnum:]]*",
            r"v[0-9]+\.[0-9]{1,2}",
            r"\bword\b",
            "a||b",
        ] {
            assert!(problem(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_it_does_not_read_is_refused() {
        for text in [
            "(a", "a)", "[a", "*a", "a|*", "(+a)", "a\\", r"\d+", r"\D", "(?i)a", "a\nb",
        ] {
            assert!(problem(text).is_some(), "{text}");
        }
    }
}
