//! Lines of CSV, in which Docker's options have their fields: one with a comma or
//! a quotation mark is quoted.

/// A line of fields.
pub(super) fn line(fields: impl IntoIterator<Item = String>) -> String {
    let fields = fields.into_iter().map(quoted);
    fields.collect::<Vec<_>>().join(",")
}

fn quoted(text: String) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// The fields of a line; none where a quotation mark is left open, or stands where
/// none may.
pub(super) fn fields(line: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = if let Some(quoted) = rest.strip_prefix('"') {
            quoted_field(quoted)?
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let (field, after) = rest.split_at(end);
            (field.to_owned(), after)
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Some(fields),
            None => return None,
        }
    }
}

/// A field up to the mark that closes it, and what comes after.
fn quoted_field(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('"')?;
        field.push_str(before);
        let Some(next) = after.strip_prefix('"') else {
            return Some((field, after));
        };
        field.push('"');
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_as_they_were() {
        for all in [
            &["a=b"] as &[_],
            &["a", "", "c"],
            &["a,b", "it is \"c\"", "\""],
        ] {
            let all: Vec<String> = all.iter().map(|&one| one.to_owned()).collect();
            assert_eq!(fields(&line(all.clone())), Some(all));
        }
        for wrong in ["\"a", "\"a\"b", "a,\""] {
            assert_eq!(fields(wrong), None, "{wrong}");
        }
    }
}
