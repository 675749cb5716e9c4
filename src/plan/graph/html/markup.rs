//! Text as HTML. Whatever a spec says goes through here, and is text and
//! nothing else to a browser.

use crate::diagnostic::printable;

/// The text on one line, for between tags and for a quoted attribute.
pub(super) fn text(text: &str) -> String {
    let mut escaped = String::new();
    for c in printable(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The text with its lines.
pub(super) fn lines(several: &str) -> String {
    several.lines().map(text).collect::<Vec<_>>().join("\n")
}

/// Something in the font of programs.
pub(super) fn code(content: &str) -> String {
    format!("<code>{}</code>", text(content))
}

/// A link to a part of the page.
pub(super) fn link(id: &str, words: &str) -> String {
    format!("<a href=\"#{id}\">{}</a>", text(words))
}

/// A named value of a list of such; nothing without a value.
pub(super) fn field(name: &str, values: &[String]) -> String {
    let values = values.iter().map(|value| format!("<dd>{value}</dd>"));
    let values: String = values.collect();
    if values.is_empty() {
        return values;
    }
    format!("<div><dt>{name}</dt>{values}</div>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_html_reads_is_left() {
        assert_eq!(
            text("<b a=\"'&\u{202e}\n"),
            "&lt;b a=&quot;&#39;&amp;\\u{202e}\\n"
        );
    }
}
