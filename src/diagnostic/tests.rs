//! What programs are told: workflow commands, code quality reports and SARIF.

use std::collections::BTreeSet;

use super::{
    Code, Diagnostic, SourceId, SourceKind, Sources, Span, to_github, to_gitlab, to_sarif,
};

/// A spec with what breaks formats, a command line and a catalog.
fn sources() -> (Sources, SourceId, SourceId, SourceId) {
    let mut sources = Sources::default();
    let text = "framework: vllm\ndevice: ä, cpu: 100%\r\nuser:\n  uid: 1\n";
    let spec = sources.add(SourceKind::Spec, "my specs/a,b:c.yaml", text);
    let line = sources.add(SourceKind::CommandLine, "command line", "--target=dve\n");
    let catalog = sources.add(SourceKind::Catalog, "specs/x/vllm.yaml", "cuda: 1\n");
    (sources, spec, line, catalog)
}

fn findings(spec: SourceId, line: SourceId, catalog: SourceId) -> Vec<Diagnostic> {
    vec![
        Diagnostic::error(
            Code::InvalidValue,
            Span::new(spec, 24, 26),
            "100% wrong,\n::stop::",
        )
        .note("here")
        .label(Span::new(catalog, 0, 4), "the catalog has this")
        .label(Span::new(spec, 0, 9), "for this")
        .help("write `b`")
        .did_you_mean(Span::new(spec, 24, 26), "cuda"),
        Diagnostic::warning(Code::WithoutEffect, Span::new(spec, 39, 53), "nothing"),
        Diagnostic::advice(Code::UnknownBuildArg, Span::new(line, 0, 12), "no target"),
    ]
}

#[test]
fn a_finding_becomes_one_workflow_command_that_no_value_ends() {
    let (sources, spec, line, catalog) = sources();
    let all = findings(spec, line, catalog);
    let all: Vec<&Diagnostic> = all.iter().collect();
    assert_eq!(
        to_github(&all, &sources),
        "::error file=my specs/a%2Cb%3Ac.yaml,line=2,col=9,endColumn=9,title=InvalidValue\
         ::100%25 wrong,\\n::stop::%0Ahere%0Aspecs/x/vllm.yaml:1: the catalog has this\
         %0Amy specs/a,b:c.yaml:1: for this%0Ahelp: write `b`%0Ahelp: did you mean `cuda`?\n\
         ::warning file=my specs/a%2Cb%3Ac.yaml,line=3,endLine=4,title=WithoutEffect::nothing\n\
         ::notice title=UnknownBuildArg::no target%0Ain `--target=dve`\n"
    );
}

#[test]
fn a_code_quality_report_has_a_file_and_a_fingerprint_of_its_own_for_every_finding() {
    let (sources, spec, line, catalog) = sources();
    let mut all = findings(spec, line, catalog);
    all.push(all[1].clone());
    let all: Vec<&Diagnostic> = all.iter().collect();
    let report = to_gitlab(&all, &sources);
    insta::assert_snapshot!(format!("{report:#}"));
    let entries = report.as_array().expect("a list");
    let prints = entries.iter().map(|entry| entry["fingerprint"].to_string());
    let prints: BTreeSet<String> = prints.collect();
    assert_eq!(prints.len(), 4, "one entry each: {report:#}");
    for entry in entries {
        assert_eq!(entry["location"]["path"], "my specs/a,b:c.yaml");
    }
}

#[test]
fn a_finding_that_moved_down_keeps_its_fingerprint() {
    let print = |text: &str, at: usize| {
        let mut sources = Sources::default();
        let spec = sources.add(SourceKind::Spec, "./dynamo.yaml", text);
        let span = Span::new(spec, at, at + 3);
        let finding = Diagnostic::error(Code::InvalidValue, span, "wrong");
        let report = to_gitlab(&[&finding], &sources);
        assert_eq!(report[0]["location"]["path"], "dynamo.yaml");
        report[0]["fingerprint"].clone()
    };
    assert_eq!(print("a: b\n", 0), print("# why\na: b\n", 6));
}

#[test]
fn sarif_has_the_rules_that_were_broken_and_a_file_for_every_result() {
    let (sources, spec, line, catalog) = sources();
    let all = findings(spec, line, catalog);
    let all: Vec<&Diagnostic> = all.iter().collect();
    let log = to_sarif(&all, &sources);
    insta::assert_snapshot!(format!("{log:#}"));
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("a list");
    assert_eq!(results.len(), 3);
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index");
        let index = usize::try_from(index).expect("small");
        assert_eq!(
            run["tool"]["driver"]["rules"][index]["id"],
            result["ruleId"]
        );
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].is_string(), "{result}");
    }
}

#[test]
fn no_finding_is_a_sarif_log_without_results() {
    let log = to_sarif(&[], &Sources::default());
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
}
