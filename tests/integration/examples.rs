//! What the examples build: the plan as people read it, and the graph as the
//! daemon gets it, for every architecture the catalog has for them.
//!
//! `INSTA_UPDATE=always cargo test --test integration examples` writes the
//! snapshots anew; review what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use buildkit_llb::text;
use dynamo_frontend::diagnostic::Code;
use dynamo_frontend::gateway::double::Daemon;
use dynamo_frontend::pipeline::{self, Outcome};
use dynamo_frontend::plan::{Plan, to_text};
use dynamo_frontend::spec::{Architecture, Input};
use prost::Message;

use crate::case::{CONFIG, Case, DIGEST, Ran};

/// An example and one of its architectures.
pub(crate) struct Example {
    name: String,
    spec: Vec<u8>,
    architecture: Architecture,
}

impl Example {
    /// All of them. A combination that the catalog does not have is none; what
    /// else is wrong with an example is told by its own test.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for entry in fs::read_dir(root().join("examples")).expect("a readable folder") {
            let folder = entry.expect("an entry").path();
            let Ok(spec) = fs::read(folder.join("dynamo.yaml")) else {
                continue;
            };
            let name = folder.file_name().expect("a name").to_string_lossy();
            all.extend(Architecture::ALL.iter().map(|architecture| Self {
                name: name.clone().into_owned(),
                spec: spec.clone(),
                architecture: *architecture,
            }));
        }
        all.retain(|example| {
            let found = example.outcome(&BTreeMap::new()).diagnostics;
            let missing = |code| code == Code::UnsupportedPlatform;
            !found.errors().into_iter().any(|one| missing(one.code))
        });
        all.sort_by_key(Self::title);
        all
    }

    pub(crate) fn title(&self) -> String {
        format!("{}-{}", self.name, self.architecture)
    }

    fn outcome(&self, build_args: &BTreeMap<String, String>) -> Outcome {
        let input = Input {
            name: "dynamo.yaml",
            bytes: &self.spec,
            build_args,
            target: None,
        };
        pipeline::plan(input, &[self.architecture]).expect("a catalog that reads")
    }

    /// The example built against the newest daemon, whose registry has its images.
    pub(crate) fn built(&self, build_args: &[(&str, &str)]) -> Ran {
        self.built_on(Daemon::head(), build_args)
    }

    /// The same on another daemon.
    fn built_on(&self, daemon: Daemon, build_args: &[(&str, &str)]) -> Ran {
        let arguments = build_args
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let outcome = self.outcome(&arguments);
        let config = CONFIG.replace("amd64", self.architecture.word());
        let platform = format!("linux/{}", self.architecture);
        let mut case = Case::on(daemon, &self.spec).option("platform", &platform);
        for image in outcome.plans.iter().flat_map(|plan| plan.images()) {
            let reference = image.reference.to_string();
            case = case.script(|double| double.image(&reference, DIGEST, config.clone()));
        }
        for used in outcome.plans.iter().flat_map(Plan::named_contexts) {
            let name = used.name;
            case = case.option(&format!("context:{name}"), &format!("local:{name}"));
        }
        for (name, value) in build_args {
            case = case.option(&format!("build-arg:{name}"), value);
        }
        case.run()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn snapshots() -> PathBuf {
    root().join("tests/integration/snapshots/examples")
}

#[track_caller]
fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(snapshots());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// The folders of the examples, by their names.
fn folders() -> BTreeSet<String> {
    fs::read_dir(root().join("examples"))
        .expect("a readable folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .map(|path| {
            let name = path.file_name().expect("a name");
            name.to_string_lossy().into_owned()
        })
        .collect()
}

#[test]
fn every_example_is_clean_on_an_architecture_at_least() {
    // What is around a build: tested where it is used.
    let around = ["builders", "ci"].map(str::to_owned);
    let built = Example::all().into_iter().map(|one| one.name);
    let built: BTreeSet<String> = built.chain(around).collect();
    assert_eq!(built, folders(), "examples that can be built, and folders");
    for example in Example::all() {
        let outcome = example.outcome(&BTreeMap::new());
        let found = outcome.diagnostics.sorted();
        assert!(found.is_empty(), "{}: {found:?}", example.title());
        assert_eq!(outcome.plans.len(), 1, "{}", example.title());
    }
}

#[test]
fn every_folder_of_the_examples_is_on_their_page() {
    let page = fs::read_to_string(root().join("examples/README.md")).expect("a page");
    let folders = folders();
    for name in &folders {
        assert!(page.contains(&format!("]({name}/")), "{name} is not there");
    }
    let listed = page.lines().filter(|line| line.starts_with("| ["));
    assert_eq!(
        listed.count(),
        folders.len(),
        "a line for each, and no more"
    );
}

