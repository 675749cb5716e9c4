//! Requests that are answered instead of building: `docker buildx build
//! --call=NAME`.
//!
//! Owns the table of what is answered and the form of each answer. Nothing here
//! resolves anything: an answer needs the spec and no network. The one that
//! needs more is `convert_llb`'s.

use serde_json::{Value, json};

use super::convert_llb;
use super::error::FrontendError;
use super::findings;
use super::options::Options;
use super::result::{Reply, SubrequestResult};
use super::subrequest::{self, Named, Subrequest};
use super::{outline, targets};
use crate::diagnostic::{Diagnostic, Source, SourceId, SourceKind, Sources, Span, summary};
use crate::pipeline::Outcome;
use crate::plan::{Plan, graph_to_json, to_json, to_mermaid, to_text};
use crate::schema;

const PLAN: &str = "frontend.plan";
const GRAPH: &str = "frontend.graph";
const SCHEMA: &str = "frontend.schema";
/// The form of the answer that clients know.
const LINT_VERSION: &str = "1.0.0";

/// Every request that is answered.
const TABLE: &[Subrequest] = &[
    Subrequest::DESCRIBE,
    Subrequest::new(subrequest::LINT, LINT_VERSION, "Check the spec"),
    Subrequest::new(
        subrequest::OUTLINE,
        outline::VERSION,
        "List what can be set by build arguments, with its values",
    )
    .with_opts(&[Named {
        name: "target",
        description: "the target, in place of the spec's",
    }]),
    Subrequest::new(
        subrequest::TARGETS,
        targets::VERSION,
        "List the targets of the framework",
    ),
    Subrequest::new(
        PLAN,
        "1.0.0",
        "Show what would be built: stages, steps, sources, image config",
    ),
    Subrequest::new(
        GRAPH,
        "1.0.0",
        "Draw what would be built: stages, their steps, what they need",
    ),
    Subrequest::new(
        SCHEMA,
        "1.0.0",
        "Show the JSON Schema of specs, for editors",
    ),
    Subrequest::new(
        subrequest::CONVERT_LLB,
        convert_llb::VERSION,
        "Show the LLB graph that a build would solve, as JSON",
    )
    .without_text(),
];

/// Whether the answer to a request is made of the graph, and so of the images
/// in it.
pub(super) fn needs_graph(name: &str) -> bool {
    name == subrequest::CONVERT_LLB
}

/// The answer to requests that need no spec; `None` for all others.
pub(super) fn without_spec(options: &Options) -> Option<Result<Reply, FrontendError>> {
    match options.request_id.as_deref()? {
        subrequest::DESCRIBE => Some(Ok(Reply::Subrequest(subrequest::describe(TABLE)))),
        SCHEMA => Some(json_schema().map(Reply::Subrequest)),
        name if TABLE.iter().any(|known| known.name == name) => None,
        name => Some(Err(unsupported(name))),
    }
}

/// The answer to a request about a spec.
pub(super) fn answer(name: &str, outcome: &Outcome) -> Result<Reply, FrontendError> {
    let sources = &outcome.sources;
    if name == subrequest::LINT {
        return Ok(Reply::Subrequest(lint(outcome)));
    }
    let (Some(resolved), [plan, ..]) = (&outcome.resolved, &*outcome.plans) else {
        return Err(findings::failure(&outcome.diagnostics, sources));
    };
    // What would be built is nothing where warnings end a build.
    let shows_build = [PLAN, GRAPH].contains(&name);
    if let Some(violation) = findings::violation(outcome).filter(|_| shows_build) {
        return Err(violation);
    }
    let answer = match name {
        PLAN => plans(outcome),
        GRAPH => graphs(&outcome.plans),
        subrequest::OUTLINE => outline::answer(resolved, plan, sources)?,
        subrequest::TARGETS => targets::answer(resolved, sources)?,
        name => return Err(unsupported(name)),
    };
    Ok(Reply::Subrequest(answer))
}

/// The refusal of a request, with those that are answered. Clients cut the
/// prefix, and look for the text of the first line.
fn unsupported(name: &str) -> FrontendError {
    let calls = TABLE.iter().map(|known| {
        let call = known.name.strip_prefix(subrequest::PREFIX);
        format!("`--call={}`", call.unwrap_or(known.name))
    });
    let calls: Vec<String> = calls.collect();
    subrequest::unsupported(name).help(format_args!("this version answers {}", calls.join(", ")))
}

