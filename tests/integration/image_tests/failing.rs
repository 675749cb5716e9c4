//! Checks of the built image that fail: what is asked of a daemon then, and what the
//! user reads.

use buildkit_proto::rpc;
use dynamo_frontend::gateway::double::{Call, Daemon, Method};
use dynamo_frontend::gateway::errdefs::{self, Detail as _};
use serde_json::json;

use super::{ALONE, ONE, alone, checks, spec};
use crate::case::{BASE, CONFIG, Case, DIGEST, Ran, UV, named};

fn failed_step() -> rpc::Status {
    rpc::Status {
        code: 2,
        message: "process \"/bin/bash\" did not complete successfully: exit code: 1".to_owned(),
        details: Vec::new(),
    }
}

/// How many results were built before the end.
fn evaluated(ran: &Ran) -> usize {
    let methods = ran.methods().into_iter();
    methods.filter(|one| *one == Method::Evaluate).count()
}

#[test]
fn what_a_failed_check_has_left_is_read_in_a_container_and_nothing_runs_twice() {
    let list = "3 standard output does not contain `hi`\n  standard output is empty\n4 no line\n";
    // Of the mounts only what was made by the step has an id.
    let step = json!({"exec": {"mounts": [{"dest": "/"}, {"dest": "/run/dynamo/report"}]}});
    let details = errdefs::Solve {
        mount_ids: vec![String::new(), "left".to_owned()],
        op: Some(step),
        ..errdefs::Solve::default()
    };
    let failure = rpc::Status {
        details: vec![details.to_any()],
        ..failed_step()
    };
    for (daemon, builds) in [
        (Daemon::head(), Method::Evaluate),
        (Daemon::v0_8(), Method::StatFile),
    ] {
        let ran = Case::on(daemon, spec(ONE))
            .option(ALONE.0, ALONE.1)
            .script(|double| {
                double
                    .fail_nth(builds, 1, failure.clone())
                    .file_in("left", "check/failures", list)
            })
            .run();
        assert_eq!(
            ran.error().message,
            "1 of 1 checks of the image failed\n\
             dynamo.yaml:12:19: greets: standard output does not contain `hi`\n  \
             standard output is empty\n\
             dynamo.yaml:13:18: greets: no line"
        );
        let end = ran.methods().into_iter().rev().take(4).collect::<Vec<_>>();
        let container = [Method::ExecProcess, Method::NewContainer];
        assert_eq!(end, [&[Method::Return], &container[..], &[builds]].concat());
        let mounts = ran.calls.iter().find_map(|call| match call {
            Call::NewContainer(container) => Some(&container.mounts),
            _ => None,
        });
        let mounts = mounts.expect("a container").iter();
        let mounts: Vec<_> = mounts
            .map(|one| (one.dest.as_str(), one.readonly))
            .collect();
        assert_eq!(mounts, [("/", true), ("/run/dynamo/report", true)]);
    }
}

#[test]
fn a_failed_check_is_asked_what_failed_and_shown_at_those_lines() {
    let list = "3 standard output does not contain `hi`\n  standard output is empty\n4 no line\n";
    let ran = alone(ONE)
        .script(|double| {
            double
                .fail_nth(Method::Evaluate, 1, failed_step())
                .file("check/failures", list)
        })
        .run();
    assert_eq!(
        ran.error().message,
        "1 of 1 checks of the image failed\n\
         dynamo.yaml:12:19: greets: standard output does not contain `hi`\n  \
         standard output is empty\n\
         dynamo.yaml:13:18: greets: no line"
    );
    assert_eq!(ran.places(), ["dynamo.yaml:12-12", "dynamo.yaml:13-13"]);
    let asked = ran.graph();
    assert_eq!(checks(&asked), ["[check-image] greets: tell what failed"]);
    let step = &named(&asked)["[check-image] greets: tell what failed"];
    assert!(
        step.metadata.ignore_cache,
        "what it finds is never remembered"
    );
}

#[test]
fn a_check_that_fails_once_and_then_passes_says_so() {
    let ran = alone(ONE)
        .script(|double| double.fail_nth(Method::Evaluate, 1, failed_step()))
        .run();
    assert_eq!(
        ran.error().message,
        "1 of 1 checks of the image failed\n\
         dynamo.yaml:9:5: greets: it failed, and passed when it was run again at once"
    );
    assert_eq!(ran.places(), ["dynamo.yaml:9-9"]);
}

#[test]
fn a_failing_check_keeps_no_other_from_running_and_the_gate_shut() {
    let ran = Case::spec(spec("tests: {gate: true}\n"))
        .script(|double| {
            double
                .fail_nth(Method::Evaluate, 1, failed_step())
                .fail_nth(Method::Evaluate, 3, failed_step())
        })
        .run();
    let message = &ran.error().message;
    assert!(
        message.starts_with("2 of 5 checks of the image failed\n"),
        "{message}"
    );
    // A built-in check is asked for by the line of the gate.
    assert_eq!(ran.places(), ["dynamo.yaml:6-6"]);
}

