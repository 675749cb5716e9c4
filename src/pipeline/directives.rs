//! The directives of a spec: its first lines, as BuildKit's own loader reads
//! them, `# name=value`.
//!
//! Owns which lines are directives. To YAML they are comments.

/// The directive that names the frontend.
pub(super) const SYNTAX: &str = "syntax";

/// The directives there are; any other line is the first that is none.
const NAMES: [&str; 3] = [SYNTAX, "escape", "check"];

/// A directive with the place of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Directive<'t> {
    /// Which of [`NAMES`].
    pub(super) name: &'static str,
    /// What it is set to; never empty.
    pub(super) value: &'t str,
    /// The byte at which the value begins.
    pub(super) start: usize,
}

/// The directives of a text, in their order.
pub(super) fn directives(text: &str) -> impl Iterator<Item = Directive<'_>> {
    lines(text)
        .skip_while(|(start, line)| *start == 0 && line.starts_with("#!"))
        .map_while(|(start, line)| directive(start, line))
}

/// Lines that look like directives and are comments, because another line
/// comes before them.
pub(super) fn comments(text: &str) -> impl Iterator<Item = Directive<'_>> {
    let read = directives(text).count();
    let lines = lines(text).filter_map(|(start, line)| directive(start, line));
    lines.skip(read)
}

/// The lines of a text, each with the byte it begins at.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |next, line| {
        let start = *next;
        *next += line.len();
        Some((start, line))
    })
}

fn directive(start: usize, line: &str) -> Option<Directive<'_>> {
    let written = line.strip_prefix('#')?.trim_start();
    let (name, rest) = written.split_once('=')?;
    let name = NAMES
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name.trim_end()))?;
    let value = rest.trim_start();
    let start = start + line.len() - value.len();
    let value = value.trim_end();
    (!value.is_empty()).then_some(Directive { name, value, start })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&str, &str)> {
        let found = directives(text);
        found
            .map(|one| {
                assert_eq!(&text[one.start..one.start + one.value.len()], one.value);
                (one.name, one.value)
            })
            .collect()
    }

    #[test]
    fn the_first_lines_are_directives_and_any_other_line_ends_them() {
        let text =
            "#!/bin/x\n#Syntax = a b \r\n# check=skip=A;error=true\nframework: x\n# escape=`\n";
        assert_eq!(
            read(text),
            [("syntax", "a b"), ("check", "skip=A;error=true")]
        );
        for end in [
            "",
            "# words",
            "# other=1",
            "---",
            "# check=",
            " # check=skip=A",
        ] {
            let text = format!("# syntax=x\n{end}\n# check=skip=A\n");
            assert_eq!(read(&text), [("syntax", "x")], "{end}");
            let stray: Vec<_> = comments(&text).map(|one| (one.name, one.value)).collect();
            assert_eq!(stray, [("check", "skip=A")], "{end}");
        }
        assert_eq!(read("a: 1\n#!x\n# check=skip=A"), []);
    }
}
