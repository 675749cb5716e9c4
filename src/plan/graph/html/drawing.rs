//! The picture: boxes of stages with their steps, boxes of sources, lines.

use std::fmt::Write as _;

use super::super::{Cluster, Kind, Need, Node, Source, label};
use super::Page;
use super::layout::{Block, Layout, Line, layout};
use super::markup::text;

const WIDTH: f64 = 236.0;
const HEAD: f64 = 27.0;
const ROW: f64 = 20.0;
const FOOT: f64 = 5.0;
const SOURCE: f64 = 38.0;
/// Around everything, for outlines and shadows.
const MARGIN: f64 = 10.0;
/// The size of most letters.
const LETTER: f64 = 12.0;

/// What the lines and signs mean.
const LEGEND: &str = r##"<ul class="legend" aria-label="Legend">
<li><svg class="key" width="34" height="12" aria-hidden="true"><path class="line base" d="M1 6H33"/></svg>a stage stands on it</li>
<li><svg class="key" width="34" height="12" aria-hidden="true"><path class="line bind" d="M1 6H33"/></svg>a step sees it while it runs</li>
<li><svg class="key" width="34" height="12" aria-hidden="true"><path class="line link" d="M1 6H33"/></svg>becomes part of the stage</li>
<li><svg class="key" width="18" height="14" aria-hidden="true"><circle class="bullet" cx="9" cy="7" r="3.5"/></svg>after the step above</li>
<li><svg class="key" width="18" height="14" aria-hidden="true"><path class="plus" d="M9 3V11M5 7H13"/></svg>laid over it, at any time</li>
<li><svg class="key" width="18" height="14" aria-hidden="true"><use href="#cache" x="3" y="1"/></svg>has a cache</li>
<li><svg class="key" width="18" height="14" aria-hidden="true"><use href="#secret" x="3" y="1"/></svg>is given a secret</li>
</ul>
"##;

/// Signs and ends of lines, once in a document.
const SIGNS: &str = r#"<svg width="0" height="0" class="signs" aria-hidden="true"><defs>
<g id="cache"><path class="sign" d="M1 3C1 .6 11 .6 11 3V9C11 11.4 1 11.4 1 9ZM1 3C1 5.4 11 5.4 11 3M1 6C1 8.4 11 8.4 11 6"/></g>
<g id="secret"><path class="sign" d="M2 5.5H10V11H2ZM3.8 5.5V3.5C3.8 .4 8.2 .4 8.2 3.5V5.5"/></g>
<marker id="end-base" class="end base" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="9" orient="auto"><path d="M0 .5L8 4L0 7.5Z"/></marker>
<marker id="end-bind" class="end bind" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 .5L8 4L0 7.5Z"/></marker>
<marker id="end-link" class="end link" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 .5L8 4L0 7.5Z"/></marker>
</defs></svg>
"#;

