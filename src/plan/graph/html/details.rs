//! What each thing in the picture is: a part of the page for each, in the order
//! of the plan.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::{Cluster, Kind, Need, Node, Source};
use super::markup::{self, code, field, lines, link, text};
use super::{Page, image};
use crate::diagnostic::Span;
use crate::plan::explain::Line;
use crate::plan::render::{
    copied, describe, file_text, if_there, linked, mount_text, variable, who,
};
use crate::plan::{
    Action, Base, ContextTree, GitTree, Link, LinkedFile, Mount, Origin, Run, Step, Tree,
};

/// What is known of a source besides its name.
#[derive(Default)]
struct Facts {
    check: Option<String>,
    places: Vec<Span>,
}

impl Page<'_> {
    /// Writes the parts of all stages, sources, caches, secrets and the image,
    /// after links to where each begin.
    pub(super) fn details(&self, html: &mut String) {
        let chapters = [
            ("Stages", self.stages()),
            ("Sources", self.sources()),
            ("Caches", self.caches()),
            ("Secrets", self.secrets()),
            ("Image config", self.image()),
        ];
        let chapters = chapters.iter().filter(|(_, parts)| !parts.is_empty());
        let id = |name: &str| self.id(&name.to_lowercase().replace(' ', "-"));
        let links = chapters.clone().map(|(name, _)| link(&id(name), name));
        let _ = writeln!(
            html,
            "<p class=\"contents\">{}</p>",
            links.collect::<String>()
        );
        for (name, parts) in chapters {
            let _ = writeln!(html, "<h2 id=\"{}\">{name}</h2>\n{parts}", id(name));
        }
    }

    fn stages(&self) -> String {
        let mut html = String::new();
        for (stage, cluster) in self.plan.stages.iter().zip(&self.graph.stages) {
            self.stage_part(&mut html, cluster, &stage.steps);
        }
        html
    }

    fn sources(&self) -> String {
        let facts = self.facts();
        let sources = self.graph.sources.iter();
        let parts = sources.map(|source| self.source_part(source, facts.get(&source.id)));
        parts.collect()
    }

    fn image(&self) -> String {
        let part = |fields| {
            let head = "<h3>Changes to the base image</h3>";
            format!("<section class=\"part\">{head}<dl>{fields}</dl></section>\n")
        };
        image::fields(&self.plan.image).map_or(String::new(), part)
    }

    fn stage_part(&self, html: &mut String, stage: &Cluster, mut steps: &[Step]) {
        let id = self.id(&stage.id);
        let edges = || self.graph.edges.iter();
        let into = edges().filter(|edge| edge.to == stage.id);
        let from = edges().filter(|edge| edge.from == stage.id);
        let _ = writeln!(
            html,
            "<section class=\"part\" id=\"{id}\"><h3>stage {}</h3><dl>{}{}</dl></section>",
            text(&stage.name),
            field("stands on", &self.ends(into, |edge| &edge.from)),
            field("needed by", &self.ends(from, |edge| &edge.to)),
        );
        for node in &stage.steps {
            let (own, others) = steps.split_at(node.titles.len().min(steps.len()));
            steps = others;
            self.node_part(html, stage, node, own);
        }
    }

    /// The steps of one row.
    fn node_part(&self, html: &mut String, stage: &Cluster, node: &Node, steps: &[Step]) {
        let component = node.component.as_ref();
        let component = component.map_or(String::new(), |name| format!(", {}", text(name)));
        let _ = writeln!(
            html,
            "<section class=\"part\" id=\"{}\"><p class=\"kind\">step of {}{component}</p>",
            self.id(&node.id),
            link(&self.id(&stage.id), &stage.name),
        );
        for step in steps {
            self.step(html, step);
        }
        let needs = self.graph.edges.iter().filter(|edge| edge.to == node.id);
        let needs = needs.filter(|edge| edge.kind != Need::Next);
        let _ = writeln!(
            html,
            "<dl>{}</dl></section>",
            field("needs", &self.ends(needs, |edge| &edge.from))
        );
    }

    fn step(&self, html: &mut String, step: &Step) {
        let _ = writeln!(html, "<h4>{}</h4><dl>", text(&step.title));
        match &step.action {
            Action::Run(run) => html.push_str(&command(run)),
            Action::Files(files) => {
                let files = files.iter().map(|file| text(&file_text(file)));
                html.push_str(&field("writes", &files.collect::<Vec<_>>()));
            }
            Action::Link(link) => html.push_str(&files(link, linked)),
            Action::Copy(link) => html.push_str(&files(link, copied)),
        }
        html.push_str(&self.because(&step.places));
        html.push_str("</dl>\n");
    }

    /// The lines that something stems from.
    fn because(&self, places: &[Span]) -> String {
        let mut known: Vec<String> = Vec::new();
        for span in places {
            let Line { file, line, text } = Line::of(*span, self.sources);
            let (place, line) = (markup::text(&format!("{file}:{line}")), code(&text));
            super::super::push_new(&mut known, format!("<span>{place}</span> {line}"));
        }
        field("because of", &known)
    }

    fn source_part(&self, source: &Source, facts: Option<&Facts>) -> String {
        let kind = match source.kind {
            Kind::Image => "image",
            Kind::Git => "git repository",
            Kind::Http => "download",
            Kind::Context => "files of the client",
        };
        let users = self
            .graph
            .edges
            .iter()
            .filter(|edge| edge.from == source.id);
        let check = facts.and_then(|facts| facts.check.clone());
        let because = facts.map_or(String::new(), |facts| self.because(&facts.places));
        let check: Vec<String> = check.iter().map(|check| code(check)).collect();
        format!(
            "<section class=\"part\" id=\"{}\"><p class=\"kind\">{kind}</p><h3>{}</h3><dl>{}{}{because}</dl></section>\n",
            self.id(&source.id),
            text(&source.name),
            field("compared with", &check),
            field("needed by", &self.ends(users, |edge| &edge.to)),
        )
    }

    fn caches(&self) -> String {
        let mut caches: BTreeMap<&str, (&str, Vec<String>)> = BTreeMap::new();
        for step in self.graph.stages.iter().flat_map(|stage| &stage.steps) {
            for cache in &step.caches {
                let known = caches.entry(&cache.id);
                let known = known.or_insert((&cache.path, Vec::new()));
                known.1.push(link(&self.id(&step.id), &self.name(&step.id)));
            }
        }
        let mut html = String::new();
        for (id, (path, users)) in caches {
            let _ = writeln!(
                html,
                "<section class=\"part\"><h3>{}</h3><dl>{}{}</dl></section>",
                text(id),
                field("folder", &[code(path)]),
                field("used by", &users)
            );
        }
        html
    }

    fn secrets(&self) -> String {
        let mut secrets: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for step in self.graph.stages.iter().flat_map(|stage| &stage.steps) {
            for secret in &step.secrets {
                let user = link(&self.id(&step.id), &self.name(&step.id));
                let user = user + if_there(secret.optional);
                secrets.entry(&secret.id).or_default().push(user);
            }
        }
        let mut html = String::new();
        for (id, users) in secrets {
            let _ = writeln!(
                html,
                "<section class=\"part\"><h3>{}</h3><dl>{}</dl></section>",
                text(id),
                field("given to", &users)
            );
        }
        html
    }

    /// What the trees of the plan tell of the sources, by their ids.
    fn facts(&self) -> BTreeMap<String, Facts> {
        let mut graph = self.graph.clone();
        let mut all: BTreeMap<String, Facts> = BTreeMap::new();
        let mut add = |id: String, (check, place): (Option<String>, Option<Span>)| {
            let facts = all.entry(id).or_default();
            facts.check = facts.check.take().or(check);
            if let Some(place) = place {
                super::super::push_new(&mut facts.places, place);
            }
        };
        for stage in &self.plan.stages {
            match &stage.base {
                Base::Image(image) => add(graph.image(image), (None, Some(image.place))),
                Base::NamedContext(named) => add(graph.named(named), (None, Some(named.place))),
                Base::Stage(_) | Base::Scratch => {}
            }
            for tree in stage.steps.iter().flat_map(|step| step.action.trees()) {
                if let Some(id) = graph.tree(tree) {
                    add(id, known(tree));
                }
            }
        }
        all
    }
}

