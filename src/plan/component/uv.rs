//! uv: bound into the steps that use it, and linked into the image.

use crate::check::Resolved;
use crate::plan::action::{Action, Link, LinkedFile, Mount, Tree};
use crate::plan::{ImageSource, Step};

/// Where a step finds it. Not a folder of the image, so that no step depends
/// on the image's own copy.
const MOUNTED: &str = "/run/uv";

/// The program in a step that has [`mount`].
pub(in crate::plan) fn program() -> String {
    format!("{MOUNTED}/uv")
}

/// Makes [`program`] available to a step.
pub(in crate::plan) fn mount(resolved: &Resolved) -> Mount {
    Mount::Bind {
        tree: tree(resolved),
        source: "/".to_owned(),
        target: MOUNTED.to_owned(),
    }
}

/// Puts uv into the image. `/usr/local/bin` and not `/bin`, which is a link in
/// every current base: a tree with a folder of that name would replace it.
pub(in crate::plan) fn link(resolved: &Resolved) -> Step {
    let file = |name: &str| LinkedFile {
        from: format!("/{name}"),
        to: format!("/usr/local/bin/{name}"),
    };
    Step {
        title: format!("add uv {}", resolved.uv.version.value),
        component: Some("uv".to_owned()),
        places: vec![resolved.uv.image.span],
        action: Action::Link(Link {
            tree: tree(resolved),
            files: vec![file("uv"), file("uvx")],
        }),
    }
}

fn tree(resolved: &Resolved) -> Tree {
    Tree::Image(ImageSource {
        reference: resolved.uv.image.value.clone(),
        place: resolved.uv.image.span,
    })
}
