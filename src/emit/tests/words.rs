//! What each word of a plan becomes in a graph, in plans made by hand.

use std::collections::BTreeMap;

use buildkit_llb::text::TextOptions;
use buildkit_llb::{CapSet, MarshalOptions, marshal, text};

use super::{Outcome, known, planned};
use crate::diagnostic::Span;
use crate::emit::files::looked_for;
use crate::emit::{GitUrl, KnownImage, NamedContext, Settings, emit};
use crate::plan::{
    Action, Base, ContextTree, FileAction, GitTree, Link, LinkedFile, Mount, NamedTree, Origin,
    Owner, Run, SecretVariable, Stage, Step, Tree,
};
use crate::spec::Architecture;

const SPEC: &str = "framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const PASSWORD: &str = "hunter2";

/// A plan of one stage on nothing, with these actions; the place it is given is
/// a line of the spec.
fn plan(actions: impl FnOnce(Span) -> Vec<Action>) -> Outcome {
    let mut outcome = planned(SPEC);
    let (source, _) = outcome.sources.iter().next().expect("the spec");
    let step = |action| Step {
        title: "do it".to_owned(),
        component: Some("tool".to_owned()),
        places: vec![Span::new(source, 18, 29)],
        action,
    };
    let actions = actions(Span::new(source, 30, 35));
    outcome.plans[0].stages = vec![Stage {
        name: "stage".to_owned(),
        base: Base::Scratch,
        steps: actions.into_iter().map(step).collect(),
    }];
    outcome
}

/// The graph as text, with the lines its operations stem from. The daemon has
/// everything, and does nothing without being told.
fn graph(outcome: &Outcome, settings: &Settings) -> String {
    let plan = &outcome.plans[0];
    let emitted = emit(plan, &known(outcome), &outcome.sources, settings).unwrap();
    let options = MarshalOptions::new(Architecture::Amd64.platform()).caps(CapSet::all());
    let marshalled = marshal(&emitted.output, &options).unwrap();
    assert!(marshalled.dropped.is_empty());
    let options = TextOptions {
        locations: true,
        ..TextOptions::default()
    };
    text::dump_with(&marshalled.definition, options).unwrap()
}

/// A command that reads a tree.
fn reading(tree: Tree) -> Action {
    Action::Run(Run {
        mounts: vec![Mount::Bind {
            tree,
            source: "/".to_owned(),
            target: "/src".to_owned(),
            scratch: false,
        }],
        ..Run::new(vec!["make".to_owned()])
    })
}

fn linking(tree: Tree, files: Vec<LinkedFile>) -> Action {
    Action::Link(Link { tree, files })
}

fn git(place: Span) -> GitTree {
    GitTree {
        url: format!("https://me:{PASSWORD}@example.org/a/b.git"),
        reference: "v1.0".to_owned(),
        commit: Some(COMMIT.to_owned()),
        keep_git: false,
        key: String::new(),
        place,
        of_catalog: false,
    }
}

fn image() -> NamedContext {
    NamedContext::Image(KnownImage {
        pinned: "docker.io/library/wheels:1".to_owned(),
        env: Vec::new(),
    })
}

fn named_context(given: &[(&str, NamedContext)]) -> String {
    let outcome = plan(|place| {
        let wheels = NamedTree::new("wheels", place);
        vec![reading(Tree::NamedContext(wheels))]
    });
    let named = given.iter().cloned();
    let settings = Settings {
        named_contexts: named.map(|(key, one)| (key.to_owned(), one)).collect(),
        ..Settings::default()
    };
    // What a build wrote down gives the same graph again.
    let again = serde_json::to_string(&settings).unwrap();
    let again = serde_json::from_str(&again).unwrap();
    let dump = graph(&outcome, &settings);
    assert_eq!(dump, graph(&outcome, &again));
    dump
}

