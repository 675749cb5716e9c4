//! The graph as a flowchart of Mermaid, which code hosts draw in Markdown.

use std::fmt::Write as _;

use super::{Graph, Kind, Need, label};
use crate::plan::Plan;

/// A stage is a subgraph. Thick arrows are what stages stand on, dotted ones
/// what steps see, plain ones what becomes part of a stage, and order inside.
pub fn to_mermaid(plan: &Plan) -> String {
    let graph = Graph::new(plan);
    let title = quoted(&[label::title(&graph)]);
    let mut text = format!("flowchart LR\n  accTitle: {title}\n");
    for stage in &graph.stages {
        let name = quoted(&[label::stage(stage)]);
        let _ = writeln!(text, "  subgraph {}[\"{name}\"]", stage.id);
        for step in &stage.steps {
            let _ = writeln!(text, "    {}[\"{}\"]", step.id, quoted(&label::step(step)));
        }
        text.push_str("  end\n");
    }
    for source in &graph.sources {
        let (open, close) = match source.kind {
            Kind::Image => ("([", "])"),
            Kind::Git => ("{{", "}}"),
            Kind::Http => ("[/", "/]"),
            Kind::Context => ("[(", ")]"),
        };
        let name = quoted(&[label::source(source)]);
        let _ = writeln!(text, "  {}{open}\"{name}\"{close}", source.id);
    }
    for edge in &graph.edges {
        let arrow = match edge.kind {
            Need::Base => "==>",
            Need::Bind => "-.->",
            Need::Link | Need::Next => "-->",
        };
        let _ = writeln!(text, "  {} {arrow} {}", edge.from, edge.to);
    }
    for (step, linked) in graph.laid_over() {
        let _ = writeln!(text, "  {step} ~~~ {linked}");
    }
    if !graph.result.is_empty() {
        let _ = writeln!(text, "  style {} stroke-width:3px", graph.result);
    }
    text
}

/// Lines between quotes. Everything that Mermaid, its Markdown or HTML could
/// read is written by number.
fn quoted(lines: &[String]) -> String {
    // Mermaid looks for styles in the whole line, and cuts what it takes for one.
    let has = |word: &str| lines.iter().any(|line| line.contains(word));
    let plain = if has("style") || has("classDef") {
        PLAIN.trim_end_matches(':')
    } else {
        PLAIN
    };
    let lines: Vec<String> = lines.iter().map(|line| escaped(line, plain)).collect();
    lines.join("<br/>")
}

/// Signs that mean nothing inside of a line. The colon is the last of them.
const PLAIN: &str = " .,/-=()_+'…:";

fn escaped(line: &str, plain: &str) -> String {
    let mut text = String::new();
    for (at, c) in line.chars().enumerate() {
        // A line that begins with a digit or a dash may be an item of a list.
        let is_plain = match at {
            0 => c.is_alphabetic() || c == '/',
            _ => c.is_alphanumeric() || plain.contains(c),
        };
        if is_plain {
            text.push(c);
        } else {
            let _ = write!(text, "#{};", u32::from(c));
        }
    }
    text
}
