//! Words that are offered: the one that was meant, or all there are.

use std::fmt;

/// The candidate closest to what was typed, if it is close enough to be meant.
///
/// Close is: equal but for case and separators, or at most a third of the
/// typed length in edits (at least one edit).
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let (folded, limit) = (fold(typed), (typed.chars().count() / 3).max(1));
    // So many edits it takes at least; this keeps a key of a megabyte cheap.
    let longer = |candidate: &str| typed.chars().count().abs_diff(candidate.chars().count());
    candidates
        .into_iter()
        .filter(|candidate| longer(candidate) <= limit)
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&folded, &fold(candidate)),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Words as a list in a message.
pub fn listed<T: fmt::Display>(words: impl IntoIterator<Item = T>) -> String {
    let words = words.into_iter().map(|word| format!("`{word}`"));
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn transposed_letters_and_other_separators_are_close() {
        assert_eq!(
            nearest("framewrok", ["framework", "target"]),
            Some("framework")
        );
        assert_eq!(
            nearest("local_dev", ["dev", "local-dev"]),
            Some("local-dev")
        );
        assert_eq!(nearest("xyz", ["framework", "target"]), None);
        assert_eq!(nearest("", ["a"]), Some("a"));
    }
}
