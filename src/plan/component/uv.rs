//! uv: bound into the steps that use it, and linked into the image.

use crate::check::Resolved;
use crate::plan::action::{Action, EnvChange, Link, LinkedFile, Mount, Owner, Run, Tree};
use crate::plan::{ImageSource, Step, cache};

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
        scratch: false,
    }
}

/// Puts uv into the image. `/usr/local/bin` and not `/bin`, which is a link in
/// every current base: a tree with a folder of that name would replace it.
pub(in crate::plan) fn link(resolved: &Resolved) -> Step {
    let file =
        |name: &str| LinkedFile::of_root(format!("/{name}"), format!("/usr/local/bin/{name}"));
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

/// A command of uv's: its cache, its settings, the index. As root when there
/// is no owner, whose home `home` is.
pub(in crate::plan) fn run(
    resolved: &Resolved,
    args: impl IntoIterator<Item = String>,
    who: Option<(Owner, String)>,
) -> Run {
    let (owner, home) = who.map_or((None, "/root".to_owned()), |(owner, home)| {
        (Some(owner), home)
    });
    let uv_cache = format!("{home}/.cache/uv");
    let env = vec![
        EnvChange::set("HOME", home),
        EnvChange::set("UV_CACHE_DIR", &uv_cache),
        // The cache is a mount of its own, so nothing can be linked out of it.
        EnvChange::set("UV_LINK_MODE", "copy"),
        // Python comes from the image, never from a download of uv's choosing.
        EnvChange::set("UV_PYTHON_DOWNLOADS", "never"),
        EnvChange::set("UV_HTTP_TIMEOUT", "300"),
        EnvChange::set("UV_HTTP_RETRIES", "5"),
        EnvChange::set("UV_NO_PROGRESS", "1"),
        // Said always, so that no setting of a base image decides it.
        EnvChange::set("UV_DEFAULT_INDEX", &resolved.python_index.url.value),
    ];
    Run {
        env,
        user: owner,
        mounts: vec![cache::uv(resolved, owner, uv_cache), mount(resolved)],
        network: true,
        ..Run::new(args.into_iter().collect())
    }
}