#[test]
fn git_is_a_checkout_of_the_expected_commit_without_its_password() {
    let outcome = plan(|place| {
        let versioned = GitTree {
            keep_git: true,
            commit: None,
            ..git(place)
        };
        vec![
            reading(Tree::Git(git(place))),
            reading(Tree::Git(versioned)),
        ]
    });
    let dump = graph(&outcome, &Settings::default());
    insta::assert_snapshot!(dump);
    let shown = dump.lines().filter(|line| !line.contains("git.fullurl"));
    assert!(!shown.collect::<String>().contains(PASSWORD));
}

#[test]
fn a_daemon_that_cannot_compare_is_asked_for_the_commit_itself() {
    let outcome = plan(|place| vec![reading(Tree::Git(git(place)))]);
    let settings = Settings {
        git_by_commit: true,
        ..Settings::default()
    };
    let dump = graph(&outcome, &settings);
    let source = format!("git://example.org/a/b.git#{COMMIT} ");
    assert!(
        dump.contains(&source) && !dump.contains("git.checksum"),
        "{dump}"
    );
    let plain = plan(|place| {
        let pinned = GitTree {
            reference: COMMIT.to_owned(),
            ..git(place)
        };
        vec![reading(Tree::Git(pinned))]
    });
    let dump = graph(&plain, &Settings::default());
    assert!(
        dump.contains(&source) && !dump.contains("git.checksum"),
        "{dump}"
    );
}

#[test]
fn paths_of_a_checkout_are_taken_as_those_of_the_context_are() {
    let outcome = plan(|place| {
        let sources = ["Cargo.toml", "lib"].map(str::to_owned);
        let of_git = ContextTree {
            origin: Origin::Git(git(place)),
            ..ContextTree::of(&sources)
        };
        let manifests = ContextTree {
            only: vec!["**/Cargo.toml".to_owned()],
            lenient: true,
            owner: Some(Owner { uid: 1000, gid: 0 }),
            under: "/workspace".to_owned(),
            ..of_git.clone()
        };
        vec![
            reading(Tree::Context(of_git)),
            reading(Tree::Context(manifests)),
            reading(Tree::Context(ContextTree::of(&["README.md".to_owned()]))),
        ]
    });
    assert_eq!(outcome.plans[0].context_paths(), ["README.md"]);
    insta::assert_snapshot!(graph(&outcome, &Settings::default()));
}

#[test]
fn a_download_is_a_file_and_an_archive_is_what_is_in_it() {
    let outcome = plan(|place| {
        let file = |checksum: Option<&str>| Tree::Download {
            url: format!("https://me:{PASSWORD}@example.org/tool-1.0-linux"),
            checksum: checksum.map(str::to_owned),
            key: String::new(),
            name: "tool".to_owned(),
            place,
            of_catalog: false,
        };
        let archive = Tree::Archive {
            url: "https://example.org/tool.tar.gz".to_owned(),
            checksum: None,
            key: String::new(),
            place,
            of_catalog: false,
        };
        let sum = format!("sha256:{}", "a".repeat(64));
        let program = LinkedFile {
            mode: Some(0o755),
            ..LinkedFile::of_root("/tool", "/usr/local/bin/tool")
        };
        vec![
            reading(archive),
            reading(file(None)),
            linking(file(Some(&sum)), vec![program]),
        ]
    });
    let dump = graph(&outcome, &Settings::default());
    insta::assert_snapshot!(dump);
}

#[test]
fn a_named_context_is_a_directory_of_the_client() {
    let local = NamedContext::Local {
        name: "wheels".to_owned(),
        session: Some("SESSION".to_owned()),
        excludes: vec!["*.log".to_owned()],
        shared_key: None,
    };
    insta::assert_snapshot!(named_context(&[("wheels", local)]));
    let unknown = named_context(&[]);
    assert!(unknown.contains("#0 source local://wheels "), "{unknown}");
}