/// Examples that `check` says something of: none. What the catalog itself cannot
/// verify is a note, and no fault of a spec.
#[test]
fn check_ends_well_for_every_example() {
    for example in Example::all() {
        let ran = Command::new(env!("CARGO_BIN_EXE_dynamo-frontend"))
            .current_dir(root().join("examples").join(&example.name))
            .args(["check", "--platform"])
            .arg(format!("linux/{}", example.architecture))
            .output()
            .expect("a program that starts");
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{}: {said}", example.title());
        assert!(!said.contains("warning["), "{}: {said}", example.title());
    }
}

#[test]
fn a_version_that_the_catalog_has_too_changes_nothing_of_the_graph() {
    let said = "framework: vllm\nefa: true\n";
    let again = format!(
        "{said}vllm: {{ref: v0.15.1}}\n\
         components:\n\
         \x20 nixl: {{ref: 0.9.0}}\n\
         \x20 efa: {{version: 1.45.1}}\n\
         \x20 etcd: {{version: v3.5.21}}\n\
         \x20 ffmpeg: {{version: \"7.1\"}}\n"
    );
    let [one, other] = [said.to_owned(), again].map(|spec| Example {
        name: "versions".to_owned(),
        spec: spec.into_bytes(),
        architecture: Architecture::Amd64,
    });
    assert_eq!(one.built(&[]).graph().def, other.built(&[]).graph().def);
}

#[test]
fn the_plan_of_every_example_is_this() {
    for example in Example::all() {
        let outcome = example.outcome(&BTreeMap::new());
        let [plan] = outcome.plans.as_slice() else {
            panic!("{} has no plan", example.title())
        };
        let plan = to_text(plan, &outcome.sources);
        assert_snapshot(&format!("{}.plan", example.title()), &plan);
    }
}

#[test]
fn the_graph_of_every_example_is_this() {
    for example in Example::all() {
        let graph = example.built(&[]).graph();
        let graph = text::dump(&graph.into()).expect("a graph that reads");
        assert_snapshot(&format!("{}.llb", example.title()), &graph);
    }
}

#[test]
fn no_snapshot_is_left_of_an_example_that_is_gone() {
    let expected: BTreeSet<String> = Example::all()
        .iter()
        .flat_map(|example| ["llb", "plan"].map(|kind| format!("{}.{kind}.snap", example.title())))
        .chain(["on-0.8.snap".to_owned()])
        .collect();
    let there: BTreeSet<String> = fs::read_dir(snapshots())
        .expect("a readable folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| !name.ends_with(".snap.new"))
        .collect();
    assert_eq!(there, expected);
}

#[test]
fn case_67_the_same_example_gives_the_same_bytes_whatever_the_order_of_arguments() {
    let arguments = [
        ("toolchain.python", "3.11"),
        ("toolchain.rust", "1.89.0"),
        ("labels.org.example.team", "inference"),
        ("env.HF_HOME", "/models"),
        ("USER_UID", "1234"),
    ];
    let reversed: Vec<_> = arguments.into_iter().rev().collect();
    for example in Example::all() {
        // A label is in the image's config alone.
        let bytes = |arguments: &[(&str, &str)]| {
            let ran = example.built(arguments);
            (ran.graph().encode_to_vec(), ran.result().metadata.clone())
        };
        let first = bytes(&arguments);
        assert!(
            bytes(&[]) != first,
            "arguments arrive in {}",
            example.title()
        );
        for again in [&arguments[..], &arguments, &reversed] {
            assert!(first == bytes(again), "{}", example.title());
        }
    }
}

/// What becomes of a build: nothing is said of one that succeeds.
fn told(ran: &Ran) -> String {
    let Some(error) = ran.failure() else {
        return "builds".to_owned();
    };
    let feature = error
        .message
        .split_once("requested experimental feature ")
        .and_then(|(_, said)| said.split_once(" is not supported by build server"));
    let (feature, rest) = feature.unwrap_or_else(|| panic!("{}", error.message));
    assert!(rest.contains("please update"), "{}", error.message);
    assert!(rest.contains("help: "), "{}", error.message);
    format!("lacks {feature}: {}", ran.places().join(", "))
}

#[test]
fn case_102_103_what_older_daemons_make_of_every_example_is_this() {
    let mut table = Vec::new();
    for example in Example::all() {
        let of = |daemon| told(&example.built_on(daemon, &[]));
        for daemon in [Daemon::v0_13(), Daemon::v0_25()] {
            assert_eq!(of(daemon), "builds", "{}", example.title());
        }
        table.push(format!("{}: {}", example.title(), of(Daemon::v0_8())));
    }
    assert_snapshot("on-0.8", &table.join("\n"));
}
