//! What is on the page, and what a spec cannot do to it.

use super::{SCRIPT, STYLE, to_html};
use crate::diagnostic::Sources;
use crate::plan::tests::{PASSWORD, planned, words};
use crate::plan::{Plan, Step};

/// Everything that ends something in HTML.
const HOSTILE: &str =
    "</script></style></title><script>alert(1)</script><img src=x onerror='a()'>\"&lt;\u{202e}<!--";

fn page(plan: &Plan, sources: &Sources) -> String {
    to_html(std::slice::from_ref(plan), sources)
}

/// What stands between quotes after each of these.
fn values<'a>(html: &'a str, before: &str) -> Vec<&'a str> {
    let parts = html.split(before).skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

/// The page without the two texts that are no plan's.
fn own(html: &str) -> String {
    html.replace(SCRIPT, "").replace(STYLE, "")
}

fn hostile() -> (Plan, Sources) {
    let quoted = format!("{HOSTILE:?}").replace("\\u{202e}", "\\u202e");
    let spec = format!(
        "framework: dynamo\ndevice: cpu\ndynamo: {{source: {{index: 1.0.0}}}}\n\
         env: {{A: {quoted}}}\nlabels: {{a: {quoted}}}\ncmd: [echo, {quoted}]\n"
    );
    let (mut plan, sources) = planned(&spec);
    let stage = plan.stages.last_mut().expect("a stage");
    HOSTILE.clone_into(&mut stage.name);
    for Step {
        title, component, ..
    } in &mut stage.steps
    {
        HOSTILE.clone_into(title);
        *component = Some(HOSTILE.to_owned());
    }
    HOSTILE.clone_into(&mut plan.summary);
    (plan, sources)
}

#[test]
fn whatever_a_spec_says_is_text() {
    let (plan, sources) = hostile();
    let html = page(&plan, &sources);
    assert_eq!(html.matches("<script").count(), 1, "{html}");
    assert_eq!(html.matches("</script").count(), 1);
    assert_eq!(html.matches("</style").count(), 1);
    assert!(!html.contains("<img") && !html.contains("<!--"));
    assert!(html.contains("&lt;/script&gt;&lt;/style&gt;"));
    assert!(html.contains("A=&lt;/script&gt;"), "variables are shown");
    assert!(!html.contains('\u{202e}'));
}

#[test]
fn a_hostile_spec_makes_the_tags_of_any_other() {
    let tags = |html: &str| -> Vec<String> {
        let parts = own(html);
        let parts = parts.split('<').skip(1);
        let names = parts.filter_map(|part| part.split([' ', '>', '\n']).next());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        names.dedup();
        names
    };
    let (plan, sources) = hostile();
    let (other, other_sources) = planned("framework: vllm\n");
    let known = tags(&page(&other, &other_sources));
    for tag in tags(&page(&plan, &sources)) {
        assert!(known.contains(&tag), "{tag}");
    }
}

#[test]
fn nothing_is_loaded_and_no_style_is_in_an_attribute() {
    let (plan, sources) = planned("framework: vllm\n");
    let html = own(&page(&plan, &sources));
    for word in [
        " src=",
        " style=",
        " onclick=",
        "<link",
        "@import",
        "url(http",
    ] {
        assert!(!html.contains(word), "{word}");
    }
    let links = values(&html, "href=\"");
    assert!(links.iter().all(|link| link.starts_with('#')), "{links:?}");
    assert!(html.contains("default-src 'none'; style-src 'sha256-"));
}

#[test]
fn every_link_leads_somewhere_and_every_id_is_one() {
    let (plan, sources) = words();
    let html = to_html(&[plan.clone(), plan], &sources);
    let html = own(&html);
    let ids = values(&html, " id=\"");
    let links = values(&html, "href=\"#");
    assert!(links.len() > 20, "{links:?}");
    for link in links {
        let there = ids.iter().filter(|id| **id == link).count();
        assert_eq!(there, 1, "{link}");
    }
}

#[test]
fn every_thing_of_the_graph_is_a_box_with_a_part_and_every_need_a_line() {
    let (plan, sources) = planned("framework: vllm\n");
    let html = page(&plan, &sources);
    let graph = super::Graph::new(&plan);
    let steps = graph.stages.iter().flat_map(|stage| &stage.steps);
    let stages = graph.stages.iter().map(|stage| &stage.id);
    let ids = stages.chain(steps.map(|step| &step.id));
    for id in ids.chain(graph.sources.iter().map(|source| &source.id)) {
        assert!(html.contains(&format!("data-id=\"p1-{id}\"")), "{id}");
        assert!(
            html.contains(&format!("<section class=\"part\" id=\"p1-{id}\"")),
            "{id}"
        );
    }
    let lines = graph
        .edges
        .iter()
        .filter(|edge| edge.kind != super::super::Need::Next);
    assert_eq!(values(&html, "data-from=\"").len(), lines.count());
}

#[test]
fn no_password_is_on_the_page() {
    let (plan, sources) = words();
    let html = page(&plan, &sources);
    assert!(html.contains("example.org/tool.tar.gz") && !html.contains(PASSWORD));
}

#[test]
fn a_step_says_what_it_does_and_which_lines_made_it_so() {
    let (plan, sources) = planned("framework: vllm\ntoolchain:\n  python: \"3.11\"\n");
    let html = page(&plan, &sources);
    for words in [
        "<h4>build UCX v1.20.0</h4>",
        "<dt>compared with</dt>",
        "<dt>network</dt>",
        "<dt>caches</dt>",
        "<dt>keeps only</dt>",
        ":3</span> <code>python: &quot;3.11&quot;</code>",
        ">Image config</h2>",
    ] {
        assert!(html.contains(words), "{words}");
    }
}

#[test]
fn the_same_plan_is_the_same_page() {
    let (plan, sources) = planned("framework: vllm\n");
    assert_eq!(page(&plan, &sources), page(&plan, &sources));
}