impl Page<'_> {
    /// Writes the picture of this plan.
    pub(super) fn draw(&self, html: &mut String) {
        html.push_str(LEGEND);
        if self.prefix == "p1" {
            html.push_str(SIGNS);
        }
        let layout = self.layout();
        let (width, height) = (layout.width + 2.0 * MARGIN, layout.height + 2.0 * MARGIN);
        let title = text(&label::title(&self.graph));
        let _ = writeln!(
            html,
            "<div class=\"scroll\" tabindex=\"-1\"><svg class=\"graph\" role=\"group\" aria-label=\"{title}\" \
             width=\"{width}\" height=\"{height}\" viewBox=\"-{MARGIN} -{MARGIN} {width} {height}\">"
        );
        self.lines(html, &layout);
        let (sources, stages) = layout.corners.split_at(self.graph.sources.len());
        for (source, corner) in self.graph.sources.iter().zip(sources) {
            self.source(html, source, *corner);
        }
        for (stage, corner) in self.graph.stages.iter().zip(stages) {
            self.stage(html, stage, *corner);
        }
        html.push_str("</svg></div>\n");
    }

    /// Sources, then stages, in the order of the graph: each leads to later ones.
    fn layout(&self) -> Layout {
        let source = Block {
            height: SOURCE,
            out: SOURCE / 2.0,
        };
        let stage = |stage: &Cluster| Block {
            height: HEAD + count(stage.steps.len()) * ROW + FOOT,
            out: HEAD / 2.0,
        };
        let mut blocks = vec![source; self.graph.sources.len()];
        blocks.extend(self.graph.stages.iter().map(stage));
        layout(&blocks, &self.joins(), WIDTH)
    }

    /// The edges that are lines: those inside of a box are its rows.
    fn joins(&self) -> Vec<Line> {
        let edges = self.graph.edges.iter();
        let edges = edges.filter(|edge| edge.kind != Need::Next);
        let join = edges.map(|edge| {
            let (to, into) = self.block(&edge.to);
            let (from, _) = self.block(&edge.from);
            let kind = match edge.kind {
                Need::Base => 0,
                Need::Bind => 1,
                Need::Link | Need::Next => 2,
            };
            Line {
                from,
                to,
                into,
                kind,
            }
        });
        join.collect()
    }

    /// The number of the box that a thing is in, and how far below its top.
    fn block(&self, id: &str) -> (usize, f64) {
        let sources = &self.graph.sources;
        if let Some(at) = sources.iter().position(|source| source.id == id) {
            return (at, SOURCE / 2.0);
        }
        for (at, stage) in self.graph.stages.iter().enumerate() {
            let row = stage.steps.iter().position(|step| step.id == id);
            if stage.id == id {
                return (sources.len() + at, HEAD / 2.0);
            } else if let Some(row) = row {
                return (sources.len() + at, HEAD + (count(row) + 0.5) * ROW);
            }
        }
        (0, 0.0)
    }

    fn lines(&self, html: &mut String, layout: &Layout) {
        html.push_str("<g class=\"lines\" aria-hidden=\"true\">\n");
        let edges = self.graph.edges.iter();
        let edges = edges.filter(|edge| edge.kind != Need::Next);
        for (edge, points) in edges.zip(&layout.lines) {
            let kind = match edge.kind {
                Need::Base => "base",
                Need::Bind => "bind",
                Need::Link | Need::Next => "link",
            };
            let _ = writeln!(
                html,
                "<path class=\"line {kind}\" data-from=\"{}\" data-to=\"{}\" d=\"{}\" marker-end=\"url(#end-{kind})\"/>",
                self.id(&edge.from),
                self.id(&edge.to),
                path(points)
            );
        }
        html.push_str("</g>\n");
    }

    fn source(&self, html: &mut String, source: &Source, (x, y): (f64, f64)) {
        let kind = match source.kind {
            Kind::Image => "image",
            Kind::Git => "git",
            Kind::Http => "http",
            Kind::Context => "context",
        };
        let (place, name) = label::source_parts(source);
        let head = [kind, &place].into_iter().filter(|part| !part.is_empty());
        let head = head.collect::<Vec<_>>().join(" · ");
        let _ = writeln!(
            html,
            "<a class=\"box source\" href=\"#{id}\" data-id=\"{id}\" aria-label=\"{full}\">\
             <title>{full}</title>\
             <rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{SOURCE}\" rx=\"19\"/>\
             <text class=\"small\" x=\"{left}\" y=\"{first}\">{}</text>\
             <text x=\"{left}\" y=\"{second}\">{}</text></a>",
            text(&fitting(&head, WIDTH - 34.0, 10.0)),
            text(&fitting(&name, WIDTH - 34.0, LETTER)),
            id = self.id(&source.id),
            full = text(&format!("{kind} {}", source.name)),
            left = x + 17.0,
            first = y + 15.0,
            second = y + 29.0,
        );
    }

    fn stage(&self, html: &mut String, stage: &Cluster, (x, y): (f64, f64)) {
        let is_result = self.graph.result == stage.id;
        let height = HEAD + count(stage.steps.len()) * ROW + FOOT;
        let class = if is_result { "stage result" } else { "stage" };
        let _ = writeln!(
            html,
            "<g class=\"{class}\"><rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{height}\" rx=\"6\"/>\
             <a class=\"box name\" href=\"#{id}\" data-id=\"{id}\" aria-label=\"stage {name}\">\
             <rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEAD}\" rx=\"6\"/>\
             <text x=\"{left}\" y=\"{base}\">{short}</text></a>",
            id = self.id(&stage.id),
            name = text(&stage.name),
            short = text(&fitting(&stage.name, WIDTH - 24.0, 13.0)),
            left = x + 10.0,
            base = y + 18.0,
        );
        thread(html, stage, (x, y));
        for (row, step) in stage.steps.iter().enumerate() {
            self.row(html, step, x, y + HEAD + count(row) * ROW);
        }
        html.push_str("</g>\n");
    }

    fn row(&self, html: &mut String, step: &Node, x: f64, y: f64) {
        let more = match step.titles.len() {
            0 | 1 => String::new(),
            number => format!(" +{}", number - 1),
        };
        let title = step.titles.first().map_or("", String::as_str);
        let signs = [
            ("cache", !step.caches.is_empty()),
            ("secret", !step.secrets.is_empty()),
        ];
        let signs = signs.iter().filter(|(_, there)| *there);
        let signs: Vec<&str> = signs.map(|(sign, _)| *sign).collect();
        let room = WIDTH - 32.0 - count(signs.len()) * 15.0;
        let short = fitting(title, room - advance(&more, LETTER), LETTER) + &more;
        let _ = write!(
            html,
            "<a class=\"box step\" href=\"#{id}\" data-id=\"{id}\" aria-label=\"{full}\"><title>{full}</title>\
             <rect class=\"frame\" x=\"{left}\" y=\"{y}\" width=\"{width}\" height=\"{ROW}\" rx=\"3\"/>",
            id = self.id(&step.id),
            full = text(&step.titles.join("; ")),
            left = x + 2.0,
            width = WIDTH - 4.0,
        );
        let (cx, cy) = (x + 13.0, y + ROW / 2.0);
        let _ = if step.linked {
            write!(
                html,
                "<path class=\"plus\" d=\"M{cx} {}v8M{} {cy}h8\"/>",
                cy - 4.0,
                cx - 4.0
            )
        } else {
            write!(
                html,
                "<circle class=\"bullet\" cx=\"{cx}\" cy=\"{cy}\" r=\"3.5\"/>"
            )
        };
        let _ = write!(
            html,
            "<text x=\"{}\" y=\"{}\">{}</text>",
            x + 24.0,
            y + 14.0,
            text(&short)
        );
        for (at, sign) in signs.iter().rev().enumerate() {
            let left = x + WIDTH - 19.0 - count(at) * 15.0;
            let _ = write!(
                html,
                "<use href=\"#{sign}\" x=\"{left}\" y=\"{}\"/>",
                y + 4.0
            );
        }
        html.push_str("</a>\n");
    }
}

