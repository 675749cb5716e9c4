//! What is planned, and what a change to the spec changes.

use std::collections::BTreeMap;

use super::{
    Action, ContextTree, EnvChange, FileAction, GitTree, Link, LinkedFile, Mount, NamedTree,
    NamedUse, Origin, Owner, Plan, Run, SecretVariable, Step, Tree, public_url, to_json, to_text,
};
use crate::diagnostic::{Sources, Span};
use crate::image::ImageConfig;
use crate::pipeline;
use crate::spec::{Architecture, Input};

pub(super) fn planned(text: &str) -> (Plan, Sources) {
    let build_args = BTreeMap::new();
    let input = Input {
        name: "dynamo.yaml",
        bytes: text.as_bytes(),
        build_args: &build_args,
        target: None,
    };
    let mut outcome = pipeline::plan(input, &[Architecture::Amd64]).expect("a catalog that reads");
    let plan = outcome.plans.pop().expect("a spec that can be built");
    (plan, outcome.sources)
}

const SPEC: &str = "\
framework: dynamo
device: cpu
dynamo: {source: {index: 1.0.0}, commit: abc123}
components:
  nats: false
packages:
  apt: [git]
  pip: [httpx==0.28.1]
  requirements: [deps/requirements.txt]
env: {HF_HOME: /models}
labels: {team: inference}
entrypoint: [python, -m, dynamo.frontend]
";

#[test]
fn the_plan_of_a_spec_that_uses_every_key() {
    let (plan, sources) = planned(SPEC);
    insta::assert_snapshot!(to_text(&plan, &sources));
}

#[test]
fn only_the_used_paths_of_the_context_are_read() {
    assert_eq!(planned(SPEC).0.context_paths(), ["deps/requirements.txt"]);
}

#[test]
fn path_keeps_the_folders_of_the_base() {
    let (plan, _) = planned(SPEC);
    let mut base = ImageConfig::new("linux", "amd64");
    base.config.env.set("PATH", "/base/bin");
    base.config.env.set("CA", "kept");
    let image = plan.image.apply(&base);
    assert_eq!(
        image.config.env.get("PATH"),
        Some("/opt/dynamo/venv/bin:/usr/local/bin/etcd:/base/bin")
    );
    assert_eq!(image.config.env.get("CA"), Some("kept"));
    assert!(matches!(plan.image.env.last(), Some((name, EnvChange::Set(_))) if name == "HF_HOME"));
}

#[test]
fn what_links_other_libraries_is_kept_in_another_cache() {
    let ids = |more: &str| -> Vec<String> {
        let (plan, _) = planned(&format!("framework: vllm\ntarget: wheels\n{more}"));
        let steps = plan.stages.iter().flat_map(|stage| &stage.steps);
        let mounts = steps.flat_map(|step| match &step.action {
            Action::Run(run) => run.mounts.as_slice(),
            Action::Files(_) | Action::Link(_) | Action::Copy(_) => &[],
        });
        let caches = mounts.filter_map(|mount| match mount {
            Mount::Cache(cache) => Some(cache.id.clone()),
            Mount::Bind { .. } | Mount::Secret { .. } => None,
        });
        caches.filter(|id| id.contains("cargo-target")).collect()
    };
    // FFmpeg is linked by the Rust wheel; CUDA, NIXL and UCX by the block manager.
    let [rust, kvbm] = ids("").try_into().expect("two that compile");
    let others = [
        ("cuda: \"13.0\"\n", false),
        ("components: {nixl: {ref: 0.10.1}}\n", false),
        ("components: {ucx: {ref: v1.19.0}}\n", false),
        (
            "components: {ucx: {url: https://example.org/fork/ucx.git}}\n",
            false,
        ),
        ("components: {ffmpeg: {version: \"8.1\"}}\n", true),
    ];
    for (more, is_rust) in others {
        let [rust_now, kvbm_now] = ids(more).try_into().expect("two that compile");
        assert_eq!(rust != rust_now, is_rust, "{more}: {rust_now}");
        assert_eq!(kvbm != kvbm_now, !is_rust, "{more}: {kvbm_now}");
    }
}

#[test]
fn a_variable_of_the_spec_can_build_on_what_it_is_otherwise() {
    let spec = "framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\nenv:\n  \
                PATH: /first:${PATH}:/last\n  LD_LIBRARY_PATH: /lib/mine:${LD_LIBRARY_PATH}\n  \
                FLAGS: -a ${FLAGS} -b\n  OTHER: ${PATH}\n";
    let (plan, _) = planned(spec);
    let mut base = ImageConfig::new("linux", "amd64");
    base.config.env.set("PATH", "/base/bin");
    let env = plan.image.apply(&base).config.env;
    assert_eq!(
        env.get("PATH"),
        Some("/first:/opt/dynamo/venv/bin:/usr/local/bin/etcd:/base/bin:/last")
    );
    assert_eq!(
        env.get("LD_LIBRARY_PATH"),
        Some("/lib/mine"),
        "no empty entry"
    );
    assert_eq!(env.get("FLAGS"), Some("-a  -b"));
    assert_eq!(env.get("OTHER"), Some("${PATH}"), "text like any other");
}

