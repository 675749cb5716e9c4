//! What comes from outside: images, checkouts, downloads, caches, secrets.

use std::collections::BTreeMap;

use super::Change;
use super::change::{Fact, compare};
use crate::plan::{
    Action, Base, CacheMount, ContextTree, GitTree, ImageSource, Mount, NamedTree, Origin, Plan,
    Run, Tree, title,
};

/// Something that is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Source {
    kind: &'static str,
    /// What it is a version of.
    name: String,
    /// Which version.
    version: String,
    /// What it is for: one that takes the place of another is for the same.
    role: String,
}

impl Source {
    fn image(image: &ImageSource, role: Option<&str>) -> Self {
        let full = image.reference.familiar();
        let tag = image.reference.tag().map(|tag| format!(":{tag}"));
        let digest = image.reference.digest().map(|digest| format!("@{digest}"));
        let version = format!("{}{}", tag.unwrap_or_default(), digest.unwrap_or_default());
        let name = full.strip_suffix(&version).unwrap_or(&full).to_owned();
        let last = name.rsplit('/').next().unwrap_or(&name);
        Self {
            kind: "image",
            version: version.trim_start_matches(':').to_owned(),
            role: role.map_or_else(|| format!("image {last}"), |stage| format!("base {stage}")),
            name,
        }
    }

    fn git(git: &GitTree) -> Self {
        let commit = git.commit.as_ref();
        let commit = commit.filter(|commit| **commit != git.reference);
        let commit = commit.map(|commit| format!(" at {commit}"));
        Self {
            kind: "git",
            name: title::public_url(&git.url),
            version: format!("{}{}", git.reference, commit.unwrap_or_default()),
            role: git.key.clone(),
        }
    }

    fn file(url: &str, checksum: Option<&String>, key: &str) -> Self {
        let unknown = || "no checksum known".to_owned();
        Self {
            kind: "download",
            name: title::public_url(url),
            version: checksum.cloned().unwrap_or_else(unknown),
            role: key.to_owned(),
        }
    }

    fn context(name: &str) -> Self {
        Self {
            kind: "build context",
            name: name.to_owned(),
            version: String::new(),
            role: String::new(),
        }
    }

    fn of(tree: &Tree) -> Option<Self> {
        Some(match tree {
            Tree::Image(image) => Self::image(image, None),
            Tree::Git(git)
            | Tree::Context(ContextTree {
                origin: Origin::Git(git),
                ..
            }) => Self::git(git),
            Tree::Archive {
                url, checksum, key, ..
            }
            | Tree::Download {
                url, checksum, key, ..
            } => Self::file(url, checksum.as_ref(), key),
            Tree::NamedContext(NamedTree { name, .. })
            | Tree::Context(ContextTree {
                origin: Origin::NamedContext(NamedTree { name, .. }),
                ..
            }) => Self::context(name),
            Tree::Context(ContextTree {
                origin: Origin::Context,
                ..
            }) => Self::context(""),
            Tree::Stage(_) | Tree::Literal { .. } => return None,
        })
    }

    /// What it is, with its version.
    fn full(&self) -> String {
        match (self.kind, self.version.as_str()) {
            ("build context", _) if self.name.is_empty() => "the build's own".to_owned(),
            // The version of a file is its address.
            ("download", _) | (_, "") => self.name.clone(),
            ("git", version) => format!("{}#{version}", self.name),
            (_, version) if version.starts_with('@') => format!("{}{version}", self.name),
            (_, version) => format!("{}:{version}", self.name),
        }
    }

    fn what(&self) -> String {
        format!("{} {}", self.kind, self.name).trim_end().to_owned()
    }
}

/// What the plan fetches, in order, without repetition.
fn all(plan: &Plan) -> Vec<Source> {
    let mut all: Vec<Source> = Vec::new();
    let bases = plan.stages.iter().filter_map(|stage| match &stage.base {
        Base::Image(image) => Some(Source::image(image, Some(&stage.name))),
        Base::NamedContext(context) => Some(Source::context(&context.name)),
        Base::Stage(_) | Base::Scratch => None,
    });
    for source in bases.chain(plan.trees().filter_map(Source::of)) {
        if !all.iter().any(|known| known.full() == source.full()) {
            all.push(source);
        }
    }
    all
}

