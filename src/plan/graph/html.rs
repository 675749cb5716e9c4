//! The plan as one page that stands alone: the picture, and beside it what each
//! thing in it is.
//!
//! Everything is in the document and reached by links, so that the page is read
//! without its script too; the script shows what belongs together and searches.
//! A policy in the page lets nothing run and nothing load but the two texts
//! below, by their digests.

mod details;
mod drawing;
mod image;
mod layout;
mod markup;
mod order;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{Edge, Graph};
use crate::diagnostic::Sources;
use crate::plan::Plan;
use markup::text;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// What one plan of a page is made of.
struct Page<'a> {
    plan: &'a Plan,
    graph: Graph,
    sources: &'a Sources,
    /// What the ids of this plan begin with.
    prefix: String,
}

/// The plans of one spec, one per platform, as a page.
pub fn to_html(plans: &[Plan], sources: &Sources) -> String {
    let pages = plans.iter().enumerate().map(|(at, plan)| Page {
        plan,
        graph: Graph::new(plan),
        sources,
        prefix: format!("p{}", at + 1),
    });
    let pages: Vec<Page> = pages.collect();
    let summary = plans.first().map_or("", |plan| plan.summary.as_str());
    let mut html = head(summary);
    html.push_str("<body>\n<header>\n");
    let _ = writeln!(html, "<h1>{}</h1>", text(summary));
    html.push_str("<nav aria-label=\"Platforms\">");
    for page in &pages {
        let _ = write!(
            html,
            "<a href=\"#{}\">{}</a>",
            page.prefix,
            text(&page.graph.platform)
        );
    }
    html.push_str("</nav>\n");
    html.push_str(TOOLS);
    html.push_str("</header>\n<main>\n");
    for page in &pages {
        page.write(&mut html);
    }
    let _ = write!(
        html,
        "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    );
    html
}

/// What works with the script only, and is shown by it.
const TOOLS: &str = "\
<div id=\"tools\" hidden>
<label>Search <input type=\"search\" id=\"search\" autocomplete=\"off\" spellcheck=\"false\"></label>
<output id=\"found\" for=\"search\"></output>
<span role=\"group\" aria-label=\"Size of the picture\">\
<button type=\"button\" id=\"smaller\" aria-label=\"Smaller\">−</button>\
<button type=\"button\" id=\"larger\" aria-label=\"Larger\">+</button>\
<button type=\"button\" id=\"fit\">Fit</button></span>
</div>
";

fn head(summary: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n",
        text(summary)
    )
}

impl Page<'_> {
    fn write(&self, html: &mut String) {
        let platform = text(&self.graph.platform);
        let id = &self.prefix;
        let _ = writeln!(html, "<article id=\"{id}\" aria-label=\"{platform}\">");
        let _ = writeln!(
            html,
            "<div class=\"picture\" role=\"region\" aria-label=\"Picture of {platform}\">"
        );
        self.draw(html);
        html.push_str("</div>\n");
        let _ = writeln!(
            html,
            "<div class=\"details\" role=\"region\" aria-label=\"Details of {platform}\" tabindex=\"0\">"
        );
        self.details(html);
        html.push_str("</div>\n</article>\n");
    }

    /// The id of a thing in this document.
    fn id(&self, id: &str) -> String {
        format!("{}-{id}", self.prefix)
    }

    /// What a thing is called on this page.
    fn name(&self, id: &str) -> String {
        if let Some(source) = self.graph.sources.iter().find(|one| one.id == id) {
            return source.name.clone();
        }
        for stage in &self.graph.stages {
            if stage.id == id {
                return stage.name.clone();
            }
            if let Some(step) = stage.steps.iter().find(|step| step.id == id) {
                let title = step.titles.first().map_or("", String::as_str);
                return format!("{}: {title}", stage.name);
            }
        }
        id.to_owned()
    }

    /// Links to the ends of edges.
    fn ends<'e>(
        &self,
        edges: impl Iterator<Item = &'e Edge>,
        end: impl Fn(&'e Edge) -> &'e str,
    ) -> Vec<String> {
        let link = |id: &str| markup::link(&self.id(id), &self.name(id));
        let mut links: Vec<String> = Vec::new();
        for one in edges.map(|edge| link(end(edge))) {
            super::push_new(&mut links, one);
        }
        links
    }
}
