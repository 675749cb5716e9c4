//! What the user wants of the rules: the setting of `check`, and what it does to
//! warnings of every kind, in a build and wherever a spec is only looked at.

use std::fs;
use std::process::Command;

use dynamo_frontend::diagnostic::Code;
use dynamo_frontend::gateway::double::{Call, Daemon, Method};
use serde_json::json;

use crate::case::{Case, MINIMAL, Ran};

/// The build argument that stands in for the directive.
const ARGUMENT: &str = "build-arg:BUILDKIT_DOCKERFILE_CHECK";

/// A spec with this setting, and with a value that changes nothing.
fn spec(setting: &str) -> String {
    let more = "mirrors: {https://nothing.example/: https://mirror.example/}\n";
    format!(
        "{}{more}",
        MINIMAL.replace("framework:", &format!("{setting}framework:"))
    )
}

/// A build with a warning about the spec and one about a build argument.
fn case(setting: &str) -> Case {
    Case::spec(spec(setting)).option("build-arg:UNDECLARED", "1")
}

/// The rules of the warnings that a build shows.
fn shown(ran: &Ran) -> Vec<String> {
    let rule = |short: String| short.split(':').next().unwrap_or_default().to_owned();
    ran.warnings().into_iter().map(rule).collect()
}

fn lint(case: Case) -> (serde_json::Value, String) {
    let ran = case.option("requestid", "frontend.lint").run();
    let status = &ran.result().metadata["result.statuscode"];
    (
        ran.metadata("result.json"),
        String::from_utf8_lossy(status).into_owned(),
    )
}

#[test]
fn case_96_rules_are_skipped_by_name_or_all_together() {
    assert_eq!(shown(&case("").run()), ["UnusedMirror", "UnknownBuildArg"]);
    for (setting, rest) in [
        ("# check=skip=UnusedMirror\n", vec!["UnknownBuildArg"]),
        ("# check=skip=UnusedMirror, UnknownBuildArg\n", vec![]),
        ("#check = skip=all;experimental=all\n", vec![]),
        (
            "# check=error=false\n",
            vec!["UnusedMirror", "UnknownBuildArg"],
        ),
    ] {
        assert_eq!(shown(&case(setting).run()), rest, "{setting}");
        let (answer, status) = lint(case(setting));
        let names: Vec<_> = answer["warnings"]
            .as_array()
            .expect("a list")
            .iter()
            .collect();
        assert_eq!(names.len(), rest.len(), "{setting}: {names:?}");
        assert_eq!(status, if rest.is_empty() { "0" } else { "1" }, "{setting}");
    }
}

#[test]
fn case_96_the_build_argument_replaces_the_directive() {
    let ran = case("# check=skip=all\n")
        .option(ARGUMENT, "skip=UnusedMirror")
        .run();
    assert_eq!(shown(&ran), ["UnknownBuildArg"]);
    let ran = case("# check=skip=all\n").option(ARGUMENT, "").run();
    assert_eq!(shown(&ran).len(), 2);
    // Rules of Dockerfiles are no concern of ours: one value serves a whole CI.
    let ran = case("")
        .option(ARGUMENT, "skip=JSONArgsRecommended,StageNameCasing")
        .run();
    assert_eq!(shown(&ran).len(), 2);
}

#[test]
fn case_96_warnings_end_the_build_before_anything_is_asked_for() {
    use Method::{Inputs, Ping, ReadFile, Return, Solve, Warn};
    let ran = case("# check=error=true\n").run();
    assert_eq!(
        ran.error().message,
        "lint violation found for rules: UnknownBuildArg, UnusedMirror"
    );
    assert_eq!(ran.places(), ["dynamo.yaml:7-7", "command line:1-1"]);
    assert_eq!(
        ran.methods(),
        [Ping, Inputs, Solve, ReadFile, Warn, Warn, Return]
    );
    let clean = Case::spec(MINIMAL).option(ARGUMENT, "error=true").run();
    assert!(clean.failure().is_none());
    let skipped = case("")
        .option(ARGUMENT, "error=true;skip=UnusedMirror,UnknownBuildArg")
        .run();
    assert!(skipped.failure().is_none());
}

#[test]
fn case_96_a_wrong_setting_is_shown_where_it_is() {
    let ran = case("# check=silence=all\n").run();
    assert_eq!(ran.places(), ["dynamo.yaml:2-2"]);
    assert!(
        ran.error().message.contains("`silence`"),
        "{}",
        ran.error().message
    );
    let ran = case("").option(ARGUMENT, "errors=true").run();
    assert_eq!(ran.places(), ["command line:1-1"]);
    let message = &ran.error().message;
    assert!(message.contains("did you mean `error`?"), "{message}");
}

