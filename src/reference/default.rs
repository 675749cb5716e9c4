//! What a key is when it is not given, and in which builds.

use serde::Serialize;

use crate::schema::Meant;

/// A default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefaultValue {
    /// The value.
    pub value: String,
    /// The builds that have it, each in as few words as set it apart from the
    /// others; empty when all do that have the key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub builds: Vec<String>,
}

/// A build in the words of the catalog, and the value it has.
type Row<'a> = (&'a [String], &'a str);

/// The defaults of a key, in the order of the builds.
pub(super) fn defaults(path: &str, meant: &[Meant]) -> Vec<DefaultValue> {
    let rows: Vec<Row<'_>> = meant
        .iter()
        .filter_map(|one| Some((&one.build[..], one.values.get(path)?.as_str())))
        .collect();
    let mut defaults: Vec<DefaultValue> = Vec::new();
    for (build, value) in split(&rows, 0) {
        let at = defaults.iter().position(|one| one.value == value);
        let at = at.unwrap_or_else(|| {
            defaults.push(DefaultValue {
                value: value.to_owned(),
                builds: Vec::new(),
            });
            defaults.len() - 1
        });
        defaults[at].builds.extend(build);
    }
    defaults
}

/// The values with the builds that have them, told apart by the words from
/// `depth` on where they differ; no words where they do not.
fn split<'a>(rows: &[Row<'a>], depth: usize) -> Vec<(Option<String>, &'a str)> {
    let Some((first, value)) = rows.first() else {
        return Vec::new();
    };
    if rows.iter().all(|(_, other)| other == value) || depth == first.len() {
        return vec![(None, *value)];
    }
    let mut words: Vec<&str> = Vec::new();
    for (build, _) in rows {
        if !words.contains(&build[depth].as_str()) {
            words.push(&build[depth]);
        }
    }
    let mut all = Vec::new();
    for word in words {
        let same: Vec<Row<'_>> = rows
            .iter()
            .filter(|(build, _)| build[depth] == word)
            .copied()
            .collect();
        for (rest, value) in split(&same, depth + 1) {
            let build = [word, rest.as_deref().unwrap_or_default()].join(" ");
            all.push((Some(build.trim().to_owned()), value));
        }
    }
    all
}
