//! Words for progress lines and image history, which are lines and not pages.

/// How many names fit into a line.
const MOST: usize = 8;

/// The names, or the first of them and how many more there are.
pub(super) fn list<T: AsRef<str>>(names: &[T]) -> String {
    let shown: Vec<&str> = names.iter().take(MOST).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(" "),
        more => format!("{} and {more} more", shown.join(" ")),
    }
}