fn json_schema() -> Result<SubrequestResult, FrontendError> {
    let text = schema::document().map_err(FrontendError::bug)?;
    Ok(SubrequestResult {
        version: "1.0.0".to_owned(),
        json: text.clone().into_bytes(),
        text: Some(text),
        status_code: None,
    })
}

fn plans(outcome: &Outcome) -> SubrequestResult {
    let json = outcome
        .plans
        .iter()
        .map(|plan| to_json(plan, &outcome.sources));
    let text: Vec<String> = outcome
        .plans
        .iter()
        .map(|plan| to_text(plan, &outcome.sources))
        .collect();
    SubrequestResult {
        version: "1.0.0".to_owned(),
        json: json.collect::<Value>().to_string().into_bytes(),
        text: Some(text.join("\n")),
        status_code: None,
    }
}

/// A picture for people, the same as data for programs.
fn graphs(plans: &[Plan]) -> SubrequestResult {
    let text: Vec<String> = plans.iter().map(to_mermaid).collect();
    let json: Value = plans.iter().map(graph_to_json).collect();
    SubrequestResult {
        version: "1.0.0".to_owned(),
        json: json.to_string().into_bytes(),
        text: Some(text.join("\n")),
        status_code: None,
    }
}

/// Findings in the form of the Dockerfile frontend's lint: warnings one by one,
/// errors together as what stops the build.
fn lint(outcome: &Outcome) -> SubrequestResult {
    let Outcome {
        diagnostics,
        sources,
        ..
    } = outcome;
    let warnings: Vec<Value> = diagnostics
        .warnings()
        .into_iter()
        .map(|one| warning(one, sources))
        .collect();
    let errors = diagnostics.errors();
    let files: Vec<Value> = of_user(sources)
        .map(|(_, source)| {
            let data =
                base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &source.text);
            json!({"filename": source.name, "language": source.kind.language(), "data": data})
        })
        .collect();
    let mut answer = json!({"warnings": warnings, "sources": files});
    let mut text = summary(&diagnostics.warnings(), sources);
    if let Some(first) = errors.first() {
        let message = summary(&errors, sources);
        text = [text, message.clone()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n");
        answer["buildError"] =
            json!({"message": message, "location": location(first.primary, sources)});
    } else if let Some(violation) = outcome.violation() {
        let first = diagnostics.warnings().first().and_then(|one| one.primary);
        answer["buildError"] = json!({"message": violation, "location": location(first, sources)});
    }
    SubrequestResult {
        version: LINT_VERSION.to_owned(),
        json: answer.to_string().into_bytes(),
        text: Some(text),
        status_code: Some(u8::from(!diagnostics.is_clean())),
    }
}

fn warning(one: &Diagnostic, sources: &Sources) -> Value {
    // Clients show every place as one of the file they were given, so that one
    // in another text is told in words.
    let elsewhere = one
        .primary
        .filter(|span| sources.kind(*span) != SourceKind::Spec);
    let message = match elsewhere {
        Some(span) => format!("{}: {}", sources.get(span.source).name, one.message),
        None => one.message.clone(),
    };
    let place = one.primary.filter(|_| elsewhere.is_none());
    let detail: Vec<&str> = std::iter::once(&message)
        .chain(&one.help)
        .map(String::as_str)
        .collect();
    json!({
        "ruleName": one.code.name(),
        "description": one.code.summary(),
        "url": one.code.url(),
        "detail": detail.join("; "),
        "location": location(place, sources),
    })
}

/// The texts that a client is sent: what the user wrote.
fn of_user(sources: &Sources) -> impl Iterator<Item = (SourceId, &Source)> {
    let written = |(_, source): &(SourceId, &Source)| source.kind != SourceKind::Catalog;
    sources.iter().filter(written)
}

/// Clients read the members without asking whether they are there.
fn location(place: Option<Span>, sources: &Sources) -> Value {
    let found = place.and_then(|span| {
        let index = of_user(sources).position(|(id, _)| id == span.source)?;
        Some((span, index))
    });
    let Some((span, index)) = found else {
        return json!({"sourceIndex": -1, "ranges": []});
    };
    let (first, last) = sources.lines(span);
    let at = |line| json!({"line": line, "character": 0});
    json!({"sourceIndex": index, "ranges": [{"start": at(first), "end": at(last)}]})
}
