//! What a build cannot do without, besides its spec.

use std::collections::BTreeSet;

use super::inputs::Inputs;
use crate::plan::{Action, Mount, Plan};

/// Names of what a client has to give.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    contexts: BTreeSet<String>,
    secrets: BTreeSet<String>,
}

impl Needs {
    pub(super) fn of(plan: &Plan) -> Self {
        let contexts = plan.named_contexts().into_iter();
        let steps = plan.stages.iter().flat_map(|stage| &stage.steps);
        let mut secrets = BTreeSet::new();
        for step in steps {
            let Action::Run(run) = &step.action else {
                continue;
            };
            let files = run.mounts.iter().filter_map(|mount| match mount {
                Mount::Secret {
                    id,
                    optional: false,
                    ..
                } => Some(id),
                _ => None,
            });
            let variables = run.secrets.iter().filter(|one| !one.optional);
            secrets.extend(files.chain(variables.map(|one| &one.id)).cloned());
        }
        Self {
            contexts: contexts.map(|one| one.name.to_owned()).collect(),
            secrets,
        }
    }

    /// What is needed and not given, and the option that gives it.
    pub fn missing(&self, given: &Inputs) -> Vec<(String, String)> {
        let contexts = self.contexts.iter();
        let contexts = contexts.filter(|name| !given.contexts.contains_key(*name));
        let contexts = contexts.map(|name| {
            let what = format!("the build needs the named context `{name}`");
            (what, format!("give it with `--build-context {name}=PLACE`"))
        });
        let secrets = self.secrets.iter();
        let secrets = secrets.filter(|id| !given.secrets.contains_key(*id));
        let secrets = secrets.map(|id| {
            let what = format!("the build needs the secret `{id}`");
            let help = format!(
                "give it with `--secret id={id},src=FILE`, or `--secret id={id},env=VARIABLE`"
            );
            (what, help)
        });
        contexts.chain(secrets).collect()
    }
}
