//! What `docker buildx bake` has said of one build, read afterwards: whether the
//! builder began with it, and why it failed.

use serde::Serialize;

use crate::diagnostic::{Code, printable};
use crate::spec::secret;

/// Lines that are shown where no step says why it failed.
const LAST: usize = 20;
/// What begins and ends the part with a step that failed.
const RULE: &str = "------";
/// What begins the part with lines of a file.
const FILE_RULE: &str = "--------------------";
/// What stands before the message.
const ERROR: &str = "ERROR: ";
/// The message of what was ended before it said anything.
const SILENT: &str = "it ended without a message";
/// Work of the client, before any builder has been asked for something.
const OF_CLIENT: [&str; 3] = [
    "building with ",
    "[internal] load local bake definitions",
    "[internal] booting buildkit",
];

/// Why a build failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// In one line.
    pub message: String,
    /// The file of the spec, where its lines are to be mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The first of the lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The rule that is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    /// The end of the progress: the step with what it printed last, the lines of the
    /// spec, the message.
    pub text: String,
    /// The file with all of the progress, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}

/// Whether anything in the beginning of a progress was done by the builder. What ends
/// before that ends for every image alike: by a wrong option, or without a builder.
pub fn has_begun(beginning: &str) -> bool {
    beginning.lines().any(|line| {
        let work = line.strip_prefix('#').and_then(|line| line.split_once(' '));
        work.is_some_and(|(number, work)| {
            let of_client = OF_CLIENT.iter().any(|one| work.starts_with(one));
            let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
            is_number && !of_client && work.starts_with('[')
        })
    })
}

impl Failure {
    /// Reads it from the end of a progress.
    pub fn read(end: &str) -> Self {
        let lines: Vec<String> = end.lines().map(shown).collect();
        let start = start(&lines);
        let lines = without_warnings(&lines[start..]);
        let error = lines.iter().rev().find_map(|line| line.strip_prefix(ERROR));
        let said = lines.iter().map(String::as_str);
        let mut said = said.filter(|line| !line.is_empty());
        // What is short begins with what is wrong; what was cut off ended with it.
        let unmarked = if start == 0 {
            said.next()
        } else {
            said.next_back()
        };
        let message = without_prefixes(error.or(unmarked).unwrap_or(SILENT));
        let (file, line) = place(&lines).or_else(|| place_of(message)).unzip();
        Self {
            rule: rule(message),
            message: message.to_owned(),
            file,
            line,
            text: lines.join("\n"),
            log: None,
        }
    }

    /// The place in the spec, `dynamo.yaml:3`, where the message does not say it.
    pub fn place(&self) -> Option<String> {
        let (file, line) = self.file.as_ref().zip(self.line)?;
        let place = format!("{file}:{line}");
        (!self.message.starts_with(&format!("{place}:"))).then_some(place)
    }
}

/// Where the part begins that says why.
fn start(lines: &[String]) -> usize {
    let is_step = |pair: &[String]| pair[0] == RULE && pair[1].starts_with(" > ");
    let step = lines.windows(2).position(is_step);
    let error = || lines.iter().rposition(|line| line.starts_with(ERROR));
    let before = |at: usize| file_part(&lines[..at]).unwrap_or(at);
    step.or_else(|| error().map(before))
        .unwrap_or_else(|| lines.len().saturating_sub(LAST))
}

/// Where the lines of a file begin that end these lines.
fn file_part(lines: &[String]) -> Option<usize> {
    let rules = |line: &String| line == FILE_RULE;
    let (last, others) = lines.split_last()?;
    let first = others.iter().rposition(rules).filter(|_| rules(last))?;
    first.checked_sub(1)
}

/// Without the warnings between a step and its message: `check` shows them better.
fn without_warnings(lines: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    let mut is_warning = false;
    for line in lines {
        let found = line.contains(" warning found") || line.contains(" warnings found");
        if found && kept.last().is_some_and(String::is_empty) {
            kept.pop();
        }
        is_warning = found || (is_warning && line.starts_with(" - "));
        if !is_warning {
            kept.push(line.clone());
        }
    }
    kept
}

/// The message without what says whose it is.
fn without_prefixes(message: &str) -> &str {
    let message = match message.strip_prefix("target ") {
        Some(rest) => rest.split_once(": ").map_or(message, |(_, rest)| rest),
        None => message,
    };
    let mut message = message;
    for prefix in ["failed to build: ", "failed to solve: "] {
        message = message.strip_prefix(prefix).unwrap_or(message);
    }
    message
}

/// The place that the lines of a file are headed by.
fn place(lines: &[String]) -> Option<(String, u32)> {
    let mut pairs = lines.windows(2).filter(|pair| pair[1] == FILE_RULE);
    pairs.find_map(|pair| {
        let (file, line) = pair[0].rsplit_once(':')?;
        Some((file.to_owned(), line.parse().ok()?))
    })
}

/// The place that a message begins with, `dynamo.yaml:2:1: …`.
fn place_of(message: &str) -> Option<(String, u32)> {
    let mut parts = message.splitn(4, ':');
    let (file, line, column) = (parts.next()?, parts.next()?, parts.next()?);
    let line = column.parse::<u32>().and(line.parse()).ok()?;
    Some((file.to_owned(), line))
}