/// What a source is compared with, and where it is asked for.
fn known(tree: &Tree) -> (Option<String>, Option<Span>) {
    let git = |git: &GitTree| {
        let commit = git.commit.clone();
        let commit = commit.or_else(|| git.is_pinned().then(|| git.reference.clone()));
        let commit = commit.map_or("no commit known".to_owned(), |one| format!("commit {one}"));
        (Some(commit), Some(git.place))
    };
    match tree {
        Tree::Image(image) => (None, Some(image.place)),
        Tree::NamedContext(named) => (None, Some(named.place)),
        Tree::Git(tree) => git(tree),
        Tree::Context(ContextTree { origin, .. }) => match origin {
            Origin::Git(tree) => git(tree),
            Origin::NamedContext(named) => (None, Some(named.place)),
            Origin::Context => (None, None),
        },
        Tree::Archive {
            checksum, place, ..
        }
        | Tree::Download {
            checksum, place, ..
        } => {
            let checksum = checksum.clone();
            let checksum = checksum.unwrap_or_else(|| "no checksum known".to_owned());
            (Some(checksum), Some(*place))
        }
        Tree::Stage(_) | Tree::Literal { .. } => (None, None),
    }
}

/// What is told of files, each in the words for it.
fn files(link: &Link, of_file: fn(&LinkedFile) -> String) -> String {
    let files = link.files.iter().map(|file| code(&of_file(file)));
    [
        field("from", &[text(&describe(&link.tree))]),
        field("files", &files.collect::<Vec<_>>()),
    ]
    .concat()
}

/// What is told of a command. Of a secret it has a name, and nobody here knows more.
fn command(run: &Run) -> String {
    let words = run.args.iter().map(|word| argument(word));
    let network = if run.network { "may be used" } else { "none" };
    let variables = run
        .env
        .iter()
        .map(|(name, change)| code(&variable(name, change)));
    let mounts = |cache: bool| {
        let mounts = run.mounts.iter();
        let mounts = mounts.filter(|mount| matches!(mount, Mount::Cache(_)) == cache);
        mounts
            .map(|mount| text(&mount_text(mount)))
            .collect::<Vec<_>>()
    };
    let secrets = run.secrets.iter().map(|secret| {
        let optional = if_there(secret.optional);
        format!("{} in {}{optional}", code(&secret.id), code(&secret.name))
    });
    let output: Vec<String> = run.output.iter().map(|folder| code(folder)).collect();
    [
        field("command", &[words.collect::<Vec<_>>().join(" ")]),
        field("as", &[text(&format!("{} in {}", who(run), run.cwd))]),
        field("network", &[network.to_owned()]),
        field("variables", &variables.collect::<Vec<_>>()),
        field("caches", &mounts(true)),
        field("sees", &mounts(false)),
        field("secrets", &secrets.collect::<Vec<_>>()),
        field("keeps only", &output),
    ]
    .concat()
}

/// A word of a command; one of several lines is there when asked for.
fn argument(word: &str) -> String {
    if !word.contains('\n') {
        return code(word);
    }
    let (number, script) = (word.lines().count(), lines(word));
    format!("<details><summary>script of {number} lines</summary><pre>{script}</pre></details>")
}
