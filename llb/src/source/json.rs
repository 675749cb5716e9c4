//! Lists of strings as the Go client writes them: the daemon compares the bytes.

use std::fmt::Write;

/// A JSON array of strings, with the escapes of Go's encoder: besides what JSON asks
/// for, everything that means something in HTML or ends a line in JavaScript.
pub(crate) fn strings(list: &[String]) -> String {
    let mut json = String::from("[");
    for (i, text) in list.iter().enumerate() {
        json.push_str(if i == 0 { "\"" } else { ",\"" });
        for c in text.chars() {
            match c {
                '"' => json.push_str("\\\""),
                '\\' => json.push_str("\\\\"),
                '\n' => json.push_str("\\n"),
                '\r' => json.push_str("\\r"),
                '\t' => json.push_str("\\t"),
                '\u{8}' => json.push_str("\\b"),
                '\u{c}' => json.push_str("\\f"),
                '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    write!(json, "\\u{:04x}", u32::from(c)).expect("a String takes any text");
                }
                c => json.push(c),
            }
        }
        json.push('"');
    }
    json.push(']');
    json
}

#[cfg(test)]
mod tests {
    use super::strings;

    #[test]
    fn lists_are_escaped_as_go_does() {
        let list = ["a\"b\\", "<&>", "é\u{2028}\u{1}\t"].map(str::to_owned);
        assert_eq!(
            strings(&list),
            r#"["a\"b\\","\u003c\u0026\u003e","é\u2028\u0001\t"]"#
        );
        assert_eq!(strings(&[]), "[]");
    }
}