pub(super) const PASSWORD: &str = "hunter2";

/// A plan with the words that no step of the spec above has.
pub(super) fn words() -> (Plan, Sources) {
    let (mut plan, sources) = planned(SPEC);
    let place = plan.chosen_at;
    let git = GitTree {
        url: format!("https://me:{PASSWORD}@example.org/a/b.git"),
        reference: "v1.0".to_owned(),
        commit: None,
        keep_git: true,
        key: String::new(),
        place,
        of_catalog: false,
    };
    let pinned = GitTree {
        reference: "0".repeat(40),
        ..git.clone()
    };
    let bind = |tree| Mount::Bind {
        tree,
        source: "/".to_owned(),
        target: "/src".to_owned(),
        scratch: false,
    };
    let download = |url: &str, checksum: Option<&str>| Tree::Download {
        url: url.to_owned(),
        checksum: checksum.map(str::to_owned),
        key: String::new(),
        name: "tool".to_owned(),
        place,
        of_catalog: false,
    };
    let run = Run {
        mounts: vec![
            bind(Tree::Git(git.clone())),
            bind(Tree::Git(pinned)),
            bind(Tree::Context(ContextTree {
                origin: Origin::Git(git),
                only: vec!["**/Cargo.toml".to_owned()],
                ..ContextTree::of(&["lib".to_owned()])
            })),
            bind(download("https://example.org/tool", None)),
            bind(download("https://example.org/checked", Some("sha256:a"))),
            bind(Tree::NamedContext(NamedTree::new("wheels", place))),
            Mount::Secret {
                id: "netrc".to_owned(),
                target: "/root/.netrc".to_owned(),
                mode: 0o400,
                owner: Some(Owner { uid: 1000, gid: 0 }),
                optional: true,
                place,
            },
        ],
        secrets: vec![SecretVariable {
            id: "index".to_owned(),
            name: "UV_DEFAULT_INDEX".to_owned(),
            optional: false,
            place,
        }],
        ..Run::new(vec!["make".to_owned()])
    };
    let link = Link {
        tree: Tree::Archive {
            url: format!("https://me:{PASSWORD}@example.org/tool.tar.gz"),
            checksum: None,
            key: String::new(),
            place,
            of_catalog: false,
        },
        files: vec![LinkedFile {
            only: vec!["**/*.so".to_owned()],
            exclude: (0..10).map(|number| format!("*.{number}")).collect(),
            optional: true,
            ..LinkedFile::of_root("/lib", "/usr/lib")
        }],
    };
    let folder = FileAction::Folder {
        path: "/opt/plugins".to_owned(),
        mode: 0o775,
        owner: Some(Owner { uid: 1000, gid: 0 }),
    };
    let actions = [
        Action::Run(run),
        Action::Files(vec![folder]),
        Action::Link(link),
    ];
    let source = place.source;
    let step = |action| Step {
        title: "do it".to_owned(),
        component: None,
        places: vec![Span::new(source, 18, 29)],
        action,
    };
    plan.stages.truncate(1);
    plan.stages[0].steps = actions.into_iter().map(step).collect();
    (plan, sources)
}

#[test]
fn every_word_is_shown_and_no_password_is() {
    let (plan, sources) = words();
    let text = to_text(&plan, &sources);
    let (text, _) = text.split_once("\nimage\n").expect("the image comes last");
    insta::assert_snapshot!(text);
    let json = to_json(&plan, &sources);
    insta::assert_snapshot!(format!("{:#}", json["stages"][0]["steps"]));
    assert!(!text.contains(PASSWORD) && !json.to_string().contains(PASSWORD));
}

#[test]
fn what_is_fetched_and_compared_with_nothing_is_known_once_with_its_places() {
    let (plan, sources) = words();
    let found = plan.unverified();
    let lines = |span: &Span| sources.lines(*span).0;
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.what.as_str(), one.places.iter().map(lines).collect()))
        .collect();
    let wanted: [(&str, Vec<u32>); 3] = [
        ("https://example.org/a/b.git#v1.0", vec![1]),
        ("https://example.org/tool", vec![1]),
        ("https://example.org/tool.tar.gz", vec![1]),
    ];
    assert_eq!(found, wanted);
}

#[test]
fn named_contexts_are_known_once() {
    let (mut plan, _) = words();
    let steps = plan.stages[0].steps.clone();
    plan.stages[0].steps.extend(steps);
    let wheels = NamedUse {
        name: "wheels",
        place: plan.chosen_at,
        paths: None,
    };
    assert_eq!(plan.named_contexts(), [wheels]);
    assert!(plan.context_paths().is_empty());
}

#[test]
fn a_url_is_shown_without_its_account() {
    for (url, shown) in [
        ("https://a:b@example.org/c@d", "https://example.org/c@d"),
        ("ssh://git@example.org", "ssh://example.org"),
        ("git@example.org:a.git", "git@example.org:a.git"),
        ("https://example.org/a", "https://example.org/a"),
    ] {
        assert_eq!(public_url(url), shown);
    }
}
