//! Steps of the user's own in plans: where they are, as whom they run, and what
//! they read.

use std::collections::BTreeMap;

use dynamo_frontend::pipeline;
use dynamo_frontend::plan::{Action, Mount, Origin, Owner, Plan, Run, Tree};
use dynamo_frontend::spec::{Architecture, Input};

const ACCOUNT: Option<Owner> = Some(Owner { uid: 1000, gid: 0 });

/// The plan of a spec without an engine, from the build context.
#[track_caller]
fn plan(target: &str, more: &str) -> Plan {
    let spec = format!(
        "framework: dynamo\ndevice: cpu\ntarget: {target}\nuser: {{uid: 1234, gid: 1235}}\n{more}"
    );
    let spec = match target {
        "local-dev" => spec,
        _ => spec.replace("user: {uid: 1234, gid: 1235}\n", ""),
    };
    let input = Input {
        name: "dynamo.yaml",
        bytes: spec.as_bytes(),
        build_args: &BTreeMap::new(),
        target: None,
    };
    let outcome = pipeline::plan(input, &[Architecture::Amd64]).expect("a catalog that reads");
    let found = outcome.diagnostics.sorted();
    assert!(!outcome.diagnostics.has_errors(), "{found:?}");
    outcome.plans.into_iter().next().expect("a plan")
}

/// The added steps, each with its stage.
fn added(plan: &Plan) -> Vec<String> {
    let stages = plan.stages.iter();
    let steps = stages.flat_map(|stage| stage.steps.iter().map(|step| (&stage.name, &step.title)));
    let own = steps.filter(|(_, title)| title.starts_with("of "));
    own.map(|(stage, title)| format!("{title} in {stage}"))
        .collect()
}

/// The command of the step with this title.
#[track_caller]
fn run<'p>(plan: &'p Plan, title: &str) -> &'p Run {
    let mut steps = plan.stages.iter().flat_map(|stage| &stage.steps);
    let step = steps.find(|step| step.title == title).expect("the step");
    let Action::Run(run) = &step.action else {
        panic!("{title} runs nothing")
    };
    run
}

/// The value that a variable is set to.
fn variable(run: &Run, name: &str) -> String {
    let changes = run.env.iter().filter(|(known, _)| known == name);
    let value = |old: Option<String>, change: &dynamo_frontend::plan::EnvChange| {
        Some(change.value(name, old.as_deref()))
    };
    let value = changes.fold(None, |old, (_, change)| value(old, change));
    value.unwrap_or_default()
}

fn caches(run: &Run) -> Vec<&str> {
    let id = |mount| match mount {
        &Mount::Cache(ref cache) => Some(cache.id.as_str()),
        _ => None,
    };
    run.mounts.iter().filter_map(id).collect()
}

