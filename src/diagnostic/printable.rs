//! Text that only shows.

/// The text as one line, with characters that a terminal obeys spelled out:
/// a value from a spec can neither drive the terminal it is printed on, nor
/// pass for a line of its own, nor make one value look like another.
pub fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escape = c.is_control() || turns_direction(c);
            let escaped = escape.then(|| c.escape_default());
            escaped.into_iter().flatten().chain((!escape).then_some(c))
        })
        .collect()
}

/// Whether the character changes the order in which others are shown.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
