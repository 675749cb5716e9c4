//! What the daemon fetches from hosts, as parts of the graph: for telling what a
//! build that has failed could not get.

use buildkit_llb::Output;

use super::Emitter;
use crate::diagnostic::Span;
use crate::plan::{Tree, public_url};

/// A repository, an archive or a file.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Its address, for people.
    pub address: String,
    /// The key of the spec that is about it; empty where there is none.
    pub key: String,
    /// Where it is asked for.
    pub place: Span,
    /// Whether the catalog has it so, wherever it is written.
    pub of_catalog: bool,
    /// The operation that fails when it cannot be had.
    pub operation: Output,
}

impl Emitter<'_> {
    /// What is fetched, in the order of the steps. What several steps read is there
    /// for each of them.
    pub(super) fn fetched(&self) -> Vec<Fetched> {
        let steps = self.plan.stages.iter().flat_map(|stage| &stage.steps);
        let trees = steps.flat_map(|step| step.action.trees());
        trees.filter_map(|tree| self.fetched_for(tree)).collect()
    }

    fn fetched_for(&self, tree: &Tree) -> Option<Fetched> {
        if let Some(git) = tree.git() {
            return Some(Fetched {
                address: git.to_string(),
                key: git.key.clone(),
                place: git.place,
                of_catalog: git.of_catalog,
                operation: self.git(git),
            });
        }
        let (Tree::Archive {
            url,
            checksum,
            key,
            place,
            of_catalog,
        }
        | Tree::Download {
            url,
            checksum,
            key,
            place,
            of_catalog,
            ..
        }) = tree
        else {
            return None;
        };
        let (checksum, places) = (checksum.as_deref(), &[*place]);
        Some(Fetched {
            address: public_url(url),
            key: key.clone(),
            place: *place,
            of_catalog: *of_catalog,
            operation: match tree {
                Tree::Download { name, .. } => self.file(url, name, checksum, places),
                _ => self.archive(url, checksum, places),
            },
        })
    }
}
