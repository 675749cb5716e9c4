//! Nothing that a spec says is read by a shell: programs are constants, and
//! values are arguments.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use dynamo_frontend::diagnostic::{Diagnostics, Sources};
use dynamo_frontend::pipeline;
use dynamo_frontend::plan::{Action, FileAction, Plan, Tree};
use dynamo_frontend::spec::{self, Architecture, Decode, Input, Keys};

/// What a shell would obey, in forms that one kind of value or another allows.
const COMMANDS: [&str; 8] = [
    "$(touch /canary)",
    "`touch /canary`",
    "'; touch /canary; '",
    "\"; touch /canary; \"",
    "a\ntouch /canary\n",
    "canary$(touch${IFS}canary)",
    "https://canary.local/$(touch${IFS}canary)`id`'\";touch${IFS}canary",
    "a.canary-1",
];

/// In every command, and in nothing else.
const MARK: &str = "canary";

/// Specs that have between them every kind of step that runs something.
const EXAMPLES: [&str; 8] = [
    "docs",
    "epp",
    "frontend",
    "local-dev",
    "sccache",
    "sglang",
    "trtllm",
    "vllm-efa",
];

fn input<'a>(spec: &'a [u8], build_args: &'a BTreeMap<String, String>) -> Input<'a> {
    Input {
        name: "dynamo.yaml",
        bytes: spec,
        build_args,
        target: None,
    }
}

/// Every key with every command that is a value of its kind.
fn taken() -> Vec<BTreeMap<String, String>> {
    let keys = Keys::shape().scalar_paths();
    let keys = keys.iter().map(|key| key.replace('*', "A"));
    let pairs = keys.flat_map(|key| COMMANDS.map(|value| [(key.clone(), value.to_owned())]));
    let taken = pairs.map(BTreeMap::from).filter(|build_args| {
        let mut found = Diagnostics::default();
        spec::read(
            input(b"{}", build_args),
            &mut Sources::default(),
            &mut found,
        );
        !found.has_errors()
    });
    taken.collect()
}

/// The plan of a spec that is in order.
fn planned(spec: &serde_json::Value) -> Plan {
    let spec = spec.to_string();
    let none = BTreeMap::new();
    let outcome = pipeline::plan(input(spec.as_bytes(), &none), &[Architecture::Amd64]);
    let mut outcome = outcome.expect("a catalog that reads");
    assert!(!outcome.plans.is_empty(), "{:?}", outcome.diagnostics);
    outcome.plans.remove(0)
}

/// What shells read in a plan: the programs of its steps and the files that
/// they have of it.
fn programs(plan: &Plan) -> Vec<&str> {
    let actions = plan.stages.iter().flat_map(|stage| &stage.steps);
    let mut programs = Vec::new();
    for action in actions.map(|step| &step.action) {
        match action {
            Action::Run(run) => {
                let [program, arguments @ ..] = run.args.as_slice() else {
                    panic!("a step runs nothing")
                };
                programs.push(program.as_str());
                if program.ends_with("sh") {
                    let options = ["-euo", "pipefail"];
                    let mut arguments = arguments.iter();
                    let script = arguments.find(|one| !options.contains(&one.as_str()));
                    let script = script.expect("a script");
                    assert!(script.starts_with("/run/dynamo/"), "{script}");
                    programs.push(script);
                }
            }
            Action::Files(files) => programs.extend(files.iter().filter_map(|file| match file {
                FileAction::File { content, .. } => Some(content.as_str()),
                FileAction::Folder { .. } => None,
            })),
            Action::Link(_) | Action::Copy(_) => {}
        }
        programs.extend(action.trees().filter_map(|tree| match tree {
            Tree::Literal { content, .. } => Some(content.as_str()),
            _ => None,
        }));
    }
    programs
}

/// A script of the user, which a shell is to read as it is.
const SCRIPT: &str = "touch /canary; echo \"$(id)\"";

#[test]
fn case_125_of_added_steps_a_shell_reads_their_script_alone() {
    let mut scripts = 0;
    for command in COMMANDS {
        let user = ["dynamo", "root"];
        let text = |text: &str| serde_json::Value::from(text);
        for user in user {
            let spec = serde_json::json!({
                "framework": "dynamo",
                "device": "cpu",
                "dynamo": {"source": {"index": "1.0.0"}},
                "extend": {"runtime": [
                    {"name": "canary $(x) `x` ';", "run": SCRIPT, "user": user, "env": {"A": text(command)}},
                    {"run": ["/bin/echo", text(command)], "user": user},
                    {"copy": {"paths": ["canary$(x)`x`';"], "to": "/opt/canary$(x)`x`';"}},
                    {"packages": {"pip": ["canary $(x) `x` ';"]}},
                ]},
            });
            let plan = planned(&spec);
            let marked = programs(&plan).into_iter().filter(|one| one.contains(MARK));
            let marked: Vec<&str> = marked.collect();
            assert_eq!(marked, [format!("{SCRIPT}\n")], "{command:?}, {user}");
            scripts += 1;
        }
    }
    assert_eq!(scripts, 2 * COMMANDS.len());
}

#[test]
fn case_125_what_a_check_expects_is_a_file_and_no_program() {
    for command in COMMANDS {
        let text = |text: &str| serde_json::Value::from(text);
        let spec = serde_json::json!({
            "framework": "dynamo",
            "device": "cpu",
            "dynamo": {"source": {"index": "1.0.0"}},
            "tests": {"gate": true, "checks": {"one": {
                "command": ["/bin/echo", text(command)],
                "stdout": {"contains": text(command)},
                "env": {"A": text(command)},
                "files": {"/opt/canary$(x)`x`';": {"contains": text(command)}},
            }}},
        });
        let plan = planned(&spec);
        let marked = programs(&plan).into_iter().filter(|one| one.contains(MARK));
        let marked: Vec<&str> = marked.collect();
        let [expected] = marked.as_slice() else {
            panic!("{marked:?}")
        };
        // A header of ours for each, and one line for each word.
        let lines: Vec<&str> = expected.lines().collect();
        let mut at = 0;
        while let Some(header) = lines.get(at) {
            let count = header.rsplit_once(' ').expect("a header").1;
            at += 1 + count.parse::<usize>().expect("a number of words");
        }
        assert_eq!(at, lines.len(), "{expected}");
    }
}

#[test]
fn case_125_no_value_of_any_key_is_part_of_a_program() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let taken = taken();
    let mut planned = BTreeSet::new();
    for example in EXAMPLES {
        let spec = fs::read(examples.join(example).join("dynamo.yaml")).expect("an example");
        for arguments in &taken {
            let outcome = pipeline::plan(input(&spec, arguments), &[Architecture::Amd64]);
            for plan in outcome.expect("a catalog that reads").plans {
                planned.extend(arguments.keys());
                for program in programs(&plan) {
                    assert!(!program.contains(MARK), "{arguments:?} in {program}");
                }
            }
        }
    }
    for key in [
        "env.A",
        "labels.A",
        "build.python.index",
        "dynamo.commit",
        "vllm.url",
    ] {
        assert!(planned.contains(&key.to_owned()), "{key} was never planned");
    }
}
