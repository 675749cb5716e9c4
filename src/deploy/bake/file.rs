//! The file: what stands in it, as types, and its groups. JSON, which bake reads as
//! it reads HCL.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::cache::Cache;
use super::check::Check;
use super::entry::{Ask, CHECKS, DEFAULT, Entry};
use super::text::{Literal, Value, literals};
use super::version::Version;
use crate::deploy::{Inputs, Repository};

/// What is the same for every entry.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The build context.
    pub context: String,
    /// The spec, as seen from the build context.
    pub spec: String,
    /// Build arguments.
    pub build_args: BTreeMap<String, String>,
    /// Named contexts, secrets, agents of SSH.
    pub inputs: Inputs,
    /// Stages that are built without their cache.
    pub no_cache_filter: Vec<String>,
    /// Where images go.
    pub repositories: Vec<Repository>,
    /// The version they are of.
    pub version: Version,
    /// Whether the tags that move with each build are made too.
    pub latest: bool,
    /// The commit of the sources, where it is known.
    pub commit: Option<String>,
    /// Labels of images that set none of the same name.
    pub labels: BTreeMap<String, String>,
    /// Caches to read.
    pub cache_from: Vec<Cache>,
    /// Caches to read and to write.
    pub cache_to: Vec<Cache>,
    /// Attestations, as buildx takes them.
    pub attestations: Vec<String>,
}

/// A bake file.
#[derive(Debug, Serialize)]
pub struct BakeFile {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variable: BTreeMap<&'static str, Variable>,
    group: BTreeMap<String, Group>,
    target: BTreeMap<String, Build>,
}

/// A build by its name.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Build {
    /// Of an image.
    Target(Box<Target>),
    /// Of its checks.
    Check(Check),
}

/// A value that bake takes from its environment.
#[derive(Debug, Serialize)]
struct Variable {
    /// Null: what is set to it is not set.
    default: Option<String>,
}

/// Targets that are built together.
#[derive(Debug, Default, Serialize)]
struct Group {
    targets: Vec<String>,
}

/// One build.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Target {
    context: Literal,
    dockerfile: Literal,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    contexts: BTreeMap<Literal, Literal>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    args: BTreeMap<Literal, Value>,
    #[serde(rename = "target", skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    platforms: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Literal>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<Literal, Literal>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cache_from: Vec<Literal>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cache_to: Vec<Literal>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attest: Vec<Literal>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secret: Vec<Literal>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ssh: Vec<Literal>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    no_cache_filter: Vec<Literal>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    output: Vec<Literal>,
}

impl BakeFile {
    /// The file of these entries.
    pub fn new(entries: &[Entry], recipe: &Recipe) -> Self {
        let asked: BTreeSet<Ask> = entries.iter().flat_map(|one| one.asks.clone()).collect();
        let variable = |ask: Ask| (ask.variable(), Variable { default: None });
        let target = |one: &Entry| {
            let target = Target::new(one, recipe);
            (one.name(), Build::Target(Box::new(target)))
        };
        let check = |one: &Entry| {
            let check = Check::of(one, &recipe.attestations)?;
            Some((one.check_name(), Build::Check(check)))
        };
        let targets = entries.iter().map(target);
        Self {
            variable: asked.into_iter().map(variable).collect(),
            group: groups(entries),
            target: targets.chain(entries.iter().filter_map(check)).collect(),
        }
    }
}

/// All entries, those of each framework, target and device, and their checks.
fn groups(entries: &[Entry]) -> BTreeMap<String, Group> {
    // Where nothing is left to build, building all of it is no mistake.
    let mut all = BTreeMap::from([(DEFAULT.to_owned(), Group::default())]);
    for entry in entries {
        for group in entry.groups() {
            let group = all.entry(group.to_owned()).or_default();
            group.targets.push(entry.name());
        }
        if entry.is_checked {
            let checks = all.entry(CHECKS.to_owned()).or_default();
            checks.targets.push(entry.check_name());
        }
    }
    all
}

impl Target {
    fn new(entry: &Entry, recipe: &Recipe) -> Self {
        let name = entry.image.to_string();
        let wanted = |label: &str| !entry.labels.contains(label);
        let labels = recipe.labels.iter().filter(|(label, _)| wanted(label));
        let read = recipe.cache_to.iter().chain(&recipe.cache_from);
        let written = recipe.cache_to.iter();
        Self {
            context: Literal::from(&recipe.context),
            dockerfile: Literal::from(&recipe.spec),
            contexts: literals(&recipe.inputs.contexts),
            args: arguments(entry, recipe),
            stage: entry.combination.target.map(|one| one.to_string()),
            platforms: entry
                .platforms
                .iter()
                .map(|one| one.platform().to_string())
                .collect(),
            tags: entry.tags(recipe).iter().map(Literal::from).collect(),
            labels: literals(labels),
            cache_from: read.map(|one| Literal(one.from(&name))).collect(),
            cache_to: written.map(|one| Literal(one.to(&name))).collect(),
            attest: recipe.attestations.iter().map(Literal::from).collect(),
            secret: recipe.inputs.secret_options().map(Literal).collect(),
            ssh: recipe.inputs.ssh.iter().map(Literal::from).collect(),
            no_cache_filter: recipe.no_cache_filter.iter().map(Literal::from).collect(),
            output: entry.output().map(Literal).into_iter().collect(),
        }
    }
}

/// The build arguments of an entry: those of all, those that choose it, what it
/// is recorded as, and what bake fills in.
fn arguments(entry: &Entry, recipe: &Recipe) -> BTreeMap<Literal, Value> {
    let mut all = recipe.build_args.clone();
    all.append(&mut entry.combination.build_args());
    if entry.takes_version {
        all.insert("dynamo.version".to_owned(), recipe.version.python.clone());
    }
    if let (true, Some(commit)) = (entry.takes_commit, &recipe.commit) {
        all.insert("dynamo.commit".to_owned(), commit.clone());
    }
    let given = all.into_iter();
    let given = given.map(|(key, value)| (Literal(key), Value::Literal(Literal(value))));
    let asked = entry.asks.iter();
    let asked = asked.map(|ask| (Literal::from(ask.key()), Value::Variable(ask.variable())));
    given.chain(asked).collect()
}
