//! uv: bound into the steps that use it, and linked into the image.

use crate::check::Resolved;
use crate::plan::action::{
    Action, EnvChange, Link, LinkedFile, Mount, Owner, Run, SecretVariable, Tree,
};
use crate::plan::{ImageSource, Step, cache};

/// Where a step finds it. Not a folder of the image, so that no step depends
/// on the image's own copy.
pub(in crate::plan) const FOLDER: &str = "/run/uv";

/// The variable that names the index.
pub(in crate::plan) const DEFAULT_INDEX: &str = "UV_DEFAULT_INDEX";
/// Where the netrc file of the client is in a step.
const NETRC: &str = "/run/secrets/netrc";

/// The program in a step that has [`mount`].
pub(in crate::plan) fn program() -> String {
    format!("{FOLDER}/uv")
}

/// Makes [`program`] available to a step.
pub(in crate::plan) fn mount(resolved: &Resolved) -> Mount {
    Mount::Bind {
        tree: tree(resolved),
        source: "/".to_owned(),
        target: FOLDER.to_owned(),
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
    Tree::Image(ImageSource::of(&resolved.uv.image))
}

/// A command of uv's that downloads nothing: its cache, its settings. As root when
/// there is no owner, whose home `home` is.
pub(in crate::plan) fn local(
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
        EnvChange::set("UV_NO_PROGRESS", "1"),
    ];
    Run {
        env,
        user: owner,
        mounts: vec![cache::uv(resolved, owner, uv_cache), mount(resolved)],
        ..Run::new(args.into_iter().collect())
    }
}

/// A command of uv's that may download, from the index.
pub(in crate::plan) fn run(
    resolved: &Resolved,
    args: impl IntoIterator<Item = String>,
    who: Option<(Owner, String)>,
) -> Run {
    let mut run = local(resolved, args, who);
    run.network = true;
    run.env.extend([
        EnvChange::set("UV_HTTP_TIMEOUT", resolved.transfer.timeout.to_string()),
        EnvChange::set("UV_HTTP_RETRIES", resolved.transfer.retries.to_string()),
    ]);
    let index = &resolved.python_index;
    match &index.url_secret {
        Some(id) => run.secrets.push(SecretVariable {
            id: id.value.clone(),
            name: DEFAULT_INDEX.to_owned(),
            optional: false,
            place: id.span,
        }),
        // Said always, so that no setting of a base image decides it.
        None => run
            .env
            .push(EnvChange::set(DEFAULT_INDEX, &index.url.value)),
    }
    if !index.extra.is_empty() {
        let urls: Vec<&str> = index.extra.iter().map(|url| url.value.as_str()).collect();
        run.env.push(EnvChange::set("UV_INDEX", urls.join(" ")));
    }
    if let Some(id) = &index.netrc_secret {
        run.env.push(EnvChange::set("NETRC", NETRC));
        run.mounts.push(Mount::Secret {
            id: id.value.clone(),
            target: NETRC.to_owned(),
            mode: 0o444,
            owner: None,
            optional: false,
            place: id.span,
        });
    }
    run
}
