//! The plan as a picture: stages with what is done in them, and what goes where.
//!
//! Owns what is a node and what an edge; how they are drawn is decided by the
//! files below. Left out is what says nothing about the order of things: the
//! scripts that a plan carries along, and the paths in trees.

mod dot;
mod html;
mod json;
mod label;
mod mermaid;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::{
    Action, Base, ContextTree, GitTree, ImageSource, Mount, NamedTree, Origin, Plan, Stage, Step,
    Tree, title,
};

pub use dot::to_dot;
pub use html::to_html;
pub use json::to_json;
pub use mermaid::to_mermaid;

/// What is drawn of one plan.
#[derive(Debug, Clone, Serialize)]
struct Graph {
    summary: String,
    catalog: String,
    platform: String,
    /// In the order of the plan.
    stages: Vec<Cluster>,
    /// The stage that is the result.
    #[serde(skip)]
    result: String,
    /// What comes from outside, in the order of use.
    sources: Vec<Source>,
    /// In the order of what they lead to.
    edges: Vec<Edge>,
}

/// A stage.
#[derive(Debug, Clone, Serialize)]
struct Cluster {
    id: String,
    name: String,
    steps: Vec<Node>,
}

/// A step, or several in a row that belong to one component.
#[derive(Debug, Clone, Serialize)]
struct Node {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<String>,
    /// Whether it stands on nothing and nothing stands on it, so that it is done
    /// whenever its tree is there.
    linked: bool,
    titles: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    caches: Vec<Cache>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<Secret>,
    /// The only folder that its stage leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    keeps: Option<String>,
}

/// A folder that outlives the build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Cache {
    id: String,
    path: String,
}

/// A secret of the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Secret {
    id: String,
    optional: bool,
}

/// Something that comes from outside.
#[derive(Debug, Clone, Serialize)]
struct Source {
    id: String,
    kind: Kind,
    /// What it is, in full.
    name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Image,
    Git,
    Http,
    Context,
}

/// Something that another thing needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Edge {
    from: String,
    to: String,
    kind: Need,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Need {
    /// A stage stands on it.
    Base,
    /// A step sees it while it runs.
    Bind,
    /// Files of it become part of the stage.
    Link,
    /// It is done before.
    Next,
}

impl Graph {
    fn new(plan: &Plan) -> Self {
        let mut graph = Self {
            summary: plan.summary.clone(),
            catalog: plan.catalog.clone(),
            platform: plan.architecture.platform().to_string(),
            stages: Vec::new(),
            result: String::new(),
            sources: Vec::new(),
            edges: Vec::new(),
        };
        for stage in &plan.stages {
            graph.add(stage);
        }
        let result = plan.result().and_then(|stage| graph.stage(&stage.name));
        graph.result = result.unwrap_or_default();
        graph
    }

    fn add(&mut self, stage: &Stage) {
        let id = format!("stage{}", self.stages.len() + 1);
        let base = match &stage.base {
            Base::Image(image) => Some(self.image(image)),
            Base::Stage(name) => self.stage(name),
            Base::NamedContext(context) => Some(self.named(context)),
            Base::Scratch => None,
        };
        self.need(base, &id, Need::Base);
        let mut nodes: Vec<Node> = Vec::new();
        for step in &stage.steps {
            if !nodes.last().is_some_and(|last| last.goes_on(step)) {
                let id = format!("{id}_{}", nodes.len() + 1);
                if !stage.checks_image() {
                    self.order(&nodes, step, &id);
                }
                nodes.push(Node::new(id, step));
            }
            let Some(node) = nodes.last_mut() else {
                continue;
            };
            node.add(step);
            let runs = matches!(step.action, Action::Run(_));
            let need = if runs { Need::Bind } else { Need::Link };
            for tree in step.action.trees() {
                let from = self.tree(tree);
                self.need(from, &node.id, need);
            }
        }
        self.stages.push(Cluster {
            id,
            name: stage.name.clone(),
            steps: nodes,
        });
    }