/// What is different in what is fetched: replaced first, then added, then removed.
pub(super) fn images_and_files(old: &Plan, new: &Plan) -> Vec<Change> {
    let (mut old, mut new) = (all(old), all(new));
    let same = |one: &Source, other: &Source| {
        (one.kind, &one.name, &one.version) == (other.kind, &other.name, &other.version)
    };
    let kept = old.clone();
    old.retain(|was| !new.iter().any(|is| same(was, is)));
    new.retain(|is| !kept.iter().any(|was| same(was, is)));
    let mut changes = Vec::new();
    let by_name = |was: &Source, is: &Source| was.name == is.name;
    for (was, is) in take(&mut old, &mut new, by_name) {
        changes.extend(Change::between(
            is.what(),
            Some(&was.version),
            Some(&is.version),
        ));
    }
    let by_role = |was: &Source, is: &Source| !is.role.is_empty() && was.role == is.role;
    for (was, is) in take(&mut old, &mut new, by_role) {
        changes.extend(Change::between(
            is.kind,
            Some(&was.full()),
            Some(&is.full()),
        ));
    }
    let added = new.iter().map(|is| (is.kind, None, Some(is.full())));
    let removed = old.iter().map(|was| (was.kind, Some(was.full()), None));
    let others = added.chain(removed);
    changes.extend(
        others.filter_map(|(kind, old, new)| Change::between(kind, old.as_ref(), new.as_ref())),
    );
    changes
}

/// Takes pairs of the same kind out of both that belong together.
fn take(
    old: &mut Vec<Source>,
    new: &mut Vec<Source>,
    together: impl Fn(&Source, &Source) -> bool,
) -> Vec<(Source, Source)> {
    let mut pairs = Vec::new();
    new.retain(|is| {
        let found = old
            .iter()
            .position(|was| was.kind == is.kind && together(was, is));
        if let Some(at) = found {
            pairs.push((old.remove(at), is.clone()));
        }
        found.is_none()
    });
    pairs
}

fn runs(plan: &Plan) -> impl Iterator<Item = &Run> {
    let steps = plan.stages.iter().flat_map(|stage| &stage.steps);
    steps.filter_map(|step| match &step.action {
        Action::Run(run) => Some(run),
        Action::Files(_) | Action::Link(_) | Action::Copy(_) => None,
    })
}

/// Cache mounts by their ids, each with the first path that it is used at.
fn cache_paths(plan: &Plan) -> BTreeMap<&str, &str> {
    let mut paths = BTreeMap::new();
    for mount in runs(plan).flat_map(|run| &run.mounts) {
        if let Mount::Cache(CacheMount { id, target, .. }) = mount {
            paths.entry(id.as_str()).or_insert(target.as_str());
        }
    }
    paths
}

/// What is different in cache mounts. One that another takes the place of was at
/// the same path.
pub(super) fn caches(old: &Plan, new: &Plan) -> Vec<Change> {
    let (was, is) = (cache_paths(old), cache_paths(new));
    let mut gone: Vec<_> = was.iter().filter(|(id, _)| !is.contains_key(*id)).collect();
    let mut changes = Vec::new();
    for (id, path) in is.iter().filter(|(id, _)| !was.contains_key(*id)) {
        let before = gone.iter().position(|(_, before)| *before == path);
        let before = before.map(|at| (*gone.remove(at).0).to_owned());
        let id = (*id).to_owned();
        changes.extend(Change::between(
            format!("cache {path}"),
            before.as_ref(),
            Some(&id),
        ));
    }
    for (id, path) in gone {
        let id = (*id).to_owned();
        changes.extend(Change::between(format!("cache {path}"), Some(&id), None));
    }
    changes
}

/// What is different in secrets.
pub(super) fn secrets(old: &Plan, new: &Plan) -> Vec<Change> {
    compare(asked_for(old), asked_for(new))
}

/// Secrets by their ids. One is needed when a step needs it.
fn asked_for(plan: &Plan) -> Vec<Fact> {
    let mut needed: BTreeMap<&str, bool> = BTreeMap::new();
    for run in runs(plan) {
        let files = run.mounts.iter().filter_map(|mount| match mount {
            Mount::Secret { id, optional, .. } => Some((id, *optional)),
            Mount::Cache(_) | Mount::Bind { .. } => None,
        });
        let variables = run.secrets.iter().map(|one| (&one.id, one.optional));
        for (id, optional) in files.chain(variables) {
            *needed.entry(id).or_default() |= !optional;
        }
    }
    let fact = |(id, needed): (&str, bool)| {
        Fact::new(
            format!("secret {id}"),
            if needed { "needed" } else { "if there" },
        )
    };
    needed.into_iter().map(fact).collect()
}
