//! What a build prints about rules that no spec breaks: those about options of
//! the client, about the daemon, and about images.
//!
//! Plays the daemon of the page. A page says how by its command.

use buildkit_proto::rpc;
use dynamo_frontend::diagnostic::Code;
use dynamo_frontend::gateway::double::{Daemon, Method};

use crate::case::{CONFIG, Case, DIGEST};

/// The image of pages that has instructions for builds on it.
const WITH_INSTRUCTIONS: &str = "registry.example/team/base:1";

/// The file in the build context of pages.
const FILE: &str = "deps/requirements.txt";

/// The rules that only a build finds, each with the daemon on which it does.
fn daemon(code: Code) -> Daemon {
    match code {
        Code::UnknownStage | Code::IgnoredInstructions | Code::MissingFile => Daemon::head(),
        Code::UnsupportedByDaemon => Daemon::v0_25(),
        other => panic!("{other} is found without a build: show `$ dynamo-frontend check`"),
    }
}

/// The last lines that a client prints of a build that succeeds.
pub(super) fn build(code: Code, spec: &str, command: &str) -> String {
    let instructions = r#""config":{"OnBuild":["RUN make"],"#;
    let config = CONFIG.replacen(r#""config":{"#, instructions, 1);
    let case = Case::on(daemon(code), spec)
        .script(|double| double.image(WITH_INSTRUCTIONS, DIGEST, config));
    let ran = options(command)
        .fold(case, |case, (key, value)| case.option(key, &value))
        .script(|double| double.file(FILE, ""))
        .script(|double| {
            if code == Code::MissingFile && !spec.contains(FILE) {
                let failed = rpc::Status {
                    code: 2,
                    ..rpc::Status::default()
                };
                return double.fail_nth(Method::Solve, 2, failed);
            }
            double
        })
        .run();
    if let Some(failure) = ran.failure().filter(|_| code == Code::MissingFile) {
        return format!(
            "ERROR: failed to build: failed to solve: {}\n",
            failure.message
        );
    }
    assert!(ran.failure().is_none(), "{code}: {:?}", ran.failure());
    let warnings = ran.warnings();
    match warnings.len() {
        0 => String::new(),
        1 => format!(
            " 1 warning found (use docker --debug to expand):\n - {}\n",
            warnings[0]
        ),
        many => format!(
            " {many} warnings found (use docker --debug to expand):\n - {}\n",
            warnings.join("\n - ")
        ),
    }
}

/// The options of a command as the client sends them.
fn options(command: &str) -> impl Iterator<Item = (&'static str, String)> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let option = |pair: &[&str]| match pair {
        ["--no-cache-filter", stages] => Some(("no-cache", (*stages).to_owned())),
        ["--memory", gigabytes] => {
            let number: u64 = gigabytes.trim_end_matches('g').parse().expect("gigabytes");
            Some(("memory", (number << 30).to_string()))
        }
        _ => None,
    };
    words
        .windows(2)
        .filter_map(option)
        .collect::<Vec<_>>()
        .into_iter()
}
