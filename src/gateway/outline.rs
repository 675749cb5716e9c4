//! What can be set from outside, and what the build uses: `frontend.outline`.
//!
//! Owns the list. Which keys there are is told by the shape of the spec, which
//! values they have by the spec as meant.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::FrontendError;
use super::parameters::{Location, spec_text};
use super::result::SubrequestResult;
use super::table::table;
use crate::check::{Dynamo, Resolved};
use crate::diagnostic::{Sources, Span};
use crate::plan::{Action, Mount, Plan, Run};
use crate::spec::{Decode, Keys, Shape};

/// The version of the answer's form.
pub(super) const VERSION: &str = "1.0.0";

#[derive(Serialize)]
struct Outline {
    name: String,
    description: String,
    args: Vec<Argument>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    secrets: Vec<Secret>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cache: Vec<Cache>,
    sources: Vec<String>,
}

/// A key that a build argument of its name sets.
#[derive(Serialize)]
struct Argument {
    name: String,
    description: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

/// What the client must have, or may.
#[derive(Serialize)]
struct Secret {
    name: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

#[derive(Serialize)]
struct Cache {
    #[serde(rename = "ID")]
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

/// The keys, the values they have, and the secrets and caches of the build.
pub(super) fn answer(
    resolved: &Resolved,
    plan: &Plan,
    sources: &Sources,
) -> Result<SubrequestResult, FrontendError> {
    let mut values = values(resolved);
    let shape = Keys::shape();
    let argument = |name: String| {
        let (value, place) = values.remove(&name).unzip();
        Argument {
            description: doc(shape, &name),
            value,
            location: place
                .flatten()
                .and_then(|place| Location::of(place, sources)),
            name,
        }
    };
    let mut args: Vec<Argument> = shape.scalar_paths().into_iter().map(argument).collect();
    // As clients expect it: by place. What has none comes after, in our order.
    args.sort_by_key(|one| (one.location.is_none(), one.location.clone()));
    let (framework, device) = (resolved.framework.value, resolved.device.value);
    let outline = Outline {
        name: resolved.target.value.to_string(),
        description: format!("{framework} for {device}, pins of {}", plan.catalog),
        args,
        secrets: secrets(plan, sources),
        cache: caches(plan, sources),
        sources: spec_text(sources),
    };
    Ok(SubrequestResult {
        version: VERSION.to_owned(),
        json: serde_json::to_vec_pretty(&outline).map_err(FrontendError::bug)?,
        text: Some(text(&outline)),
        status_code: None,
    })
}

/// What the keys mean that always mean something, each with its place. A key
/// that is not here is shown without a value.
fn values(resolved: &Resolved) -> BTreeMap<String, (String, Option<Span>)> {
    let mut values = BTreeMap::new();
    // What is kept without a place.
    for (name, value) in [
        ("catalog", resolved.release.clone()),
        ("toolchain.cargo_jobs", resolved.cargo_jobs.to_string()),
    ] {
        values.insert(name.to_owned(), (value, None));
    }
    let mut set = |name: &str, value: &dyn ToString, place: Span| {
        values.insert(name.to_owned(), (value.to_string(), Some(place)));
    };
    let Resolved {
        framework,
        target,
        device,
        cuda,
        images,
        python,
        user,
        uv,
        rust,
        ..
    } = resolved;
    set("framework", &framework.value, framework.span);
    set("target", &target.value, target.span);
    set("device", &device.value, device.span);
    match &resolved.dynamo {
        Dynamo::Index { version, .. } => {
            set("dynamo.source.index", &version.value, version.span);
        }
        Dynamo::Context { place } => set("dynamo.source", &"context", *place),
        Dynamo::Git { git, .. } => {
            set("dynamo.source.git.url", &git.url.value, git.url.span);
            let reference = &git.reference;
            set("dynamo.source.git.ref", &reference.value, reference.span);
        }
    }
    if let Some(commit) = &resolved.commit {
        set("dynamo.commit", &commit.value, commit.span);
    }
    if let Some(cuda) = cuda {
        set("cuda", &cuda.value, cuda.span);
    }
    set("images.base", &images.base.value, images.base.span);
    set("images.runtime", &images.runtime.value, images.runtime.span);
    let builder = &images.wheel_builder;
    set("images.wheel_builder", &builder.value, builder.span);
    set("images.uv", &uv.image.value, uv.image.span);
    set("images.rust", &rust.image.value, rust.image.span);
    set("toolchain.python", &python.value, python.span);
    set("toolchain.rust", &rust.version.value, rust.version.span);
    set("components.uv.version", &uv.version.value, uv.version.span);
    for download in &resolved.downloads {
        let name = format!("components.{}.version", download.name);
        set(&name, &download.version.value, download.version.span);
    }
    for (component, git) in &resolved.components {
        let name = format!("components.{component}.ref");
        set(&name, &git.reference.value, git.reference.span);
    }
    set("user.name", &user.name.value, user.name.span);
    set("user.uid", &user.uid.value, user.uid.span);
    set("user.gid", &user.gid.value, user.gid.span);
    values
}

/// What a key is for: its own words, or those of what it is in.
fn doc(shape: Shape, path: &str) -> &'static str {
    let (head, rest) = match path.split_once('.') {
        Some((head, rest)) => (head, Some(rest)),
        None => (path, None),
    };
    match shape {
        Shape::Mapping(fields) | Shape::WordOrOneOf(_, fields) => {
            let field = fields.iter().find(|field| field.name == head);
            field.map_or("", |field| {
                let below = rest.map(|rest| doc((field.shape)(), rest));
                below
                    .filter(|doc| !doc.is_empty())
                    .unwrap_or(field.doc.trim())
            })
        }
        Shape::Switch(inner) => doc(inner(), path),
        Shape::Scalar(_) | Shape::Choice(_) | Shape::Table(_) | Shape::List(_) => "",
    }
}

/// Every cache once, at the first step that mounts it.
fn caches(plan: &Plan, sources: &Sources) -> Vec<Cache> {
    let id = |mount: &Mount| match mount {
        Mount::Cache(cache) => Some(cache.id.clone()),
        Mount::Bind { .. } | Mount::Secret { .. } => None,
    };
    let found = used(plan, sources, |run| {
        run.mounts.iter().filter_map(id).collect()
    });
    let cache = |(id, location)| Cache { id, location };
    found.into_iter().map(cache).collect()
}

/// Every secret once, at the first step that is given it.
fn secrets(plan: &Plan, sources: &Sources) -> Vec<Secret> {
    let file = |mount: &Mount| match mount {
        Mount::Secret { id, optional, .. } => Some((id.clone(), !optional)),
        Mount::Bind { .. } | Mount::Cache(_) => None,
    };
    let found = used(plan, sources, |run| {
        let variables = run
            .secrets
            .iter()
            .map(|one| (one.id.clone(), !one.optional));
        run.mounts
            .iter()
            .filter_map(file)
            .chain(variables)
            .collect()
    });
    let secret = |((name, required), location)| Secret {
        name,
        required,
        location,
    };
    found.into_iter().map(secret).collect()
}

/// What steps use, each once, with the first line of the spec that made a step
/// use it; sorted by that line.
fn used<T: PartialEq>(
    plan: &Plan,
    sources: &Sources,
    of: impl Fn(&Run) -> Vec<T>,
) -> Vec<(T, Option<Location>)> {
    let mut all: Vec<(T, Option<Location>)> = Vec::new();
    let steps = plan.stages.iter().flat_map(|stage| &stage.steps);
    for step in steps {
        let Action::Run(run) = &step.action else {
            continue;
        };
        for one in of(run) {
            if !all.iter().any(|(known, _)| *known == one) {
                let places = step.places.iter();
                let mut places = places.filter_map(|place| Location::of(*place, sources));
                all.push((one, places.next()));
            }
        }
    }
    all.sort_by_key(|(_, location)| (location.is_none(), location.clone()));
    all
}

fn text(outline: &Outline) -> String {
    let head = [
        ["TARGET:", outline.name.as_str()],
        ["DESCRIPTION:", &outline.description],
    ];
    let rows = outline.args.iter().map(|one| {
        let value = one.value.as_deref().unwrap_or_default();
        [one.name.as_str(), value, one.description]
    });
    let rows: Vec<_> = [["BUILD ARG", "VALUE", "DESCRIPTION"]]
        .into_iter()
        .chain(rows)
        .collect();
    let mut text = format!("{}\n{}\n", table(&head, 1), table(&rows, 3));
    if !outline.secrets.is_empty() {
        let need = |one: &Secret| if one.required { "yes" } else { "" };
        let rows = outline
            .secrets
            .iter()
            .map(|one| [one.name.as_str(), need(one)]);
        let rows: Vec<_> = [["SECRET", "REQUIRED"]].into_iter().chain(rows).collect();
        text = format!("{text}\n{}\n", table(&rows, 3));
    }
    text
}
