//! What every rule says about specs that break it: `tests/rules/<rule>/`.
//!
//! A case is a spec `NAME.yaml`, build arguments in `NAME.args` where it needs
//! any (one `name=value` per line), architectures in `NAME.platforms` where it is
//! not for amd64 alone, and in `NAME.snap` what the user reads.
//! `INSTA_UPDATE=always cargo test --test integration rules` writes the last
//! anew; review what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use dynamo_frontend::diagnostic::{
    Code, Fix, Screen, SourceKind, summary, to_github, to_gitlab, to_sarif, to_terminal,
};
use dynamo_frontend::pipeline::{self, Outcome};
use dynamo_frontend::spec::{Architecture, Input};

/// Rules about options of the client, about the daemon, about images and files, which
/// no spec breaks by itself; `lint.rs`, `base_image.rs` and `missing_files.rs` beside
/// this show them.
const WITHOUT_SPEC: [Code; 3] = [
    Code::UnsupportedByDaemon,
    Code::IgnoredInstructions,
    Code::MissingFile,
];

/// The rules that a spec breaks.
fn rules() -> impl Iterator<Item = Code> {
    let of_spec = |code: &Code| !WITHOUT_SPEC.contains(code);
    Code::ALL.iter().copied().filter(of_spec)
}

/// Where the cases are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

/// The names of a folder's entries, without those of editors and of insta's
/// pending snapshots.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry.expect("an entry").file_name();
        name.into_string().expect("a name in UTF-8")
    };
    let own = |name: &String| !name.starts_with('.') && !name.ends_with(".snap.new");
    entries.map(name).filter(own).collect()
}

/// The cases of a rule: names without an ending.
#[track_caller]
fn cases(rule: &str) -> BTreeSet<String> {
    let folder = folder().join(rule);
    names(&folder)
        .iter()
        .filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned))
        .collect()
}

/// Every case of every rule, checked.
pub(crate) fn all() -> impl Iterator<Item = (Code, String, Outcome)> {
    rules().flat_map(|code| {
        let cases = cases(code.name()).into_iter();
        cases.map(move |case| (code, case.clone(), checked(code.name(), &case)))
    })
}

fn file(rule: &str, case: &str, ending: &str) -> PathBuf {
    folder().join(rule).join(format!("{case}.{ending}"))
}

fn checked(rule: &str, case: &str) -> Outcome {
    let spec = fs::read(file(rule, case, "yaml")).expect("a readable spec");
    checked_with(&spec, rule, case)
}

/// What is found in a spec with the build arguments of a case.
fn checked_with(spec: &[u8], rule: &str, case: &str) -> Outcome {
    let arguments = fs::read_to_string(file(rule, case, "args")).unwrap_or_default();
    let argument = |line: &str| {
        let (name, value) = line.split_once('=').expect("`name=value`");
        (name.to_owned(), value.to_owned())
    };
    let build_args: BTreeMap<String, String> = arguments.lines().map(argument).collect();
    let input = Input {
        name: "dynamo.yaml",
        bytes: spec,
        build_args: &build_args,
        target: None,
    };
    let platforms = fs::read_to_string(file(rule, case, "platforms")).unwrap_or("amd64".to_owned());
    let architecture = |word: &str| Architecture::from_word(word).expect("an architecture");
    let platforms: Vec<Architecture> = platforms.lines().map(architecture).collect();
    let mut outcome = pipeline::plan(input, &platforms).expect("a catalog that reads");
    pipeline::lint(&mut outcome);
    outcome
}

fn drawn(outcome: &Outcome) -> String {
    to_terminal(
        &outcome.diagnostics.sorted(),
        &outcome.sources,
        Screen::FILE,
    )
}

#[test]
fn every_rule_has_cases_and_every_folder_is_a_rule() {
    let rules: BTreeSet<String> = rules().map(|code| code.to_string()).collect();
    assert_eq!(names(&folder()), rules, "folders of tests/rules, and rules");
    for rule in &rules {
        let cases = cases(rule);
        assert!(!cases.is_empty(), "no spec breaks {rule}");
        for name in names(&folder().join(rule)) {
            let case = name.rsplit_once('.').map_or("", |(case, _)| case);
            assert!(cases.contains(case), "{rule}/{name} belongs to no spec");
        }
    }
}

