//! Build contexts that take the place of parts of a plan.
//!
//! Owns what a name of the client stands for: a stage, which is then what the
//! context has; an image, by its repository and tag; the source of a key of the
//! spec, such as `components.nixl`. What a context is made of is not known here.

use std::collections::BTreeSet;

use super::action::{ContextTree, GitTree, Holds, Mount, NamedTree, Origin, Tree};
use super::{Action, Base, ImageSource, Plan};
use crate::diagnostic::Span;
use crate::image::Reference;

/// The key of Dynamo's own sources.
const DYNAMO: &str = "dynamo.source";

/// A named build context that a plan uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUse<'a> {
    /// The name.
    pub name: &'a str,
    /// Where it is asked for first.
    pub place: Span,
    /// Paths of it that are used, sorted, none inside another; `None` is all.
    pub paths: Option<Vec<&'a str>>,
}

impl Plan {
    /// Puts the build contexts of these names in the place of what they are named
    /// after. Stages that nothing reaches then are gone, with their sources.
    pub fn use_contexts<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        for name in names {
            self.use_context(name);
        }
        self.drop_unused();
    }

    fn use_context(&mut self, name: &str) {
        let image = image_name(name);
        for stage in &mut self.stages {
            if stage.name.eq_ignore_ascii_case(name) && !stage.checks_image() {
                stage.base = Base::NamedContext(NamedTree::new(name, self.chosen_at));
                stage.steps.clear();
                continue;
            }
            if let Base::Image(source) = &stage.base
                && is_image(source, image.as_ref())
            {
                stage.base = Base::NamedContext(NamedTree::new(name, source.place));
            }
            for step in &mut stage.steps {
                for tree in step.action.trees_mut() {
                    replace(tree, name, image.as_ref(), self.chosen_at);
                }
            }
        }
    }

    /// Keeps the last stage and those it needs.
    fn drop_unused(&mut self) {
        let mut needed: BTreeSet<String> = BTreeSet::new();
        needed.extend(self.stages.last().map(|last| last.name.clone()));
        // Every stage comes after those it uses.
        for stage in self.stages.iter().rev() {
            if !needed.contains(&stage.name) {
                continue;
            }
            if let Base::Stage(name) = &stage.base {
                needed.insert(name.clone());
            }
            let trees = stage.steps.iter().flat_map(|step| step.action.trees());
            needed.extend(trees.filter_map(|tree| match tree {
                Tree::Stage(name) => Some(name.clone()),
                _ => None,
            }));
        }
        self.stages.retain(|stage| needed.contains(&stage.name));
    }

    /// Paths of the build context that are used, sorted; none is inside another.
    pub fn context_paths(&self) -> Vec<&str> {
        let of_context = |tree: &&ContextTree| matches!(tree.origin, Origin::Context);
        outermost(self.context_trees().filter(of_context))
    }

    /// Named build contexts that are used, each once.
    pub fn named_contexts(&self) -> Vec<NamedUse<'_>> {
        let bases = self.stages.iter().filter_map(|stage| match &stage.base {
            Base::NamedContext(context) => Some((context, true)),
            Base::Image(_) | Base::Stage(_) | Base::Scratch => None,
        });
        let trees = self.trees().filter_map(|tree| match tree {
            Tree::NamedContext(context) => Some((context, true)),
            Tree::Context(ContextTree {
                origin: Origin::NamedContext(context),
                ..
            }) => Some((context, false)),
            _ => None,
        });
        let mut named: Vec<NamedUse<'_>> = Vec::new();
        for (context, whole) in bases.chain(trees) {
            let NamedTree { name, place, .. } = context;
            match named.iter_mut().find(|known| known.name == name) {
                Some(known) if whole => known.paths = None,
                Some(_) => {}
                None => named.push(NamedUse {
                    name,
                    place: *place,
                    paths: (!whole).then(|| self.paths_of(name)),
                }),
            }
        }
        named
    }

    fn paths_of(&self, context: &str) -> Vec<&str> {
        let of_it = |tree: &&ContextTree| matches!(&tree.origin, Origin::NamedContext(origin) if origin.name == context);
        outermost(self.context_trees().filter(of_it))
    }

    fn context_trees(&self) -> impl Iterator<Item = &ContextTree> {
        self.trees().filter_map(|tree| match tree {
            Tree::Context(tree) => Some(tree),
            _ => None,
        })
    }
}

impl Action {
    fn trees_mut(&mut self) -> impl Iterator<Item = &mut Tree> {
        let (mounts, link): (&mut [Mount], Option<&mut Tree>) = match self {
            Self::Run(run) => (&mut run.mounts, None),
            Self::Files(_) => (&mut [], None),
            Self::Link(link) | Self::Copy(link) => (&mut [], Some(&mut link.tree)),
        };
        let bound = mounts.iter_mut().filter_map(|mount| match mount {
            Mount::Bind { tree, .. } => Some(tree),
            Mount::Cache(_) | Mount::Secret { .. } => None,
        });
        bound.chain(link)
    }
}

/// Puts a context in the place of a tree that is what it is named after.
fn replace(tree: &mut Tree, name: &str, image: Option<&ImageName>, chosen_at: Span) {
    let named = |place: Span, holds: Holds| NamedTree {
        holds,
        ..NamedTree::new(name, place)
    };
    let replaced = match tree {
        Tree::Image(source) if is_image(source, image) => named(source.place, Holds::Files),
        Tree::Git(git) if git.key == name => named(git.place, Holds::Files),
        Tree::Archive { key, place, .. } if key == name => named(*place, Holds::Archive),
        Tree::Download {
            key,
            place,
            name: file,
            ..
        } if key == name => named(*place, Holds::File(file.clone())),
        Tree::Context(ContextTree { origin, own, .. }) => {
            let place = match origin {
                Origin::Git(GitTree { key, place, .. }) if key == name => *place,
                Origin::Context if name == DYNAMO && !*own => chosen_at,
                _ => return,
            };
            *origin = Origin::NamedContext(named(place, Holds::Files));
            return;
        }
        _ => return,
    };
    *tree = Tree::NamedContext(replaced);
}

/// Repository and tag.
type ImageName = (String, Option<String>);

/// Repository and tag of an image, whatever the form it is written in.
fn image_name(text: &str) -> Option<ImageName> {
    Reference::parse(text).ok().map(|one| named(&one))
}

fn named(reference: &Reference) -> ImageName {
    let reference = reference.with_default_tag();
    (reference.name(), reference.tag().map(str::to_owned))
}

fn is_image(source: &ImageSource, image: Option<&ImageName>) -> bool {
    image.is_some_and(|image| *image == named(&source.reference))
}

/// The paths of trees, sorted, without those inside others.
fn outermost<'a>(trees: impl Iterator<Item = &'a ContextTree>) -> Vec<&'a str> {
    let paths = trees.flat_map(|tree| &tree.paths);
    let mut paths: Vec<&str> = paths.map(String::as_str).collect();
    paths.sort_unstable();
    paths.dedup();
    let all = paths.clone();
    let inside = |path: &str, other: &&str| {
        let rest = path.strip_prefix(*other);
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    paths.retain(|path| !all.iter().any(|other| inside(path, other)));
    paths
}
