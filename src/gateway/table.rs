//! Columns of text, laid out as Go's clients do.
//!
//! Owns widths. What stands in a table is its caller's.

/// Rows whose columns are as wide as the widest cell and `padding` spaces; the
/// last column is not filled up.
pub(super) fn table<const N: usize>(rows: &[[&str; N]], padding: usize) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or_default() + padding
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            text.push_str(cell);
            if column + 1 < N {
                let filled = cell.chars().count();
                text.extend(std::iter::repeat_n(' ', width - filled));
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_filled_up_and_the_last_one_is_not() {
        let rows = [["A", "LONGER", "C"], ["ünï", "", "text"]];
        assert_eq!(table(&rows, 2), "A    LONGER  C\nünï          text\n");
    }
}
