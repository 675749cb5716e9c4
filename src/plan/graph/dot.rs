//! The graph in the language of Graphviz: `dot -Tsvg`.

use std::fmt::Write as _;

use super::{Cluster, Edge, Graph, Kind, Need, label};
use crate::plan::Plan;

/// A stage is a cluster. Bold arrows are what stages stand on, dashed ones what
/// steps see, plain ones what becomes part of a stage, grey ones order inside.
pub fn to_dot(plan: &Plan) -> String {
    let graph = Graph::new(plan);
    let mut text = String::from("digraph {\n");
    let _ = writeln!(text, "  label={}", quoted(&[label::title(&graph)], "\\n"));
    text.push_str(
        "  compound=true newrank=true rankdir=LR fontname=\"sans-serif\" style=rounded\n",
    );
    text.push_str("  node [shape=box fontname=\"sans-serif\" fontsize=11]\n");
    for stage in &graph.stages {
        write_stage(&mut text, stage, &graph.result);
    }
    for source in &graph.sources {
        let shape = match source.kind {
            Kind::Image => "box style=rounded",
            Kind::Git => "hexagon",
            Kind::Http => "parallelogram",
            Kind::Context => "folder",
        };
        let name = quoted(&[label::source(source)], "\\n");
        let _ = writeln!(text, "  {} [label={name} shape={shape}]", source.id);
    }
    for edge in &graph.edges {
        write_edge(&mut text, edge, &graph);
    }
    for (step, linked) in graph.laid_over() {
        let _ = writeln!(text, "  {step} -> {linked} [style=invis]");
    }
    text.push_str("}\n");
    text
}

fn write_stage(text: &mut String, stage: &Cluster, result: &str) {
    let pen = if result == stage.id {
        " penwidth=3"
    } else {
        ""
    };
    let name = quoted(&[label::stage(stage)], "\\n");
    let _ = writeln!(text, "  subgraph cluster_{} {{", stage.id);
    let _ = writeln!(text, "    label={name}{pen}");
    if stage.steps.is_empty() {
        let _ = writeln!(text, "    {} [shape=point]", stage.id);
    }
    for step in &stage.steps {
        // Set at the left, each line on its own.
        let lines = quoted(&label::step(step), "\\l");
        let _ = writeln!(text, "    {} [label={lines}]", step.id);
    }
    text.push_str("  }\n");
}

/// Clusters have no edges in this language: one begins at the last step of a
/// stage, or ends at its first, and is cut at the border.
fn write_edge(text: &mut String, edge: &Edge, graph: &Graph) {
    let stage = |id: &str| graph.stages.iter().find(|stage| stage.id == id);
    let (from, to) = (stage(&edge.from), stage(&edge.to));
    let mut attributes = vec![match edge.kind {
        Need::Base => "style=bold".to_owned(),
        Need::Bind => "style=dashed".to_owned(),
        Need::Link => "style=solid".to_owned(),
        Need::Next => "color=grey".to_owned(),
    }];
    let begin = from.map_or(edge.from.as_str(), |stage| {
        attributes.push(format!("ltail=cluster_{}", stage.id));
        stage.steps.last().map_or(&stage.id, |step| &step.id)
    });
    let end = to.map_or(edge.to.as_str(), |stage| {
        attributes.push(format!("lhead=cluster_{}", stage.id));
        stage.steps.first().map_or(&stage.id, |step| &step.id)
    });
    let _ = writeln!(text, "  {begin} -> {end} [{}]", attributes.join(" "));
}

/// Lines between quotes, each ended in the same way when there are several.
/// Ampersands would begin the name of a character.
fn quoted(lines: &[String], end: &str) -> String {
    let escaped = |line: &String| {
        let line = line.replace('\\', "\\\\").replace('"', "\\\"");
        line.replace('&', "&amp;")
    };
    let mut text: Vec<String> = lines.iter().map(escaped).collect();
    if end == "\\l" {
        text.push(String::new());
    }
    format!("\"{}\"", text.join(end))
}
