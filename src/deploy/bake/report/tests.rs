//! A report with every outcome, in each of its forms.

use super::*;
use crate::deploy::bake::progress::Failure;

fn build(name: &str, kind: Kind, outcome: Outcome, took: Option<u64>) -> BuildReport {
    let tag = |version| format!("registry.example.com/dynamo:{version}-{name}");
    BuildReport {
        name: name.to_owned(),
        kind,
        framework: "vllm",
        target: "runtime",
        device: "cuda",
        cuda: Some("12.9".to_owned()),
        efa: false,
        platforms: vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()],
        tags: match kind {
            Kind::Image => vec![tag("v1.0.0"), tag("latest")],
            Kind::Files | Kind::Check => Vec::new(),
        },
        outcome,
        took: took.map(Duration::from_millis),
    }
}

/// A failure whose texts try to leave the place they are put into.
fn failure() -> Failure {
    Failure {
        message: "unknown key `a|<b>&\"` [UnknownKey]".to_owned(),
        file: Some("dynamo.yaml".to_owned()),
        line: Some(2),
        rule: Some("UnknownKey"),
        text: "   2 | >>> ```` </details> ]]> \\u{1b}\u{ffff}\nERROR: unknown key".to_owned(),
        log: Some("logs/vllm-dev.log".to_owned()),
    }
}

fn report() -> Report {
    let digest = Some(format!("sha256:{}", "0123456789abcdef".repeat(4)));
    let failed = Outcome::Failed { failure: failure() };
    let skipped = Outcome::Skipped {
        reason: "vllm-dev was not built".to_owned(),
    };
    let exists = Outcome::Exists {
        image: "registry.example.com/dynamo:v1.0.0-sglang-runtime".to_owned(),
    };
    let built = |digest| Outcome::Built { digest };
    let builds = vec![
        build("vllm-runtime", Kind::Image, built(digest), Some(192_440)),
        build("vllm-runtime-check", Kind::Check, built(None), Some(360)),
        build("vllm-dev", Kind::Image, failed, Some(41_000)),
        build("vllm-dev-check", Kind::Check, skipped, None),
        build("vllm-wheels", Kind::Files, Outcome::Cancelled, Some(3_000)),
        build("vllm-test", Kind::Image, Outcome::Cancelled, None),
        build("sglang-runtime", Kind::Image, exists, None),
    ];
    let left_out = vec![LeftOut {
        what: "sglang, xpu".to_owned(),
        reason: "`sglang` cannot be built for the device `xpu`".to_owned(),
        help: Some("choose `cuda`".to_owned()),
    }];
    let commit = "0123456789abcdef0123456789abcdef01234567".to_owned();
    Report::new("v1.0.0".to_owned(), Some(commit), builds, left_out)
}

#[test]
fn the_report_for_programs_is_this() {
    insta::assert_snapshot!(report().to_json());
}

#[test]
fn the_report_for_people_is_this() {
    insta::assert_snapshot!(report().to_markdown());
}

#[test]
fn the_report_as_one_of_tests_is_this() {
    insta::assert_snapshot!(report().to_junit());
}

#[test]
fn a_report_of_nothing_says_so() {
    let report = Report::new("v1.0.0".to_owned(), None, Vec::new(), Vec::new());
    assert_eq!(
        report.to_markdown(),
        "## Images of v1.0.0\n\nnothing to build\n"
    );
    assert!(report.to_junit().contains("tests=\"0\""));
}