/// The line through the steps that wait for each other.
fn thread(html: &mut String, stage: &Cluster, (x, y): (f64, f64)) {
    let rows = stage.steps.iter().enumerate();
    let mut rows = rows.filter(|(_, step)| !step.linked).map(|(row, _)| row);
    if let (Some(first), Some(last)) = (rows.next(), rows.next_back()) {
        let middle = |row| y + HEAD + (count(row) + 0.5) * ROW;
        let _ = writeln!(
            html,
            "<path class=\"thread\" d=\"M{x} {}V{}\" transform=\"translate(13 0)\"/>",
            middle(first),
            middle(last)
        );
    }
}

/// Level in columns, bent between them.
fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    let mut last = (0.0, 0.0);
    for (at, (x, y)) in points.iter().enumerate() {
        let _ = match at {
            0 => write!(path, "M{x} {y}"),
            at if at % 2 == 0 => write!(path, "H{x}"),
            _ => {
                let middle = f64::midpoint(last.0, *x);
                write!(path, "C{middle} {} {middle} {y} {x} {y}", last.1)
            }
        };
        last = (*x, *y);
    }
    path
}

/// As much of the text as fits into this width.
fn fitting(text: &str, width: f64, size: f64) -> String {
    if advance(text, size) <= width {
        return text.to_owned();
    }
    let mut room = width - advance("…", size);
    let fits = |c: &char| {
        room -= advance(c.encode_utf8(&mut [0; 4]), size);
        room >= 0.0
    };
    let short: String = text.chars().take_while(fits).collect();
    short.trim_end().to_owned() + "…"
}

/// How wide a text is at most in the fonts that systems have for their menus.
fn advance(text: &str, size: f64) -> f64 {
    let share = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' | 'I' => 0.32,
        ' ' | 'f' | 't' | 'r' | '-' | '/' | '(' | ')' | '[' | ']' => 0.40,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.95,
        'A'..='Z' | '_' | '+' | '=' | '<' | '>' | '&' | '~' => 0.72,
        c if c.is_ascii() => 0.60,
        _ => 1.0,
    };
    text.chars().map(share).sum::<f64>() * size
}

/// A number of things as a factor.
fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_it_would_leave_its_box() {
        assert_eq!(fitting("short", 100.0, 12.0), "short");
        let cut = fitting(&"wide ".repeat(20), 100.0, 12.0);
        assert!(cut.ends_with('…') && advance(&cut, 12.0) <= 100.0, "{cut}");
    }

    #[test]
    fn a_line_is_level_where_it_passes_a_column() {
        let points = [(0.0, 1.0), (10.0, 5.0), (20.0, 5.0), (30.0, 9.0)];
        assert_eq!(path(&points), "M0 1C5 1 5 5 10 5H20C25 5 25 9 30 9");
    }
}
