//! Which operations are one line of progress.
//!
//! Owns the groups. What a step runs is a line of its own, and so is every
//! source: both take time, and an error is shown under the name of its line
//! alone, which for a source is its address. What only lays things out between
//! them is gathered. Groups of equal id are one group wherever a client hears
//! of them, so an id says all that sets a group apart.

use buildkit_llb::ProgressGroup;

use super::Emitter;
use crate::plan::{Origin, Tree, public_url};

impl Emitter<'_> {
    /// Scripts, settings, empty folders: what the plan itself brings, made in no
    /// time. A daemon makes equal ones of several builds once, under the name it
    /// heard first, so that the name is right for all of them.
    pub(super) fn of_plan() -> ProgressGroup {
        let name = "[internal] write scripts and settings";
        ProgressGroup::new(name, name)
    }

    /// Parts of a context or of a checkout, in trees of their own. Steps share
    /// them, so that none has them in its line.
    pub(super) fn parts_of(origin: &Origin) -> ProgressGroup {
        let name = match origin {
            Origin::Context => "[internal] take files of the build context".to_owned(),
            Origin::Git(git) => format!("[internal] take files of {git}"),
            Origin::NamedContext(tree) => format!("[context {}] take files", tree.name),
        };
        ProgressGroup::new(&name, &name)
    }

    /// An archive is unpacked and linked, for one step and nobody else.
    pub(super) fn of_link(tree: &Tree, name: &str) -> Option<ProgressGroup> {
        let Tree::Archive { url, .. } = tree else {
            return None;
        };
        let id = format!("{name} {}", public_url(url));
        Some(ProgressGroup::new(id, name))
    }
}