/// The rule that a message ends with, `… [UnknownKey]`.
fn rule(message: &str) -> Option<&'static str> {
    let (_, name) = message.strip_suffix(']')?.rsplit_once('[')?;
    let mut names = Code::ALL.iter().map(|code| code.name());
    names.find(|known| *known == name)
}

/// A line as it may be shown anywhere: without colours, without what looks like a
/// secret, and of a line that was written over only what was left.
fn shown(line: &str) -> String {
    let line = line.trim_end();
    let line = line.rsplit('\r').next().unwrap_or_default();
    secret::masked(&printable(&without_colours(line).replace('\t', "    ")))
}

/// Without the sequences that a terminal takes colours from.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c.is_ascii_alphabetic());
        plain.push_str(end.map_or("", |end| &part[end + 1..]));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: &str = "\
#14 [dynamo_base] join
#14 DONE 3.4s

#15 [dynamo_base 3/3] run exit 7
#15 0.385 working
#15 ERROR: process \"/bin/bash /run/dynamo/script\" did not complete successfully: exit code: 7
------
 > [dynamo_base 3/3] run exit 7:
0.385 working with ghp_0123456789012345678901234567890123456789
------

 \u{1b}[33m2 warnings found (use docker --debug to expand):
\u{1b}[0m - WithoutEffect: `toolchain.python` has no effect (line 6)
 - UnreachableExtend: the steps have no effect (line 9)
dynamo.yaml:10
--------------------
   9 |       dynamo_base:
  10 | >>>     - run: 'exit 7'
--------------------
ERROR: target a-check: failed to solve: process \"/bin/bash /run/dynamo/script\" did not complete successfully: exit code: 7
";

    #[test]
    fn a_step_that_failed_is_told_with_its_place_and_without_warnings_and_secrets() {
        let failure = Failure::read(STEP);
        insta::assert_snapshot!(failure.text, @r#"
        ------
         > [dynamo_base 3/3] run exit 7:
        0.385 working with ***
        ------
        dynamo.yaml:10
        --------------------
           9 |       dynamo_base:
          10 | >>>     - run: 'exit 7'
        --------------------
        ERROR: target a-check: failed to solve: process "/bin/bash /run/dynamo/script" did not complete successfully: exit code: 7
        "#);
        assert_eq!(
            failure.message,
            "process \"/bin/bash /run/dynamo/script\" did not complete successfully: exit code: 7"
        );
        assert_eq!(failure.place().as_deref(), Some("dynamo.yaml:10"));
        assert_eq!(failure.rule, None);
    }

    #[test]
    fn a_finding_is_told_with_its_rule() {
        let failure = Failure::read(
            "#2 [internal] load build definition from dynamo.yaml\n#2 DONE 0.0s\n\
             dynamo.yaml:2\n--------------------\n   2 | >>> framewrok: vllm\n\
             --------------------\n\
             ERROR: failed to build: failed to solve: dynamo.yaml:2:1: unknown key `framewrok` [UnknownKey]\n",
        );
        assert_eq!(failure.rule, Some("UnknownKey"));
        assert_eq!(
            failure.message,
            "dynamo.yaml:2:1: unknown key `framewrok` [UnknownKey]"
        );
        assert_eq!((failure.line, failure.place()), (Some(2), None));
        assert!(failure.text.starts_with("dynamo.yaml:2\n"), "{failure:?}");
    }

    #[test]
    fn a_message_of_several_lines_is_in_the_text_and_its_first_line_is_the_message() {
        let failure = Failure::read(
            "ERROR: failed to solve: 1 of 6 checks of the image failed\n\
             dynamo.yaml:13:22: fails: the script ended with status 1, not 0\n",
        );
        assert_eq!(failure.message, "1 of 6 checks of the image failed");
        assert_eq!(failure.text.lines().count(), 2);
    }

    #[test]
    fn without_an_error_the_last_lines_are_told() {
        let lines: Vec<String> = (0..50).map(|number| format!("line {number}")).collect();
        let failure = Failure::read(&lines.join("\n"));
        assert_eq!(failure.text.lines().next(), Some("line 30"));
        assert_eq!(failure.message, "line 49");
        assert_eq!(Failure::read("\n").message, SILENT);
        let usage = Failure::read("unknown flag: --a\n\nUsage: bake\n");
        assert_eq!(usage.message, "unknown flag: --a");
    }

    #[test]
    fn what_ends_before_the_builder_is_asked_has_not_begun() {
        for said in [
            "",
            "unknown flag: --nosuch\n\nUsage:  docker buildx bake\n",
            "ERROR: Cannot connect to the Docker daemon at unix:///a. Is it running?\n",
            "#0 building with \"default\" instance using docker driver\n\n\
             #1 [internal] load local bake definitions\n#1 reading from stdin 1B done\n\
             #1 DONE 0.0s\nERROR: invalid override key foo\n",
            "#0 building with \"a\" instance\n#1 [internal] booting buildkit\n#1 ERROR: no\n",
        ] {
            assert!(!has_begun(said), "{said}");
        }
        assert!(has_begun(STEP));
        assert!(has_begun(
            "#1 [internal] load local bake definitions\n#1 DONE 0.0s\n\n\
             #2 [internal] load build definition from dynamo.yaml\n"
        ));
    }
}
