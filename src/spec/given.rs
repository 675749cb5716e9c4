//! Which keys a spec has, by their dotted paths.

use std::collections::BTreeMap;

use super::node::{Node, NodeKind};
use crate::diagnostic::Span;

/// The places of the keys that were given, sections and what is inside of them.
#[derive(Debug, Clone, Default)]
pub struct Given(BTreeMap<String, Span>);

impl Given {
    /// Those of a tree.
    pub(super) fn of(root: &Node) -> Self {
        let mut given = Self::default();
        given.collect("", root);
        given
    }

    fn collect(&mut self, prefix: &str, node: &Node) {
        let NodeKind::Mapping(entries) = &node.kind else {
            return;
        };
        for entry in entries {
            let path = match prefix {
                "" => entry.key.clone(),
                prefix => format!("{prefix}.{}", entry.key),
            };
            self.collect(&path, &entry.value);
            self.0.insert(path, entry.key_span);
        }
    }

    /// Where the key is, if it was given.
    pub fn place(&self, path: &str) -> Option<Span> {
        self.0.get(path).copied()
    }

    /// Whether the key was given.
    pub fn has(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}