#[test]
fn case_93_a_check_tells_the_violation_beside_its_warnings() {
    let (answer, status) = lint(case("# check=error=true\n"));
    assert_eq!(answer["warnings"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        answer["buildError"]["message"],
        "lint violation found for rules: UnknownBuildArg, UnusedMirror"
    );
    assert_eq!(
        answer["buildError"]["location"]["ranges"][0]["start"]["line"],
        7
    );
    assert_eq!(status, "1");
    // Other requests look, and nothing ends.
    let ran = case("# check=error=true\n")
        .option("requestid", "frontend.outline")
        .run();
    assert!(ran.failure().is_none());
}

#[test]
fn case_95_a_warning_has_its_rule_its_line_and_the_page_of_the_rule() {
    let ran = Case::spec(spec("")).run();
    let warnings = ran.calls.iter().filter_map(|call| match call {
        Call::Warn(request) => Some(request),
        _ => None,
    });
    let [warning] = warnings.collect::<Vec<_>>()[..] else {
        panic!("one warning: {:?}", ran.warnings())
    };
    let short = String::from_utf8_lossy(&warning.short);
    assert!(
        short.starts_with("UnusedMirror: ") && short.ends_with(" (line 6)"),
        "{short}"
    );
    assert_eq!(warning.level, 1);
    assert_eq!(warning.url, Code::UnusedMirror.url());
    assert!(
        warning.url.starts_with("https://") && warning.url.ends_with("/docs/rules/UnusedMirror.md")
    );
    assert!(!warning.detail.is_empty());
    let info = warning.info.as_ref().expect("the spec");
    assert_eq!(&*info.filename, "dynamo.yaml");
    let lines = |range: &buildkit_proto::pb::Range| range.start.as_ref().map(|start| start.line);
    assert_eq!(
        warning.ranges.iter().map(lines).collect::<Vec<_>>(),
        [Some(6)]
    );
}

#[test]
fn case_101_findings_have_the_members_that_clients_read_without_asking() {
    let (answer, _) = lint(case("# check=error=true\n"));
    let sources = answer["sources"].as_array().expect("a list").len();
    let places = answer["warnings"].as_array().expect("a list").iter();
    let places = places.map(|warning| {
        for member in ["ruleName", "description", "url", "detail"] {
            assert!(
                warning[member]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{member}"
            );
        }
        &warning["location"]
    });
    for place in places.chain([&answer["buildError"]["location"]]) {
        let index = place["sourceIndex"].as_i64().expect("an index");
        let ranges = place["ranges"].as_array().expect("a list");
        assert!(
            (-1..i64::try_from(sources).expect("few")).contains(&index),
            "{place}"
        );
        // A client that has a source prints its lines.
        assert_eq!(ranges.is_empty(), index == -1, "{place}");
        for range in ranges {
            assert!(range["start"]["line"].as_u64() > Some(0), "{place}");
            assert!(
                range["end"]["line"].as_u64() >= range["start"]["line"].as_u64(),
                "{place}"
            );
        }
    }
    for source in answer["sources"].as_array().expect("a list") {
        assert!(
            source["filename"].is_string() && source["data"].is_string(),
            "{source}"
        );
    }
}

#[test]
fn what_the_daemon_cannot_do_is_a_warning_like_any_other() {
    let case = || Case::on(Daemon::v0_25(), MINIMAL).option("memory", "1048576");
    assert_eq!(shown(&case().run()), ["UnsupportedByDaemon"]);
    assert!(shown(&case().option(ARGUMENT, "skip=all").run()).is_empty());
    let ran = case().option(ARGUMENT, "error=true").run();
    assert_eq!(
        ran.error().message,
        "lint violation found for rules: UnsupportedByDaemon"
    );
    assert_eq!(ran.places(), ["dynamo.yaml:2-2"]);
}

#[test]
fn case_23_a_misspelt_stage_is_told_and_one_of_another_build_is_not() {
    let case = |stages: &str| Case::spec(MINIMAL).option("no-cache", stages);
    let ran = case("runtme,dev,RUNTIME").run();
    let [warning] = &ran.warnings()[..] else {
        panic!("one warning: {:?}", ran.warnings())
    };
    assert_eq!(
        warning,
        "UnknownStage: no stage has the name `runtme`, which is to be built without cache"
    );
    assert!(case("dev,docs").run().warnings().is_empty());
    let ran = case("runtme").option(ARGUMENT, "error=true").run();
    assert_eq!(
        ran.error().message,
        "lint violation found for rules: UnknownStage"
    );
    assert_eq!(ran.places(), ["dynamo.yaml:1-1"]);
}

#[test]
fn the_command_line_hears_the_same_setting() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let check = |setting: &str| {
        fs::write(folder.path().join("dynamo.yaml"), spec(setting)).expect("a written spec");
        let mut command = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"));
        let command = command
            .args(["check", "--format", "json"])
            .current_dir(folder.path());
        let ran = command.output().expect("runs");
        let found: serde_json::Value = serde_json::from_slice(&ran.stdout).expect("JSON");
        let codes = found
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["code"].clone());
        (ran.status.code(), codes.collect::<Vec<_>>())
    };
    assert_eq!(check(""), (Some(1), vec![json!("UnusedMirror")]));
    assert_eq!(check("# check=skip=UnusedMirror\n"), (Some(0), vec![]));
    assert_eq!(
        check("# check=error=2\n").1,
        [json!("InvalidCheck"), json!("UnusedMirror")]
    );
}

