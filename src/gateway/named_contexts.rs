//! The named build contexts that a plan uses, as the client gives them.
//!
//! Owns the text forms of their values. What else a client names is nobody's
//! business here.

use std::collections::BTreeMap;

use buildkit_llb::GitRemote;

use super::bridge::Bridge;
use super::contexts;
use super::error::FrontendError;
use super::findings;
use super::options::Options;
use super::serve::Request;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::emit::{self, NamedContext, written};
use crate::image::Reference;
use crate::pipeline::Outcome;
use crate::plan::public_url;

/// What to give instead of what is not supported.
const GIVE_A_DIRECTORY: &str = "give a directory, a git URL or `docker-image://NAME`";

/// How the URL of a git repository ends.
const GIT_SUFFIX: &str = ".git";

/// The contexts that the plans use, by the names the client gave. All that are
/// missing or wrong are reported at once, each at the line that asks for it.
pub(super) async fn take<B: Bridge>(
    request: &Request<B>,
    options: &Options,
    outcome: &Outcome,
) -> Result<BTreeMap<String, NamedContext>, FrontendError> {
    let mut taken = BTreeMap::new();
    let mut missing = Diagnostics::default();
    let mut refused = BTreeMap::new();
    for plan in &outcome.plans {
        let platform = emit::platform(plan.architecture);
        for (name, place) in plan.named_contexts() {
            let place = written(place, plan, &outcome.sources);
            let keys = emit::context_keys(name, &platform);
            let given = keys
                .iter()
                .find_map(|key| options.named_contexts.get_key_value(key));
            match given.map(|(key, value)| (key, parse(value))) {
                None => missing.push(
                    Diagnostic::error(
                        Code::MissingValue,
                        place,
                        format!("no build context `{name}`"),
                    )
                    .help(format!("add `--build-context {name}=DIR`")),
                ),
                Some((key, Ok(context))) => {
                    taken.insert(key.clone(), context);
                }
                Some((key, Err(why))) => {
                    let error = FrontendError::new(format!("the build context `{key}` {why}"));
                    let error = error.help(GIVE_A_DIRECTORY);
                    let error = findings::located(error, Some(place), &outcome.sources);
                    refused.insert(key, error);
                }
            }
        }
    }
    let missing = missing
        .has_errors()
        .then(|| findings::failure(&missing, &outcome.sources));
    if let Some(error) = FrontendError::all(missing.into_iter().chain(refused.into_values())) {
        return Err(error);
    }
    for (key, context) in &mut taken {
        let NamedContext::Local {
            name,
            session,
            excludes,
        } = context
        else {
            continue;
        };
        let own = options.local_sessions.get(name);
        *session = own.or(request.environment.session_id.as_ref()).cloned();
        let read = contexts::excludes_of_named(&*request.bridge, key, name, session.as_deref());
        *excludes = read.await.map_err(|error| {
            let chosen_at = outcome.plans.first().map(|plan| plan.chosen_at);
            findings::located(error, chosen_at, &outcome.sources)
        })?;
    }
    Ok(taken)
}

/// A value of the client, or what is wrong with it.
fn parse(value: &str) -> Result<NamedContext, String> {
    let (scheme, rest) = value.split_once(':').unwrap_or(("", value));
    let path = value.split(['#', '?']).next().unwrap_or(value);
    match scheme {
        "local" if !rest.is_empty() => Ok(NamedContext::Local {
            name: rest.to_owned(),
            session: None,
            excludes: Vec::new(),
        }),
        "docker-image" => {
            let text = rest.strip_prefix("//").unwrap_or(rest);
            match Reference::parse(text) {
                Ok(reference) => Ok(NamedContext::Image(
                    reference.with_default_tag().to_string(),
                )),
                Err(error) => Err(format!("is no image: {error}")),
            }
        }
        "http" | "https" if path.ends_with(GIT_SUFFIX) => git(value),
        "git" | "ssh" => git(value),
        _ if scheme.contains('@') && GitRemote::parse(value).is_ssh() => git(value),
        "http" | "https" => Err(format!(
            "is no git repository, whose URL would end in `{GIT_SUFFIX}`: `{}`",
            public_url(value)
        )),
        "" => Err("is of no kind".to_owned()),
        kind => Err(format!(
            "is of a kind that this version does not support: `{kind}`"
        )),
    }
}

/// `URL`, `URL#REFERENCE` or `URL#REFERENCE:FOLDER`.
fn git(value: &str) -> Result<NamedContext, String> {
    let (url, fragment) = value.split_once('#').unwrap_or((value, ""));
    if url.contains('?') {
        return Err(format!(
            "has a query, which this version does not support: `{}`",
            public_url(url)
        ));
    }
    // What was built is written down, and nobody's password belongs there.
    if !GitRemote::parse(url).is_ssh() && public_url(url) != url {
        return Err(format!(
            "holds credentials, which belong into the secret `GIT_AUTH_TOKEN`: `{}`",
            public_url(url)
        ));
    }
    let (reference, folder) = fragment.split_once(':').unwrap_or((fragment, ""));
    Ok(NamedContext::Git {
        url: url.to_owned(),
        reference: reference.to_owned(),
        folder: folder.to_owned(),
    })
}
