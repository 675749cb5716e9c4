//! The steps that install Python packages from an index.
//!
//! Owns which they are, and which requirement files of the user's each reads. What
//! they say when they fail, only their output knows.

use super::action::{Action, ContextTree, Origin, Run, Tree};
use super::component::uv;
use super::{NamedPaths, Plan};

/// A step that installs Python packages.
#[derive(Debug, Clone)]
pub struct Installs<'a> {
    /// The stage of the step.
    pub stage: &'a str,
    /// The number of the step in its stage, from 0.
    pub step: usize,
    /// The requirement files of the build context that it reads, if it reads some.
    pub files: Option<NamedPaths<'a>>,
}

impl Plan {
    /// Every step that installs Python packages.
    pub fn installs(&self) -> Vec<Installs<'_>> {
        let named = self.named_paths();
        let files = |stage: &str, step: usize| {
            let mut own = named.iter().filter(|one| is_of_context(one.tree));
            own.find(|one| one.stage == stage && one.step == step)
                .cloned()
        };
        let mut all = Vec::new();
        for stage in &self.stages {
            for (step, one) in stage.steps.iter().enumerate() {
                if matches!(&one.action, Action::Run(run) if asks_index(run)) {
                    all.push(Installs {
                        stage: &stage.name,
                        step,
                        files: files(&stage.name, step),
                    });
                }
            }
        }
        all
    }
}

fn is_of_context(tree: &Tree) -> bool {
    matches!(
        tree,
        Tree::Context(ContextTree {
            origin: Origin::Context,
            own: true,
            ..
        })
    )
}

fn asks_index(run: &Run) -> bool {
    let named = run.env.iter().map(|(name, _)| name);
    let secret = run.secrets.iter().map(|secret| &secret.name);
    run.network && named.chain(secret).any(|name| name == uv::DEFAULT_INDEX)
}
