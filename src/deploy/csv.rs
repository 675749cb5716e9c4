//! Lines of CSV, in which Docker's options have their fields: one with a comma or
//! a quotation mark is quoted.

use csv::{ReaderBuilder, WriterBuilder};

/// A line of fields.
pub(super) fn line(fields: impl IntoIterator<Item = String>) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let written = "memory can be written to, and one line is as long as it is";
    writer
        .write_record(fields.into_iter().map(String::into_bytes))
        .expect(written);
    let line = writer.into_inner().expect(written);
    let line = String::from_utf8(line).expect("the fields are text");
    line.trim_end_matches('\n').to_owned()
}

/// The fields of a line; none where there are none, or there is another line.
pub(super) fn fields(line: &str) -> Option<Vec<String>> {
    let mut reader = ReaderBuilder::new();
    let reader = reader.has_headers(false).from_reader(line.as_bytes());
    let mut records = reader.into_records();
    let fields = records.next()?.ok()?;
    let is_all = records.next().is_none();
    is_all.then(|| fields.iter().map(str::to_owned).collect())
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
        for wrong in ["", "a\nb"] {
            assert_eq!(fields(wrong), None, "{wrong}");
        }
    }
}