#[test]
fn a_named_context_is_a_checkout_or_an_image_where_the_client_says_so() {
    let checkout = GitUrl::parse("https://example.org/a.git#main:dist").expect("a repository");
    let checkout = NamedContext::Git(checkout);
    let image = image();
    insta::assert_snapshot!(named_context(&[("wheels", checkout.clone())]));
    // That for the platform comes before that for all.
    let both = [("wheels", checkout), ("wheels::linux/amd64", image)];
    insta::assert_snapshot!(named_context(&both));
}

#[test]
fn case_134_secrets_are_files_and_variables_of_one_step() {
    let outcome = plan(|place| {
        let file = |id: &str, owner, optional| Mount::Secret {
            id: id.to_owned(),
            target: format!("/run/secrets/{id}"),
            mode: 0o444,
            owner,
            optional,
            place,
        };
        let variable = |id: &str, name: &str, optional| SecretVariable {
            id: id.to_owned(),
            name: name.to_owned(),
            optional,
            place,
        };
        vec![
            Action::Run(Run {
                mounts: vec![
                    file("netrc", Some(Owner { uid: 1000, gid: 0 }), true),
                    file("aws-role-arn", None, false),
                ],
                secrets: vec![
                    variable("aws-key-id", "AWS_ACCESS_KEY_ID", true),
                    variable("index", "UV_DEFAULT_INDEX", false),
                ],
                ..Run::new(vec!["make".to_owned()])
            }),
            Action::Run(Run::new(vec!["make".to_owned(), "install".to_owned()])),
        ]
    });
    insta::assert_snapshot!(graph(&outcome, &Settings::default()));
}

#[test]
fn links_take_parts_keep_symbolic_links_and_may_find_nothing() {
    let outcome = plan(|place| {
        let part = LinkedFile {
            only: vec!["**/*.so*".to_owned()],
            exclude: vec!["**/*.a".to_owned(), "cmake".to_owned()],
            ..LinkedFile::of_root("/usr/local/lib", "/usr/local/lib")
        };
        let owned = LinkedFile {
            owner: Owner { uid: 1000, gid: 0 },
            mode: Some(0o775),
            ..LinkedFile::of_root("/usr/local/share", "/opt/share")
        };
        let optional = LinkedFile {
            optional: true,
            ..LinkedFile::of_root("/usr/local/include", "/usr/local/include")
        };
        vec![linking(Tree::Git(git(place)), vec![part, owned, optional])]
    });
    let dump = graph(&outcome, &Settings::default());
    assert!(!dump.contains("follow-symlinks"), "{dump}");
    insta::assert_snapshot!(dump);
}

#[test]
fn a_path_that_may_be_missing_is_a_wildcard_for_itself() {
    for (path, wildcard) in [
        ("/", "/"),
        ("/lib/a", "/[l]ib/a"),
        ("/[a]/b*?", r"/[\[]a\]/b\*\?"),
        (r"/-^\", r"/[\-]\^\\"),
    ] {
        assert_eq!(looked_for(path), wildcard, "{path}");
    }
}

#[test]
fn folders_have_the_permissions_that_are_asked_for() {
    let outcome = plan(|_| {
        let folder = |path: &str, owner| FileAction::Folder {
            path: path.to_owned(),
            mode: 0o775,
            owner,
        };
        vec![Action::Files(vec![
            folder("/opt/dynamo/plugins", Some(Owner { uid: 1000, gid: 0 })),
            folder("/srv", None),
        ])]
    });
    insta::assert_snapshot!(graph(&outcome, &Settings::default()));
}

#[test]
fn the_same_plan_gives_the_same_graph() {
    let settings = Settings {
        named_contexts: BTreeMap::from([("wheels".to_owned(), image())]),
        ..Settings::default()
    };
    let build = || {
        let outcome = plan(|place| {
            let wheels = NamedTree::new("wheels", place);
            vec![
                reading(Tree::Git(git(place))),
                reading(Tree::NamedContext(wheels)),
            ]
        });
        graph(&outcome, &settings)
    };
    assert_eq!(build(), build());
}
