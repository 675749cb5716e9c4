//! The text forms that option values share.
//!
//! Owns Go's idea of a boolean and of one line of comma-separated values, since
//! Go programs write them.

/// Reads a boolean as Go's `strconv` does.
pub(super) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Splits one line of comma-separated values, in which a field may stand in
/// double quotes. `None` for a quote that does not end or stands inside a field.
pub(super) fn parse_fields(line: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted)?,
            None => plain_field(rest)?,
        };
        fields.push(field);
        if behind.is_empty() {
            return Some(fields);
        }
        rest = behind.strip_prefix(',')?;
    }
}

fn plain_field(text: &str) -> Option<(String, &str)> {
    let end = text.find(',').unwrap_or(text.len());
    let (field, behind) = text.split_at(end);
    (!field.contains('"')).then(|| (field.to_owned(), behind))
}

/// `text` begins behind the opening quote; two quotes stand for one.
fn quoted_field(mut text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    loop {
        let (part, behind) = text.split_once('"')?;
        field.push_str(part);
        match behind.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                text = more;
            }
            None => return Some((field, behind)),
        }
    }
}