    /// What a step of a stage stands on: the one before it, and what was linked
    /// since. What is linked stands on nothing.
    fn order(&mut self, before: &[Node], step: &Step, id: &str) {
        if matches!(step.action, Action::Link(_)) {
            return;
        }
        let last = before.iter().rposition(|node| !node.linked);
        for node in &before[last.unwrap_or_default()..] {
            self.need(Some(node.id.clone()), id, Need::Next);
        }
    }

    /// What is linked, and the step before it. One does not need the other, and
    /// pictures set it there all the same.
    fn laid_over(&self) -> impl Iterator<Item = (&str, &str)> {
        self.stages.iter().flat_map(|stage| {
            let mut last = None;
            stage.steps.iter().filter_map(move |step| {
                if step.linked {
                    return last.map(|last| (last, step.id.as_str()));
                }
                last = Some(step.id.as_str());
                None
            })
        })
    }

    fn need(&mut self, from: Option<String>, to: &str, kind: Need) {
        let Some(from) = from else { return };
        let to = to.to_owned();
        let edge = Edge { from, to, kind };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }

    fn stage(&self, name: &str) -> Option<String> {
        let found = self.stages.iter().find(|stage| stage.name == name);
        found.map(|stage| stage.id.clone())
    }

    /// Where a tree comes from; nowhere, when the plan itself holds it.
    fn tree(&mut self, tree: &Tree) -> Option<String> {
        Some(match tree {
            Tree::Image(image) => self.image(image),
            Tree::Stage(name) => return self.stage(name),
            Tree::Git(git) => self.git(git),
            Tree::NamedContext(context) => self.named(context),
            Tree::Context(ContextTree { origin, .. }) => match origin {
                Origin::Git(git) => self.git(git),
                Origin::NamedContext(context) => self.named(context),
                Origin::Context => self.source(Kind::Context, "build context".to_owned()),
            },
            Tree::Archive { url, .. } | Tree::Download { url, .. } => {
                self.source(Kind::Http, title::public_url(url))
            }
            Tree::Literal { .. } => return None,
        })
    }

    fn image(&mut self, image: &ImageSource) -> String {
        self.source(Kind::Image, image.reference.familiar())
    }

    fn named(&mut self, context: &NamedTree) -> String {
        self.source(Kind::Context, format!("build context {}", context.name))
    }

    fn git(&mut self, git: &GitTree) -> String {
        self.source(Kind::Git, git.to_string())
    }

    fn source(&mut self, kind: Kind, name: String) -> String {
        let known = |source: &&Source| source.kind == kind && source.name == name;
        if let Some(source) = self.sources.iter().find(known) {
            return source.id.clone();
        }
        let id = format!("source{}", self.sources.len() + 1);
        self.sources.push(Source {
            id: id.clone(),
            kind,
            name,
        });
        id
    }
}

impl Node {
    fn new(id: String, step: &Step) -> Self {
        Self {
            id,
            component: step.component.clone(),
            linked: matches!(step.action, Action::Link(_)),
            titles: Vec::new(),
            caches: Vec::new(),
            secrets: Vec::new(),
            keeps: None,
        }
    }

    /// Whether the step belongs to the same component and is done likewise.
    fn goes_on(&self, step: &Step) -> bool {
        self.component.is_some()
            && self.component == step.component
            && self.linked == matches!(step.action, Action::Link(_))
    }

    fn add(&mut self, step: &Step) {
        self.titles.push(step.title.clone());
        let Action::Run(run) = &step.action else {
            return;
        };
        self.keeps.clone_from(&run.output);
        let secret = |id: &String, optional| Secret {
            id: id.clone(),
            optional,
        };
        for mount in &run.mounts {
            match mount {
                Mount::Cache(cache) => push_new(
                    &mut self.caches,
                    Cache {
                        id: cache.id.clone(),
                        path: cache.target.clone(),
                    },
                ),
                Mount::Secret { id, optional, .. } => {
                    push_new(&mut self.secrets, secret(id, *optional));
                }
                Mount::Bind { .. } => {}
            }
        }
        for variable in &run.secrets {
            push_new(&mut self.secrets, secret(&variable.id, variable.optional));
        }
    }
}

fn push_new<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}
