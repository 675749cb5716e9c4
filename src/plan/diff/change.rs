//! One thing that is another one: what it is, what it was, what it is now.

use serde::Serialize;

/// A difference between two values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What has the value.
    pub what: String,
    /// The old value; none where there was none. Where both are none, it differs
    /// in something that is too long to be shown, such as a script.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// The new value; none where there is none any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

impl Change {
    /// The change from one value to another, if they differ.
    pub(super) fn between(
        what: impl Into<String>,
        old: Option<&String>,
        new: Option<&String>,
    ) -> Option<Self> {
        (old != new).then(|| Self {
            what: what.into(),
            old: old.cloned(),
            new: new.cloned(),
        })
    }

    /// A change that is not shown.
    pub(super) fn hidden(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            old: None,
            new: None,
        }
    }
}

/// A value of something that is compared by name.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    /// The name.
    pub(super) what: String,
    /// The value for people.
    pub(super) shown: String,
    /// All that makes it what it is.
    pub(super) exact: String,
}

impl Fact {
    /// A value that is shown in full.
    pub(super) fn new(what: impl Into<String>, shown: impl Into<String>) -> Self {
        let shown = shown.into();
        Self {
            what: what.into(),
            exact: shown.clone(),
            shown,
        }
    }
}

/// What is different among values of the same names: the new ones in their order,
/// then those that are gone.
pub(super) fn compare(old: Vec<Fact>, new: Vec<Fact>) -> Vec<Change> {
    let (old, new) = (&by_name(old), &by_name(new));
    let find = |all: &[Fact], what: &str| all.iter().find(|one| one.what == what).cloned();
    let mut changes = Vec::new();
    for now in new {
        let was = find(old, &now.what);
        if was.as_ref().is_some_and(|was| was.exact == now.exact) {
            continue;
        }
        let was = was.map(|was| was.shown);
        let change = Change::between(&now.what, was.as_ref(), Some(&now.shown));
        changes.push(change.unwrap_or_else(|| Change::hidden(&now.what)));
    }
    let gone = old.iter().filter(|was| find(new, &was.what).is_none());
    changes.extend(gone.filter_map(|was| Change::between(&was.what, Some(&was.shown), None)));
    changes
}

/// One value for each name. Several, such as changes of one variable, are one in
/// their order.
fn by_name(facts: Vec<Fact>) -> Vec<Fact> {
    let mut all: Vec<Fact> = Vec::new();
    for fact in facts {
        match all.iter_mut().find(|known| known.what == fact.what) {
            None => all.push(fact),
            Some(known) => {
                known.shown = format!("{}, then {}", known.shown, fact.shown);
                known.exact = format!("{}\n{}", known.exact, fact.exact);
            }
        }
    }
    all
}
