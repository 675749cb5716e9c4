//! `SOURCE_DATE_EPOCH`: the time that stands for the time of a build.

use buildkit_proto::pb::file_action::Action;
use buildkit_proto::pb::op::Op as Kind;

use crate::case::{CONFIG, Case, DIGEST, MINIMAL, Ran, named};

const EPOCH: &str = "1700000000";
const NANOSECONDS: i64 = 1_700_000_000_000_000_000;
const DATE: &str = "2023-11-14T22:13:20Z";

fn dated(case: Case) -> Ran {
    case.option("build-arg:SOURCE_DATE_EPOCH", EPOCH).run()
}

/// The times of what file operations make, by their names, and those of copies.
fn times(ran: &Ran) -> (Vec<(String, i64)>, Vec<i64>) {
    let (mut made, mut copied) = (Vec::new(), Vec::new());
    for (name, one) in named(&ran.graph()) {
        let Some(Kind::File(file)) = one.op.op else {
            continue;
        };
        for action in file.actions.into_iter().filter_map(|one| one.action) {
            match action {
                Action::Mkfile(file) => made.push((name.clone(), file.timestamp)),
                Action::Mkdir(folder) => made.push((name.clone(), folder.timestamp)),
                Action::Copy(copy) => copied.push(copy.timestamp),
                Action::Rm(_) | Action::Symlink(_) => {}
            }
        }
    }
    (made, copied)
}

#[test]
fn case_43_config_history_and_result_have_the_time_that_was_given() {
    let ran = dated(Case::spec(MINIMAL));
    let config = ran.metadata("containerimage.config");
    assert_eq!(config["created"], DATE);
    let history = config["history"].as_array().expect("a history");
    let (base, own) = history.split_first().expect("that of the base");
    assert_eq!(base["created_by"], "base");
    assert!(base["created"].is_null(), "the base keeps its own: {base}");
    assert!(!own.is_empty() && own.iter().all(|entry| entry["created"] == DATE));
    assert_eq!(ran.metadata("source.date.epoch"), 1_700_000_000);
}

#[test]
fn case_43_every_platform_has_the_time_under_its_own_key() {
    let ran = dated(Case::spec(MINIMAL).option("multi-platform", "true"));
    assert_eq!(ran.metadata("source.date.epoch/linux/amd64"), 1_700_000_000);
    assert!(!ran.result().metadata.contains_key("source.date.epoch"));
}

/// A spec of an image that no process makes.
fn without_processes() -> Case {
    let rust = "example.org/rust:1";
    let spec = format!("{MINIMAL}target: dynamo_base\nimages: {{rust: {rust}}}\n");
    Case::spec(spec).script(|double| double.image(rust, DIGEST, CONFIG))
}

#[test]
fn files_that_no_process_stands_on_have_the_time_and_copies_keep_theirs() {
    let (plain, copies) = times(&without_processes().run());
    let (made, kept) = times(&dated(without_processes()));
    assert!(!plain.is_empty() && plain.iter().all(|(_, time)| *time == -1));
    assert!(
        made.iter().all(|(_, time)| *time == NANOSECONDS),
        "{made:?}"
    );
    assert_eq!(plain.len(), made.len());
    assert!(copies == kept && kept.iter().all(|time| *time == -1));
}

#[test]
fn files_below_a_process_keep_the_time_at_which_they_are_made() {
    let (made, _) = times(&dated(Case::spec(MINIMAL)));
    let umask = |(name, _): &&(String, i64)| name.contains("let the group write");
    let (_, time) = made.iter().find(umask).expect("a file of the plan");
    assert_eq!(*time, -1);
}

#[test]
fn another_time_runs_no_process_again() {
    let processes = |epoch: &str| {
        let ran = Case::spec(MINIMAL)
            .option("build-arg:SOURCE_DATE_EPOCH", epoch)
            .run();
        let all = named(&ran.graph()).into_iter();
        let ops = all.filter(|(_, one)| one.exec().is_some());
        ops.map(|(name, one)| (name, one.op)).collect::<Vec<_>>()
    };
    assert!(!processes("1").is_empty());
    assert_eq!(processes("1"), processes("2"));
    assert_eq!(processes("1"), processes(""));
}

#[test]
fn case_44_an_empty_time_is_none() {
    let plain = Case::spec(MINIMAL).run();
    let empty = Case::spec(MINIMAL)
        .option("build-arg:SOURCE_DATE_EPOCH", "")
        .run();
    assert_eq!(plain.graph(), empty.graph());
    assert_eq!(plain.result().metadata, empty.result().metadata);
    assert!(plain.metadata("containerimage.config")["created"].is_null());
}

#[test]
fn case_44_what_is_no_time_is_refused_by_the_name_of_the_argument() {
    for wrong in ["abc", "-1", "1.5", " 1", "1e9", "99999999999999999999"] {
        let ran = Case::spec(MINIMAL)
            .option("build-arg:SOURCE_DATE_EPOCH", wrong)
            .run();
        let message = &ran.error().message;
        let wanted = format!("invalid SOURCE_DATE_EPOCH: `{wrong}` is neither a number of seconds");
        assert!(message.starts_with(&wanted), "{message}");
        assert!(message.contains("\nhelp: write `--build-arg"), "{message}");
        assert_eq!(ran.places(), ["dynamo.yaml:1-1"]);
    }
}

#[test]
fn case_44_a_directory_has_no_time_and_that_is_said_with_what_has_one() {
    for case in [
        Case::spec(MINIMAL).option("build-arg:SOURCE_DATE_EPOCH", "context"),
        Case::spec(MINIMAL)
            .option("context:sources", "local:sources")
            .option("build-arg:SOURCE_DATE_EPOCH", "sources"),
    ] {
        let ran = case.run();
        let message = &ran.error().message;
        assert!(
            message.contains("has no time of its own; a git commit has one"),
            "{message}"
        );
        assert_eq!(ran.places().len(), 1);
    }
}

#[test]
fn the_time_is_written_down_with_what_was_resolved() {
    let record = dated(Case::spec(MINIMAL)).metadata("frontend.dynamo.resolved");
    assert_eq!(record["settings"]["source_date_epoch"], 1_700_000_000);
}