#[test]
fn the_key_says_what_the_directive_says() {
    let key = |words: &str| Case::spec(format!("{}check: {words}\n", spec("")));
    assert_eq!(shown(&key("{skip: [all]}").run()), [""; 0]);
    assert_eq!(
        shown(&key("{skip: [WithoutEffect]}").run()),
        ["UnusedMirror"]
    );
    assert_eq!(
        key("{error: true}").run().error().message,
        "lint violation found for rules: UnusedMirror"
    );
    let ran = key("{skip: [unusedmirror], experimental: [ImageWithoutDigest]}").run();
    assert_eq!(shown(&ran), ["ImageWithoutDigest"]);
    // What is both switched on and skipped is skipped.
    let ran = key("{skip: [all], experimental: [all]}").run();
    assert_eq!(shown(&ran), [""; 0]);
    let by_argument = key("{}").option("build-arg:check.error", "true").run();
    assert!(by_argument.error().message.contains("UnusedMirror"));
}

#[test]
fn the_build_argument_counts_before_the_directive_and_that_before_the_key() {
    let all = "# check=skip=UnusedMirror\n";
    let both = || Case::spec(format!("{}check: {{error: true}}\n", spec(all)));
    let ran = both().run();
    assert!(ran.failure().is_none(), "the key is not heard");
    assert_eq!(shown(&ran), ["WithoutEffect"]);
    // Build arguments are there to be given for one build: no warning.
    let ran = both().option(ARGUMENT, "skip=WithoutEffect").run();
    assert_eq!(shown(&ran), ["UnusedMirror"]);
}

#[test]
fn an_experiment_is_off_until_it_is_asked_for() {
    for (setting, rules) in [
        ("", vec!["UnusedMirror"]),
        (
            "# check=experimental=all\n",
            vec!["ImageWithoutDigest", "UnusedMirror"],
        ),
        (
            "# check=experimental=ImageWithoutDigest;skip=UnusedMirror\n",
            vec!["ImageWithoutDigest"],
        ),
    ] {
        assert_eq!(shown(&Case::spec(spec(setting)).run()), rules, "{setting}");
    }
}

#[test]
fn what_shows_a_build_ends_where_a_build_would() {
    for (request, fails) in [
        ("frontend.plan", true),
        ("frontend.graph", true),
        ("frontend.convertllb", true),
        ("frontend.outline", false),
        ("frontend.targets", false),
        ("frontend.lint", false),
    ] {
        let ran = case("# check=error=true\n")
            .option("requestid", request)
            .run();
        let message = ran.failure().map(|one| one.message.as_str());
        let violation = "lint violation found for rules: UnknownBuildArg, UnusedMirror";
        assert_eq!(message, fails.then_some(violation), "{request}");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = spec("# check=error=true\n");
    fs::write(folder.path().join("dynamo.yaml"), text).expect("a written spec");
    for command in ["plan", "graph", "llb"] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"));
        let ran = program
            .arg(command)
            .current_dir(folder.path())
            .output()
            .expect("runs");
        assert_eq!(ran.status.code(), Some(1), "{command}");
        assert!(ran.stdout.is_empty(), "{command} shows no build");
        let said = String::from_utf8_lossy(&ran.stderr);
        let violation = "error: lint violation found for rules: UnusedMirror";
        assert!(said.contains(violation), "{command}: {said}");
    }
}

#[test]
fn a_warning_says_short_advice_at_once_and_no_line_of_another_text() {
    let misspelt = Case::spec(MINIMAL).option("build-arg:toolchain.pyton", "3.11");
    assert_eq!(
        misspelt.run().warnings(),
        [
            "UnknownBuildArg: no key of the spec has the name `toolchain.pyton`; \
             the build argument is ignored; did you mean `toolchain.python`?"
        ]
    );
}
