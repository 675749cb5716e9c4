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
use crate::check::{Resolved, values};
use crate::diagnostic::{Sources, Span};
use crate::plan::{Action, Mount, Plan, Run};
use crate::spec::{Decode, Keys, Shape};

/// The version of the answer's form.
pub(super) const VERSION: &str = "1.0.0";

/// Switches outside of `components`, each with something inside that has a value
/// where it is on.
const SWITCHES: [&str; 2] = ["build.sccache", "features.modelexpress"];

/// What keys mean, each with its place.
type Values = BTreeMap<String, (String, Option<Span>)>;

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
    let values = values(resolved);
    let shape = Keys::shape();
    let argument = |name: String| {
        let meant = values.get(&name).cloned();
        let (value, place) = meant.or_else(|| switched(&name, &values)).unzip();
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

/// Whether a switch is on. What it is for has a version or a ref then, which says so.
fn switched(name: &str, values: &Values) -> Option<(String, Option<Span>)> {
    let (section, part) = name.split_once('.')?;
    let is_switch = match section {
        "components" => !part.contains('.'),
        _ => SWITCHES.contains(&name),
    };
    let inside = format!("{name}.");
    let mut below = values.range(inside.clone()..);
    let first = below.next().filter(|(path, _)| path.starts_with(&inside));
    let place = first.and_then(|(_, (_, place))| *place);
    is_switch.then(|| (first.is_some().to_string(), place))
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
        Shape::Scalar(_)
        | Shape::Choice(_)
        | Shape::Table(..)
        | Shape::List(_)
        | Shape::ScalarOrList(..) => "",
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
