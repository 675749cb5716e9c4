//! What is drawn, and what a title cannot do to a picture.

use serde_json::Value;

use super::{Graph, Need, to_dot, to_json, to_mermaid};
use crate::plan::tests::{PASSWORD, planned, words};
use crate::plan::{Action, Base, Link, LinkedFile, Plan, Run, Stage, Step, Tree};

/// Everything that one of the languages reads.
const HOSTILE: [&str; 2] = [
    "\"] --> x; \"<b onload='a()'>`*_#quot;&amp;#35;\\\" end",
    "style a:#f9f; classDef %%{init: 1}%%\n\u{1b}[31m\u{202e}end",
];

fn step(title: &str, component: Option<&str>, action: Action) -> Step {
    Step {
        title: title.to_owned(),
        component: component.map(str::to_owned),
        places: Vec::new(),
        action,
    }
}

fn run(title: &str, component: Option<&str>) -> Step {
    let command = Run::new(vec!["true".to_owned()]);
    step(title, component, Action::Run(command))
}

fn link(title: &str, component: Option<&str>, stage: &str) -> Step {
    let link = Link {
        tree: Tree::Stage(stage.to_owned()),
        files: vec![LinkedFile::of_root("/a", "/a")],
    };
    step(title, component, Action::Link(link))
}

/// A plan with these stages, each on the one before it.
fn plan(stages: Vec<(&str, Vec<Step>)>) -> Plan {
    let (mut plan, _) =
        planned("framework: dynamo\ndevice: cpu\ndynamo: {source: {index: 1.0.0}}\n");
    let mut base = Base::Scratch;
    plan.stages.clear();
    for (name, steps) in stages {
        let name = name.to_owned();
        let stage = Stage {
            base: std::mem::replace(&mut base, Base::Stage(name.clone())),
            name,
            steps,
        };
        plan.stages.push(stage);
    }
    plan
}

/// The edges of a kind.
fn edges(plan: &Plan, kind: Need) -> Vec<(String, String)> {
    let edges = Graph::new(plan).edges.into_iter();
    let edges = edges.filter(|edge| edge.kind == kind);
    edges.map(|edge| (edge.from, edge.to)).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(from, to): &(&str, &str)| ((*from).to_owned(), (*to).to_owned());
    pairs.iter().map(owned).collect()
}

#[test]
fn what_a_component_does_in_a_row_is_one_node() {
    let steps = vec![
        run("a", Some("ucx")),
        run("b", Some("ucx")),
        run("c", None),
        run("d", None),
        run("e", Some("ucx")),
        link("f", Some("ucx"), "base"),
    ];
    let graph = Graph::new(&plan(vec![("base", Vec::new()), ("top", steps)]));
    let titles: Vec<_> = graph.stages[1]
        .steps
        .iter()
        .map(|node| node.titles.join(" "))
        .collect();
    assert_eq!(titles, ["a b", "c", "d", "e", "f"]);
}

#[test]
fn what_is_linked_waits_for_nothing_and_the_next_step_waits_for_it() {
    let steps = vec![
        run("a", None),
        link("b", None, "base"),
        link("c", None, "base"),
        run("d", None),
        link("e", None, "base"),
    ];
    let plan = plan(vec![("base", Vec::new()), ("top", steps)]);
    assert_eq!(edges(&plan, Need::Base), pairs(&[("stage1", "stage2")]));
    let next = [
        ("stage2_1", "stage2_4"),
        ("stage2_2", "stage2_4"),
        ("stage2_3", "stage2_4"),
    ];
    assert_eq!(edges(&plan, Need::Next), pairs(&next));
    let linked = [
        ("stage1", "stage2_2"),
        ("stage1", "stage2_3"),
        ("stage1", "stage2_5"),
    ];
    assert_eq!(edges(&plan, Need::Link), pairs(&linked));
}

#[test]
fn links_before_any_step_are_joined_by_the_first() {
    let steps = vec![
        link("a", None, "base"),
        link("b", None, "base"),
        run("c", None),
    ];
    let plan = plan(vec![("base", Vec::new()), ("top", steps)]);
    let next = [("stage2_1", "stage2_3"), ("stage2_2", "stage2_3")];
    assert_eq!(edges(&plan, Need::Next), pairs(&next));
}

#[test]
fn sources_caches_and_secrets_are_shown_once_and_no_password_is() {
    let (plan, _) = words();
    let json = to_json(&plan);
    insta::assert_snapshot!(format!("{json:#}"));
    insta::assert_snapshot!(to_mermaid(&plan));
    for text in [json.to_string(), to_mermaid(&plan), to_dot(&plan)] {
        assert!(!text.contains(PASSWORD), "{text}");
    }
}

#[test]
fn no_title_ends_a_label_or_styles_the_picture() {
    let [first, second] = HOSTILE;
    let drawn = |stage: &str, titles: [&str; 3]| {
        let steps = titles.map(|title| run(title, None)).to_vec();
        let mut plan = plan(vec![(stage, steps)]);
        stage.clone_into(&mut plan.summary);
        [
            to_mermaid(&plan),
            to_dot(&plan),
            to_json(&plan)["stages"].to_string(),
        ]
    };
    let [mermaid, dot, json] = drawn(first, [first, second, "1. - *a*"]);
    insta::assert_snapshot!("hostile_mermaid", mermaid);
    insta::assert_snapshot!("hostile_dot", dot);
    let [plain_mermaid, plain_dot, _] = drawn("a", ["b", "c", "d"]);
    assert_eq!(mermaid.lines().count(), plain_mermaid.lines().count());
    assert_eq!(dot.lines().count(), plain_dot.lines().count());
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[0]["steps"][1]["titles"][0], second);
}

#[test]
fn every_end_of_an_edge_is_there() {
    let (plan, _) = words();
    let json = to_json(&plan);
    let id = |one: &Value| one["id"].as_str().expect("an id").to_owned();
    let all = |one: &Value| one.as_array().cloned().unwrap_or_default();
    let stages = all(&json["stages"]);
    let steps = stages.iter().flat_map(|stage| all(&stage["steps"]));
    let ids: Vec<String> = stages
        .iter()
        .map(id)
        .chain(steps.map(|one| id(&one)))
        .collect();
    let ids = [ids, all(&json["sources"]).iter().map(id).collect()].concat();
    for edge in all(&json["edges"]) {
        for end in ["from", "to"] {
            let end = edge[end].as_str().expect("an id");
            assert!(ids.iter().any(|id| id == end), "{edge}");
        }
    }
}
