//! Requests for an answer instead of a build.
//!
//! Owns their names, the list that describes them and the refusal of unknown
//! ones. What a request answers is decided where its subject lives.

use serde::Serialize;
use tonic::Code;

use super::errdefs;
use super::error::FrontendError;
use super::result::SubrequestResult;
use super::table::table;

/// Lists the subrequests.
pub const DESCRIBE: &str = "frontend.subrequests.describe";
/// Reports what is wrong with a spec.
pub const LINT: &str = "frontend.lint";
/// Lists the parameters of a target.
pub const OUTLINE: &str = "frontend.outline";
/// Lists the targets.
pub const TARGETS: &str = "frontend.targets";
/// Shows the graph.
pub const CONVERT_LLB: &str = "frontend.convertllb";

/// Before the names of all subrequests.
pub(super) const PREFIX: &str = "frontend.";
/// The version of the list's form.
const DESCRIBE_VERSION: &str = "1.0.0";

/// What there is to say about one subrequest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Subrequest {
    /// Its full name.
    pub name: &'static str,
    /// The version of its answer's form.
    pub version: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    /// What it does.
    pub description: &'static str,
    /// Options it reads.
    #[serde(serialize_with = "null_if_empty")]
    pub opts: &'static [Named],
    /// Inputs it reads.
    #[serde(serialize_with = "null_if_empty")]
    pub inputs: &'static [Named],
    /// Metadata it answers with.
    #[serde(serialize_with = "null_if_empty")]
    pub metadata: &'static [Named],
    /// References it answers with.
    #[serde(serialize_with = "null_if_empty")]
    pub refs: &'static [Named],
}

/// A name with its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The name.
    pub name: &'static str,
    /// Its meaning.
    pub description: &'static str,
}

const JSON: Named = Named {
    name: "result.json",
    description: "the answer as JSON",
};
const TEXT: Named = Named {
    name: "result.txt",
    description: "the answer as text",
};

impl Subrequest {
    /// The request that lists all of them.
    pub const DESCRIBE: Self = Self::new(
        DESCRIBE,
        DESCRIBE_VERSION,
        "List available subrequest types",
    );

    /// A request with the two usual answers and no options.
    pub const fn new(name: &'static str, version: &'static str, description: &'static str) -> Self {
        Self {
            name,
            version,
            kind: "rpc",
            description,
            opts: &[],
            inputs: &[],
            metadata: &[JSON, TEXT],
            refs: &[],
        }
    }

    /// The same with an answer for programs alone.
    pub const fn without_text(self) -> Self {
        Self {
            metadata: &[JSON],
            ..self
        }
    }

    /// The same with options.
    pub const fn with_opts(self, opts: &'static [Named]) -> Self {
        Self { opts, ..self }
    }
}

/// The answer to [`DESCRIBE`].
#[expect(clippy::missing_panics_doc, reason = "no table can cause one")]
pub fn describe(table: &[Subrequest]) -> SubrequestResult {
    SubrequestResult {
        version: DESCRIBE_VERSION.to_owned(),
        json: serde_json::to_vec_pretty(table).expect("structs of texts are always JSON"),
        text: Some(text_table(table)),
        status_code: None,
    }
}

/// The refusal of a request that is not known. Clients look for this text.
pub fn unsupported(name: &str) -> FrontendError {
    FrontendError::new(format!("unsupported request {name}"))
        .with_code(Code::Unimplemented)
        .with_detail(&errdefs::Subrequest {
            name: name.to_owned(),
        })
}

fn text_table(requests: &[Subrequest]) -> String {
    let short = |name: &'static str| name.strip_prefix(PREFIX).unwrap_or(name);
    let rows = requests
        .iter()
        .map(|request| [short(request.name), request.version, request.description]);
    let rows: Vec<_> = [["NAME", "VERSION", "DESCRIPTION"]]
        .into_iter()
        .chain(rows)
        .collect();
    table(&rows, 1)
}

/// An empty Go slice is null.
fn null_if_empty<S: serde::Serializer>(items: &[Named], to: S) -> Result<S::Ok, S::Error> {
    let items = Some(items).filter(|items| !items.is_empty());
    items.serialize(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::errdefs::Detail;

    const TABLE: [Subrequest; 2] = [
        Subrequest::new(LINT, "1.0.0", "Check the spec").with_opts(&[Named {
            name: "target",
            description: "the target",
        }]),
        Subrequest::DESCRIBE,
    ];

    #[test]
    fn case_90_the_list_is_a_table_and_json() {
        let answer = describe(&TABLE);
        assert_eq!(
            answer.text.as_deref(),
            Some(concat!(
                "NAME                 VERSION DESCRIPTION\n",
                "lint                 1.0.0   Check the spec\n",
                "subrequests.describe 1.0.0   List available subrequest types\n",
            ))
        );
        let json: serde_json::Value = serde_json::from_slice(&answer.json).expect("JSON");
        assert_eq!(json[0]["name"], "frontend.lint");
        assert_eq!(json[0]["type"], "rpc");
        assert_eq!(json[0]["opts"][0]["name"], "target");
        assert!(json[0]["refs"].is_null() && json[1]["opts"].is_null());
        assert_eq!(json[1]["metadata"][0]["name"], "result.json");
    }

    #[test]
    fn an_unknown_request_is_refused_in_the_words_clients_look_for() {
        let status = unsupported("frontend.x").into_status();
        assert_eq!(status.message, "unsupported request frontend.x");
        assert_eq!(status.code, i32::from(Code::Unimplemented));
        let detail = errdefs::Subrequest {
            name: "frontend.x".to_owned(),
        };
        assert_eq!(status.details, [detail.to_any()]);
    }
}