#[test]
fn an_image_without_bash_is_said_to_have_none_and_no_check_runs() {
    let plain = "tests:\n  gate: true\n  checks: {a: {imports: [os]}, b: {imports: [re]}}\n";
    let ran = Case::spec(spec(plain)).option("platform", "linux/amd64");
    let ran = ran.script(|double| double.without_file("bin/bash")).run();
    assert_eq!(
        ran.error().message,
        "the image cannot be checked: it has no `/bin/bash`\n\
         help: checks need bash, coreutils and grep in the image: build it on a base that has \
         them, or check another target"
    );
    assert_eq!(ran.places().len(), 1);
    assert_eq!(evaluated(&ran), 1, "no check runs");
}

#[test]
fn an_image_without_the_account_is_said_to_have_none_and_that_once() {
    let checks = "  checks: {a: {imports: [os]}, b: {imports: [re]}}\n";
    let tests = format!("tests:\n  builtin: false\n{checks}");
    let case = |accounts: &str| {
        let case = alone(&tests).option("context:runtime", "docker-image://example.org/done:1");
        case.script(|double| {
            // After the image the two, each twice.
            let mut double = double.image("example.org/done:1", DIGEST, CONFIG);
            for number in 1..=4 {
                double = double.fail_nth(Method::Evaluate, number, failed_step());
            }
            double.file("etc/passwd", accounts)
        })
        .run()
    };
    let ran = case("root:x:0:0::/root:/bin/bash\ndynamo2:x:1:1::/:/bin/sh\n");
    assert_eq!(
        ran.error().message,
        "the image cannot be checked: it has no account `dynamo`\n\
         help: checks run as the account of the spec: name that of the image by `user.name`, \
         or give a check `run_as: root`"
    );
    assert_eq!(ran.places(), ["dynamo.yaml:8-8"]);
    let ran = case("dynamo:x:1000:0::/home/dynamo:/bin/bash\n");
    assert!(ran.error().message.contains("the check `b`: "));
}

#[test]
fn a_step_of_the_image_that_fails_is_no_failed_check() {
    let ran = Case::spec(spec("tests: {gate: true}\n"))
        .script(|double| double.fail_nth(Method::Evaluate, 0, failed_step()))
        .run();
    assert_eq!(ran.error().message, failed_step().message);
    assert_eq!(evaluated(&ran), 1, "no check runs");
}

#[test]
fn a_check_that_cannot_run_tells_why_with_its_line() {
    let ran = alone(ONE)
        .script(|double| {
            double
                .fail_nth(Method::Evaluate, 1, failed_step())
                .fail_nth(Method::Evaluate, 2, failed_step())
        })
        .run();
    assert_eq!(
        ran.error().message,
        format!("the check `greets`: {}", failed_step().message)
    );
    assert_eq!(ran.places(), ["dynamo.yaml:9-9"]);
}

#[test]
fn each_platform_is_checked_under_its_name() {
    const BOTH: [&str; 2] = ["linux/amd64", "linux/arm64"];
    let case = |tests: &str| {
        Case::spec(spec(tests))
            .option("platform", &BOTH.join(","))
            .script(|double| {
                let arm = CONFIG.replace("amd64", "arm64");
                let double = double.image_for(BOTH[1], BASE, DIGEST, arm.clone());
                double.image_for(BOTH[1], UV, DIGEST, arm)
            })
    };
    let gate = ONE.replace("builtin: false", "gate: true\n  builtin: false");
    let ran = case(&gate).run();
    let told = &ran.result().metadata["frontend.result.inlinemessage"];
    assert_eq!(
        String::from_utf8_lossy(told),
        "2 checks of the image passed"
    );
    let names = ran.definitions();
    let names = names.iter().flat_map(|graph| named(graph).into_keys());
    let names: Vec<String> = names.filter(|name| name.ends_with("] greets")).collect();
    for platform in BOTH {
        let name = format!("[{platform} check-image] greets");
        assert!(names.contains(&name), "{names:?}");
    }

    // Two images, then a check of each.
    let failed = case(&gate)
        .script(|double| {
            let double = double.fail_nth(Method::Evaluate, 2, failed_step());
            let double = double.fail_nth(Method::Evaluate, 3, failed_step());
            double.file("check/failures", "3 no greeting\n")
        })
        .run();
    let told = BOTH.map(|platform| {
        format!(
            "1 of 1 checks of the image for {platform} failed\n\
             dynamo.yaml:13:19: greets: no greeting"
        )
    });
    assert_eq!(failed.error().message, told.join("\n"));
    assert_eq!(failed.places(), ["dynamo.yaml:13-13"]);

    let flat = ONE.replace("echo, hi]", "echo, hi]\n      layers: 6");
    let failed = case(&flat.replace("builtin: false", "gate: true\n  builtin: false")).run();
    for platform in BOTH {
        let message = &failed.error().message;
        let told = format!("the image for {platform} gets 7 layers");
        assert!(message.contains(&told), "{message}");
    }
}
