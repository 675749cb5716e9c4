//! Requirement files that take in others, which a step gets only where the spec names
//! them too.
//!
//! Owns how such a line is read and what is said of it. Who can look reads the file.

use super::ignore_file::clean;
use crate::diagnostic::{Code, Diagnostic, Span};

/// The largest requirement file that is looked into.
pub const LIMIT: u64 = 1 << 20;

/// What a file takes in.
#[derive(Debug, PartialEq, Eq)]
struct TakenIn<'t> {
    /// The path, from the folder of the file.
    path: &'t str,
    /// Whether it has constraints, and no requirements.
    constrains: bool,
}

/// The files that a requirement file takes in and that its step does not have. `named`
/// are those that it has.
pub fn not_named(path: &str, text: &str, named: &[&str], place: Span) -> Vec<Diagnostic> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let all = text.lines().filter_map(taken_in);
    let missing = all.filter_map(|one| {
        let wanted = joined(folder, one.path);
        let is_named = wanted
            .as_deref()
            .is_some_and(|wanted| named.contains(&wanted));
        (!is_named).then_some((one, wanted))
    });
    missing
        .map(|(one, wanted)| {
            let shown = wanted.as_deref().unwrap_or(one.path);
            let message = format!("`{path}` takes in `{shown}`, which its step does not have");
            let missing = Diagnostic::error(Code::MissingFile, place, message);
            match wanted {
                Some(wanted) if !one.constrains => missing.help(format!(
                    "only what the spec names is sent: add `{wanted}` to `requirements`"
                )),
                _ => missing.help(format!("write what is in it into `{path}`")),
            }
        })
        .collect()
}

/// What a line of a requirement file takes in.
fn taken_in(line: &str) -> Option<TakenIn<'_>> {
    let line = line.split(" #").next().unwrap_or(line).trim();
    let options = [
        ("--requirement", false),
        ("-r", false),
        ("--constraint", true),
        ("-c", true),
    ];
    let (rest, constrains) = options
        .iter()
        .find_map(|(option, constrains)| Some((line.strip_prefix(option)?, *constrains)))?;
    let path = rest
        .trim_start_matches(['=', ' ', '\t'])
        .trim_matches(['"', '\'']);
    let is_elsewhere = path.contains("://") || path.contains("${") || path.starts_with('/');
    (!path.is_empty() && !is_elsewhere).then_some(TakenIn { path, constrains })
}

/// A path seen from a folder; none where it is outside of the build context.
fn joined(folder: &str, path: &str) -> Option<String> {
    let path = clean(&format!("./{folder}/{path}"));
    (path != ".." && !path.starts_with("../")).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_take_in_a_file_are_those_of_pip() {
        for (line, path, constrains) in [
            ("-r more.txt", "more.txt", false),
            ("  --requirement=../more.txt  # why", "../more.txt", false),
            ("-cconstraints.txt", "constraints.txt", true),
            ("--constraint 'a b.txt'", "a b.txt", true),
        ] {
            assert_eq!(taken_in(line), Some(TakenIn { path, constrains }), "{line}");
        }
        for line in [
            "requests",
            "# -r more.txt",
            "-r https://example.com/more.txt",
            "-r ${MORE}",
            "-r",
            "-e .",
        ] {
            assert_eq!(taken_in(line), None, "{line}");
        }
    }

    #[test]
    fn what_is_named_beside_it_is_there() {
        let place = Span::new(crate::diagnostic::SourceId(0), 0, 0);
        let said = |text: &str| -> Vec<String> {
            let named = ["deps/a.txt", "deps/b.txt", "c.txt"];
            let found = not_named("deps/a.txt", text, &named, place).into_iter();
            found.map(|one| one.message).collect()
        };
        assert_eq!(said("-r b.txt\n-r ../c.txt\n-r ./b.txt\n"), [""; 0]);
        assert_eq!(
            said("-r d.txt\n-c ../../e.txt\n"),
            [
                "`deps/a.txt` takes in `deps/d.txt`, which its step does not have",
                "`deps/a.txt` takes in `../../e.txt`, which its step does not have"
            ]
        );
    }
}
