//! The script that compares an image with what one check expects of it.
//!
//! What is expected comes as a file and not as text of the script: a line that names
//! the place of an expectation among those of the step, its kind and the number of
//! its words, and a line for each word.

use super::{Script, Tree, script};
use crate::plan::action::Mount;

/// Where what is expected is mounted.
const EXPECTED: &str = "/run/dynamo/expected";
/// The folder in which a check leaves its report. It is the account's, which the
/// root of a mount is not.
pub(crate) const FOLDER: &str = "/check";

/// The argument after the name of a check with which a failure does not fail the
/// step, and only makes the list.
pub(crate) const TELL: &str = "tell";
/// The list, in the tree that a failed check leaves: a line for each failure, which
/// begins with its place; lines that begin with two blanks belong to the one above.
pub(crate) const FAILURES: &str = "/check/failures";

/// Runs a check. Needs bash, coreutils and grep, and Python for what is Python's.
const CHECK: &str = concat!(
    include_str!("image_check/process.sh"),
    include_str!("image_check/check.sh")
);

/// One expectation in the words of the script.
pub(in crate::plan) struct Record {
    /// Its place among those of the step.
    pub(in crate::plan) place: usize,
    /// Its kind: a function of the script.
    pub(in crate::plan) kind: &'static str,
    /// What that is told.
    pub(in crate::plan) words: Vec<String>,
}

impl Record {
    /// The expectation for who reads a plan, on one line: `mode /workspace 0775`.
    pub(in crate::plan) fn readable(&self) -> String {
        let word = |word: &String| {
            if word.is_empty() || word.contains(char::is_whitespace) {
                format!("`{}`", word.escape_debug())
            } else {
                word.clone()
            }
        };
        let words = self.words.iter().map(word);
        let all: Vec<String> = [self.kind.to_owned()].into_iter().chain(words).collect();
        all.join(" ")
    }
}

/// Compares the image with what a check expects, and the mounts that it needs.
pub(in crate::plan) fn check(name: &str, records: &[Record]) -> (Vec<String>, [Mount; 2]) {
    let Script { args, mount } = script("check-image", CHECK, [name.to_owned()]);
    // It is written for bash.
    let args = ["/bin/bash".to_owned()]
        .into_iter()
        .chain(args.into_iter().skip(1));
    let file = "/expected".to_owned();
    let expected = Mount::Bind {
        tree: Tree::Literal {
            path: file.clone(),
            content: records.iter().flat_map(lines).collect(),
        },
        source: file,
        target: EXPECTED.to_owned(),
        scratch: false,
    };
    (args.collect(), [mount, expected])
}

/// The lines of one expectation. No word is more than one line.
fn lines(record: &Record) -> impl Iterator<Item = String> {
    let Record { place, kind, words } = record;
    let header = format!("{place} {kind} {}\n", words.len());
    let word = |word: &String| {
        let line = word.replace('\\', "\\\\").replace('\n', "\\n");
        format!("{line}\n")
    };
    let words: Vec<String> = words.iter().map(word).collect();
    [header].into_iter().chain(words)
}