const OF_EACH: &str = "\
extend:
  runtime: [{name: of runtime, run: [\"true\"]}]
  dev: [{name: of dev, run: [\"true\"]}]
  local-dev: [{name: of local-dev, run: [\"true\"]}]
  test: [{name: of test, run: [\"true\"]}]
  build_tools: [{name: of build_tools, run: [\"true\"]}]
";

#[test]
fn what_stands_on_a_stage_has_its_steps_and_runs_them_after_its_own() {
    let tools = "of build_tools in build_tools";
    for (target, expected) in [
        ("runtime", vec![tools, "of runtime in runtime"]),
        ("test", vec![tools, "of runtime in test", "of test in test"]),
        ("dev", vec![tools, "of runtime in dev", "of dev in dev"]),
        (
            "local-dev",
            vec![
                tools,
                "of runtime in local-dev",
                "of dev in local-dev",
                "of local-dev in local-dev",
            ],
        ),
        ("wheels", vec![tools]),
    ] {
        let plan = plan(target, OF_EACH);
        assert_eq!(added(&plan), expected, "{target}");
        let last = plan.stages.last().expect("a stage");
        let own = last
            .steps
            .iter()
            .skip_while(|step| !step.title.starts_with("of "));
        assert!(
            own.into_iter().all(|step| step.title.starts_with("of ")),
            "{target}"
        );
    }
}

#[test]
fn a_step_runs_as_a_command_on_top_of_the_image_would() {
    let runtime = plan("runtime", OF_EACH);
    let step = run(&runtime, "of runtime");
    assert_eq!((step.user, step.cwd.as_str()), (ACCOUNT, "/workspace"));
    assert!(variable(step, "PATH").starts_with("/opt/dynamo/venv/bin:"));
    assert_eq!(variable(step, "HOME"), "/home/dynamo");
    assert!(step.network);

    let step = run(&runtime, "of build_tools");
    assert_eq!((step.user, step.cwd.as_str()), (None, "/"));
    assert_eq!(variable(step, "HOME"), "/root");

    let dev = plan("dev", OF_EACH);
    assert_eq!(run(&dev, "of runtime").user, ACCOUNT);
    assert_eq!(run(&dev, "of dev").user, None);

    // By then the account has the uid of the person.
    let local = plan("local-dev", OF_EACH);
    let person = Some(Owner { uid: 1234, gid: 0 });
    assert_eq!(run(&local, "of runtime").user, person);
    assert_eq!(run(&local, "of local-dev").user, person);
    assert_eq!(run(&local, "of local-dev").cwd, "/home/dynamo");
}

#[test]
fn variables_of_the_image_are_those_of_its_steps_and_not_of_what_it_is_made_with() {
    let plan = plan(
        "runtime",
        &format!("env: {{MINE: \"1\", PATH: \"/mine:${{PATH}}\"}}\n{OF_EACH}"),
    );
    let step = run(&plan, "of runtime");
    assert_eq!(variable(step, "MINE"), "1");
    assert!(variable(step, "PATH").starts_with("/mine:/opt/dynamo/venv/bin:"));
    assert_eq!(variable(run(&plan, "of build_tools"), "MINE"), "");
}

#[test]
fn a_cache_is_shared_by_what_can_share_it_and_is_none_of_ours() {
    let plan = plan(
        "runtime",
        "extend:
  runtime:
    - {name: of a, run: [\"true\"], caches: [{target: /c/apt}, {target: /d, id: apt}]}
    - {name: of b, run: [\"true\"], caches: [{target: /c/apt/}, {target: /e, id: apt}]}
    - {name: of c, run: [\"true\"], user: root, caches: [{target: /c/apt}, {target: /d, id: apt}]}
",
    );
    let account = [
        "extend-/c/apt-linux-amd64-1000-0",
        "extend-apt-linux-amd64-1000-0",
    ];
    assert_eq!(caches(run(&plan, "of a")), account);
    assert_eq!(caches(run(&plan, "of b")), account);
    let root = ["extend-/c/apt-linux-amd64", "extend-apt-linux-amd64"];
    assert_eq!(caches(run(&plan, "of c")), root);
    let steps = plan.stages.iter().flat_map(|stage| &stage.steps);
    let ours = steps.filter(|step| !step.title.starts_with("of "));
    for step in ours {
        if let Action::Run(run) = &step.action {
            let ids = caches(run);
            assert!(ids.iter().all(|id| id.starts_with("dynamo-")), "{ids:?}");
        }
    }
}

/// Trees of the added copies, in order.
fn copied(plan: &Plan) -> Vec<&Tree> {
    let steps = plan.stages.iter().flat_map(|stage| &stage.steps);
    let tree = |action| match action {
        &Action::Copy(ref link) => Some(&link.tree),
        _ => None,
    };
    steps.filter_map(|step| tree(&step.action)).collect()
}

const COPIES: &str = "\
mirrors: {docker.io/library/: mirror.example/hub/}
extend:
  runtime:
    - copy: {from: {image: busybox:1.37}, paths: [/bin/busybox], to: /opt/}
    - copy: {from: {context: plugins}, paths: [a/, b], to: /opt/}
    - copy: {from: {context: models}, to: /opt/models}
    - copy: {paths: [tools], to: /opt/tools}
";

#[test]
fn copies_follow_mirrors_and_named_contexts_and_read_only_their_paths() {
    let mut plan = plan("runtime", COPIES);
    let uses = |plan: &Plan| -> Vec<String> {
        let uses = plan.named_contexts().into_iter();
        uses.map(|one| format!("{} {:?}", one.name, one.paths))
            .collect()
    };
    assert!(plan.context_paths().contains(&"tools"));
    assert_eq!(uses(&plan), ["plugins Some([\"a\", \"b\"])", "models None"]);
    assert!(matches!(copied(&plan)[0], Tree::Image(image)
        if image.reference.to_string() == "mirror.example/hub/busybox:1.37"));

    plan.use_contexts(["mirror.example/hub/busybox:1.37", "dynamo.source"]);
    let copied = copied(&plan);
    assert!(matches!(copied[0], Tree::NamedContext(context)
        if context.name == "mirror.example/hub/busybox:1.37"));
    // The user's own files are no sources of Dynamo.
    assert!(matches!(copied[3], Tree::Context(tree) if matches!(tree.origin, Origin::Context)));
    assert_eq!(plan.context_paths(), ["tools"]);
}

#[test]
fn a_stage_that_is_copied_from_is_made_with_its_own_steps() {
    let plan = plan(
        "runtime",
        "extend:
  runtime: [{copy: {from: {stage: dynamo_base}, paths: [/made], to: /made}}]
  dynamo_base: [{name: of dynamo_base, run: [touch, /made]}]
",
    );
    assert_eq!(added(&plan), ["of dynamo_base in dynamo_base"]);
    assert!(matches!(copied(&plan)[..], [Tree::Stage(name)] if name == "dynamo_base"));
}
