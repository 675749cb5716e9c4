//! What can be changed, one line for each key of a spec.

use std::collections::BTreeMap;

use super::{Wish, cuda, is_given};
use crate::catalog::CatalogError;
use crate::check::{Resolved, values};
use crate::spec::{Decode, Field, Keys, Shape};

/// Characters of a line; what does not fit is left to the schema.
const WIDTH: usize = 110;

/// Keys that mean nothing unless given, and `dynamo`, where another source than
/// that without it is what people look for. Of several the first that fits.
const EXAMPLES: [(&str, &str); 9] = [
    ("efa", "true"),
    ("dynamo", "{source: {index: 1.0.0}}"),
    ("packages", "{apt: [htop], pip: [ruff]}"),
    (
        "extend",
        "{runtime: [{run: [python, -m, compileall, -q, /workspace]}]}",
    ),
    ("env", "{LOG_LEVEL: info}"),
    ("labels", "{team: example}"),
    ("expose", "[8000]"),
    ("mirrors", "{nvcr.io: registry.example.org/nvcr.io}"),
    ("mirrors", "{docker.io: registry.example.org/docker.io}"),
];

/// What stands first in its line, as it is changed most.
const FIRST: [&str; 7] = [
    "components.nixl.ref",
    "components.ucx.ref",
    "components.uv.version",
    "images.runtime",
    "images.wheel_builder",
    "toolchain.python",
    "toolchain.rust",
];

/// A key that can be changed.
pub(super) struct Offer {
    field: &'static Field,
    content: Content,
}

enum Content {
    /// One of these values.
    Examples(Vec<&'static str>),
    /// The values that hold without it, by their paths inside of the key; of the
    /// key itself by the empty path.
    Known(Vec<(String, String)>),
}

/// All keys that there is something to say of, in the order of the spec.
pub(super) fn offers(wish: &Wish, resolved: &[Resolved]) -> Vec<Offer> {
    let values = common(resolved);
    let Shape::Mapping(fields) = Keys::shape() else {
        return Vec::new();
    };
    let free = fields.iter().filter(|field| !is_given(field.name, wish));
    free.map(|field| Offer {
        field,
        content: content(field.name, &values),
    })
    .collect()
}

/// The values that are the same on every architecture.
fn common(resolved: &[Resolved]) -> BTreeMap<String, String> {
    let all = |resolved| {
        let values = values(resolved).into_iter();
        values.map(|(path, (value, _))| (path, value))
    };
    let mut each = resolved.iter().map(|one| all(one).collect());
    let first: BTreeMap<String, String> = each.next().unwrap_or_default();
    each.fold(first, |mut common, other: BTreeMap<String, String>| {
        common.retain(|path, value| other.get(path) == Some(value));
        common
    })
}

fn content(key: &str, values: &BTreeMap<String, String>) -> Content {
    let examples = EXAMPLES.iter().filter(|(known, _)| *known == key);
    let examples: Vec<&str> = examples.map(|(_, example)| *example).collect();
    if !examples.is_empty() {
        return Content::Examples(examples);
    }
    let inside = |path: &str| match path.strip_prefix(key)? {
        "" => Some(String::new()),
        rest => rest.strip_prefix('.').map(str::to_owned),
    };
    // Where something comes from is changed by a mirror, or by a context.
    let address = |path: &str| path.rsplit('.').next() == Some("url");
    let known = values.iter().filter(|(path, _)| !address(path));
    let mut known: Vec<_> = known
        .filter_map(|(path, value)| Some((inside(path)?, path, value)))
        .collect();
    let place = |path: &str| FIRST.iter().position(|first| *first == path);
    known.sort_by_key(|(_, path, _)| place(path).unwrap_or(FIRST.len()));
    Content::Known(
        known
            .into_iter()
            .map(|(inside, _, value)| (inside, scalar(value)))
            .collect(),
    )
}

impl Offer {
    /// What the key is for.
    pub(super) fn doc(&self, wish: &Wish) -> Result<String, CatalogError> {
        let doc = self.field.doc.trim();
        Ok(match self.field.name {
            "cuda" => format!("{doc} Here: {}.", cuda(wish)?),
            "dynamo" => format!("{doc} From the build context, unless given; here, a release."),
            _ => doc.to_owned(),
        })
    }

    /// The line of the key, with what of it a build takes; none, if that is nothing.
    pub(super) fn line(
        &self,
        takes: impl Fn(&str) -> Result<bool, CatalogError>,
    ) -> Result<Option<String>, CatalogError> {
        let key = self.field.name;
        let known = match &self.content {
            Content::Examples(examples) => {
                for example in examples {
                    let line = format!("{key}: {example}");
                    if takes(&line)? {
                        return Ok(Some(line));
                    }
                }
                return Ok(None);
            }
            Content::Known(known) => known,
        };
        let mut kept: Vec<(&str, &str)> = Vec::new();
        for (path, value) in known {
            let mut more = kept.clone();
            more.push((path, value));
            let line = format!("{key}: {}", flow(&more));
            let fits = kept.is_empty() || line.chars().count() <= WIDTH;
            if fits && takes(&line)? {
                kept = more;
            }
        }
        Ok((!kept.is_empty()).then(|| format!("{key}: {}", flow(&kept))))
    }
}

/// Values by their dotted paths as one mapping on a line, those of one key
/// together.
fn flow(values: &[(&str, &str)]) -> String {
    if let [("", value)] = values {
        return (*value).to_owned();
    }
    let mut groups: Vec<(&str, Vec<(&str, &str)>)> = Vec::new();
    for (path, value) in values {
        let (head, rest) = path.split_once('.').unwrap_or((path, ""));
        match groups.iter_mut().find(|(known, _)| *known == head) {
            Some((_, inner)) => inner.push((rest, value)),
            None => groups.push((head, vec![(rest, value)])),
        }
    }
    let groups = groups.iter();
    let groups: Vec<String> = groups
        .map(|(head, inner)| format!("{head}: {}", flow(inner)))
        .collect();
    format!("{{{}}}", groups.join(", "))
}

/// The value as YAML reads it. A release such as 3.10 is no number.
fn scalar(value: &str) -> String {
    let number = value.contains('.') && value.parse::<f64>().is_ok();
    let special = value.contains(|c: char| "{}[],\"'#&*!|>%@`".contains(c) || c.is_control());
    if number || special || value.is_empty() || value.contains(": ") {
        serde_json::Value::from(value).to_string()
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_key_stand_together() {
        assert_eq!(flow(&[("", "a")]), "a");
        let values = [("nixl.ref", "1"), ("uv.version", "2"), ("nixl.a.b", "3")];
        assert_eq!(
            flow(&values),
            "{nixl: {ref: 1, a: {b: 3}}, uv: {version: 2}}"
        );
    }

    #[test]
    fn what_yaml_would_read_as_something_else_is_quoted() {
        for (value, written) in [
            ("3.10", "\"3.10\""),
            ("1.2.3", "1.2.3"),
            ("5", "5"),
            ("true", "true"),
            ("9.0;10.0", "9.0;10.0"),
            ("https://pypi.org/simple", "https://pypi.org/simple"),
            ("a, b", "\"a, b\""),
            ("", "\"\""),
        ] {
            assert_eq!(scalar(value), written);
        }
    }
}