#[test]
fn what_a_broken_rule_says_is_this() {
    for (code, case, outcome) in all() {
        let found = outcome.diagnostics.sorted();
        assert!(
            found.iter().any(|one| one.code == code),
            "{code}/{case}.yaml does not break the rule: {found:?}"
        );
        assert!(
            found.iter().all(|one| one.primary.is_some()),
            "{code}/{case}.yaml: a finding without a place: {found:?}"
        );
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(folder().join(code.name()));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(case.as_str(), drawn(&outcome)));
    }
}

#[test]
fn no_secret_of_a_spec_is_shown_with_a_finding() {
    // What the secrets in the cases are made of.
    const PARTS: [&str; 6] = [
        "swordfish",
        "correct-horse",
        "bm90IGE",
        "Ab1Ab1",
        "AKIA",
        "hunter2",
    ];
    let mut cases = 0;
    for (code, case, outcome) in all() {
        let found = outcome.diagnostics.sorted();
        let mut shown = vec![drawn(&outcome), summary(&found, &outcome.sources)];
        shown.extend(
            outcome
                .sources
                .iter()
                .map(|(_, source)| source.text.clone()),
        );
        for part in PARTS {
            let leaks = shown.iter().any(|text| text.contains(part));
            assert!(!leaks, "{code}/{case}.yaml shows `{part}`");
        }
        cases += usize::from(code == Code::SecretInConfig);
    }
    assert!(cases > 4, "there are cases with secrets");
}

#[test]
fn no_spec_drives_the_terminal_it_is_shown_on() {
    // Control characters, and those that turn the direction of writing.
    let obeyed = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for (code, case, outcome) in all() {
        let found = outcome.diagnostics.sorted();
        for text in [drawn(&outcome), summary(&found, &outcome.sources)] {
            assert!(!text.contains(obeyed), "{code}/{case}.yaml: {text:?}");
        }
    }
}

#[test]
fn no_spec_adds_lines_to_the_message_of_a_build() {
    for (code, case, outcome) in all() {
        let found = outcome.diagnostics.sorted();
        let expected: usize = found
            .iter()
            .map(|one| {
                let note = usize::from(!one.note.is_empty());
                1 + note + one.labels.len() + one.help.len()
            })
            .sum();
        let counted = usize::from(found.len() > 1);
        let message = summary(&found, &outcome.sources);
        assert_eq!(
            message.lines().count(),
            expected + counted,
            "{code}/{case}.yaml: {message}"
        );
    }
}

#[test]
fn a_fix_mends_what_it_is_about() {
    let mut mended = 0;
    for (code, case, outcome) in all() {
        for one in outcome.diagnostics.sorted() {
            // Of a command line there is no file to change.
            let in_spec = |fix: &&Fix| {
                let source = outcome.sources.get(fix.span.source);
                source.kind == SourceKind::Spec
            };
            let Some(fix) = one.fix.as_ref().filter(in_spec) else {
                continue;
            };
            let mut spec = outcome.sources.get(fix.span.source).text.clone();
            let place = fix.span.start as usize..fix.span.end as usize;
            spec.replace_range(place, &fix.replacement);
            let again = checked_with(spec.as_bytes(), code.name(), &case);
            let mut left = again.diagnostics.sorted().into_iter();
            assert!(
                !left.any(|other| (other.code, &other.message) == (one.code, &one.message)),
                "{code}/{case}.yaml: still there with `{}`: {}",
                fix.replacement,
                one.message
            );
            mended += 1;
        }
    }
    assert!(mended > 5, "only {mended} findings have a fix");
}

#[test]
fn programs_are_told_as_many_findings_as_there_are() {
    for (code, case, outcome) in all() {
        let found = outcome.diagnostics.sorted();
        let commands = to_github(&found, &outcome.sources);
        assert_eq!(commands.lines().count(), found.len(), "{code}/{case}.yaml");
        assert!(
            commands.lines().all(|line| line.starts_with("::")),
            "{code}/{case}.yaml: {commands}"
        );
        let report = to_gitlab(&found, &outcome.sources);
        assert_eq!(report.as_array().map(Vec::len), Some(found.len()));
        let log = to_sarif(&found, &outcome.sources);
        let results = log["runs"][0]["results"].as_array().map(Vec::len);
        assert_eq!(results, Some(found.len()), "{code}/{case}.yaml");
    }
}

#[test]
fn excerpts_are_no_wider_than_a_person_reads() {
    for (code, case, outcome) in all() {
        for line in drawn(&outcome).lines().filter(|line| line.contains(" | ")) {
            assert!(line.chars().count() <= 160, "{code}/{case}.yaml: {line}");
        }
    }
}
